// SPDX-License-Identifier: Apache-2.0

/// Counts across tasks.
actor Counter {
  private(set) var value = 0

  func next() -> Int {
    value += 1
    return value
  }
}
