// SPDX-License-Identifier: Apache-2.0

extension String {
  func padded(to width: Int, right: Bool = false) -> String {
    let blank = String(repeating: " ", count: Swift.max(0, width - count))
    return right ? blank + self : self + blank
  }
}
