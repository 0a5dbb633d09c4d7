// SPDX-License-Identifier: Apache-2.0

/// Names are compared octet by octet: comparing `String`s would link 70 kB of Unicode tables into an Embedded program.
func same(_ a: StaticString, _ b: StaticString) -> Bool {
  guard a.utf8CodeUnitCount == b.utf8CodeUnitCount else { return false }
  for i in 0..<a.utf8CodeUnitCount where a.utf8Start[i] != b.utf8Start[i] { return false }
  return true
}

extension StaticString {
  public func isSame(as other: StaticString) -> Bool { same(self, other) }

  var isEmpty: Bool { utf8CodeUnitCount == 0 }
}

extension Place.Step {
  /// Whether this is the guide's name of it.
  public func isCalled(_ name: StaticString) -> Bool { same(self.name, name) }
}
