// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

@Suite("Access key") struct AccessKeyTests {
  @Test(arguments: 0...24) func has16To20Octets(_ count: Int) {
    #expect((AccessKey([UInt8](repeating: 1, count: count)) != nil) == (16...20).contains(count))
  }

  @Test(arguments: 16...20) func countsItsFirst16Octets(_ count: Int) throws {
    let key = try #require(AccessKey([UInt8](repeating: 1, count: 16) + [UInt8](repeating: 9, count: count - 16)))
    let example = GuideExample.all[0]
    #expect(Exchange.open(message: example.request.dropFirst(2), key: key) != nil)
  }

  /// Looks into the block that the last copy gave back, behind the two words that every object begins with.
  @Test func isOverwrittenWithItsLastCopy() {
    func block(_ key: AccessKey) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: unsafeBitCast(key, to: Int.self) + 16), count: 16)
    }
    var key: AccessKey? = AccessKey(dummy: 0x5A)
    var copy = key
    let octets = block(key!)
    key = nil
    #expect(copy != nil && octets.allSatisfy { $0 == 0x5A })
    copy = nil
    #expect(octets.allSatisfy { $0 == 0 })
  }

  @Test func neverShowsItsOctets() {
    let key = AccessKey(dummy: 0x5A)
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), "\(Mirror(reflecting: key).children.count)", dumped, "\([key])"] {
      #expect(!text.contains("90") && !text.lowercased().contains("5a"))
    }
    #expect("\(key)" == "AccessKey(secret)")
  }
}
