// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

@Suite struct EntriesTests {
  private static let table = Table(
    .extended(2000), "Arrays", page: 1,
    [
      .uint8("Before"),
      .array("First", .exactly(2), of: [.uint8("A"), .uint16("B")]),
      .array("Second", .exactly(3), of: [.array("Inner", .exactly(2), of: [.uint8("")])]),
      .array("None", .exactly(0), of: [.uint8("A")]),
      .array("Cut", .exactly(2), stride: .exactly(1), of: [.uint8("A"), .uint16("B")]),
      .array("Empty", .exactly(2), stride: .exactly(0), of: [.uint8("A")]),
    ])

  @Test func eachHasItsFields() throws {
    let layout = try Self.table.layout(in: Dimensions())
    func offsets(_ array: StaticString) -> [[Int]] { layout.entries(of: array).map { $0.map(\.offset) } }
    #expect(offsets("First") == [[1, 2], [4, 5]])
    #expect(offsets("Second") == [[7, 8], [9, 10], [11, 12]])
    #expect(offsets("Cut") == [[13], [14]])
    #expect(offsets("None").isEmpty && offsets("Empty").isEmpty && offsets("Inner").isEmpty)
    #expect(offsets("Before").isEmpty && offsets("Third").isEmpty)
  }
}
