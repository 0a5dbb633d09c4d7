// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct RegisterHistoryTests {
  /// Entries 0 to 2 of ``SmallMeter/plain``, of 22, 20 and 21 November.
  private static let three: [UInt8] =
    [26, 11, 22, 0, 0, 2, 48, 0, 0, 0, 7, 0, 0, 0]
    + [26, 11, 20, 0, 0, 1, 16, 0, 0, 0, 5, 0, 0, 0]
    + [26, 11, 21, 0, 0, 1, 32, 0, 0, 0, 6, 0, 0, 0]

  private func selfReads(_ header: [UInt8], _ entries: [UInt8] = three) throws -> RegisterHistory? {
    RegisterHistory(try SmallMeter.plain.decoded(.bt26, header + entries))
  }

  @Test func aWrappedRingIsPutInOrder() throws {
    let history = try #require(try selfReads([0x06, 3, 0, 0x05, 0x01, 1]))
    #expect(history.ring.hasOverflowed && history.ring.isCircular)
    #expect(history.entries.map { $0.snapshot.time?.day } == [20, 21, 22])
    #expect(history.entries.map(\.position.index) == [1, 2, 0])
    #expect(history.entries.map(\.position.sequence) == [0x0103, 0x0104, 0x0105])
    #expect(history.entries.map(\.position.isUnread) == [false, false, true])
    #expect(history.entries.map(\.snapshot.season) == [1, 1, 2])
    #expect(history.entries.map { $0.snapshot.registers.total.summation(of: 0)?.raw } == [16, 32, 48])
    #expect(history.entries.map { $0.snapshot.registers.total.summation(of: 4)?.raw } == [5, 6, 7])
    #expect(history.entries.allSatisfy { $0.snapshot.billingInterface == nil })
  }

  @Test func aDescendingRing() throws {
    // Entry 0 is the newest, 1 the one before it.
    let history = try #require(try selfReads([0x07, 3, 0, 9, 0, 0]))
    #expect(history.entries.map(\.position.index) == [2, 1, 0])
    #expect(history.entries.map { $0.snapshot.time?.day } == [21, 20, 22])
    #expect(history.entries.map(\.position.sequence) == [7, 8, 9])
  }

  @Test func aRingThatIsNotYetFull() throws {
    let history = try #require(try selfReads([0x04, 2, 1, 1, 0, 2]))
    #expect(history.entries.map(\.position.index) == [0, 1] && history.entries.map(\.position.sequence) == [0, 1])
    #expect(try #require(try selfReads([0x04, 0, 0, 0, 0, 0])).entries.isEmpty)
  }

  /// With demands, entries begin with the billing interface definition number.
  @Test func withBillingInterface() throws {
    let first: [UInt8] = [0x39, 0x05, 26, 2, 1, 0, 0, 4] + [1, 1, 0, 0] + [26, 1, 15, 18, 30, 0xB8, 0x0B, 0, 0]
    let second: [UInt8] = [0x3A, 0x05, 26, 3, 1, 0, 0, 4] + [2, 1, 0, 0] + [26, 2, 16, 19, 45, 0xA0, 0x0F, 0, 0]
    let decoded = try SmallMeter.demand.decoded(.bt26, [0x04, 2, 1, 2, 0, 0] + first + second)
    #expect(decoded.layout.octets == 6 + 2 * 21)
    let history = try #require(RegisterHistory(decoded))
    #expect(history.entries.map(\.snapshot.billingInterface) == [1337, 1338])
    #expect(history.entries.map { $0.snapshot.time?.month } == [2, 3])
    #expect(history.entries.map(\.snapshot.registers.total.summations[0].raw) == [257, 258])
    let demands = history.entries.map(\.snapshot.registers.total.demands[0].occurrences[0])
    #expect(demands.map(\.value.raw) == [3000, 4000])
    #expect(demands[1].time == Moment(year: 2026, month: 2, day: 16, hour: 19, minute: 45))
  }

  /// ET41: length, reason, number and then as BT25 has it; the entries are as long as ET36 says.
  @Test func demandResets() throws {
    var meter = SmallMeter.demand
    meter.logs = Table.et36Image(registers: (26, 2))
    let registers: [UInt8] = [1, 1, 0, 0] + [26, 1, 15, 18, 30, 0xB8, 0x0B, 0, 0]
    let first: [UInt8] = [24, 0, 2, 0x39, 0x05, 26, 2, 1, 0, 0, 4] + registers + [0xAA, 0xAA]
    let second: [UInt8] = [24, 0, 0, 0x39, 0x05, 26, 3, 1, 0, 0, 4] + registers + [0xBB, 0xBB]
    let decoded = try meter.decoded(.et41, [0x04, 2, 0, 7, 0, 0] + first + second)
    #expect(decoded.layout.octets == 6 + 2 * 26)
    let history = try #require(RegisterHistory(decoded, unit: EnergyRegistersTests.unit(100)))
    #expect(history.entries.map(\.snapshot.resetReason) == [0, 2])
    #expect(history.entries.map(\.snapshot.billingInterface) == [1337, 1337])
    #expect(history.entries.map { $0.snapshot.time?.month } == [3, 2])
    #expect(history.entries.map { $0.snapshot.registers.total.summations[0].value.description } == ["25700", "25700"])
    #expect(history.entries[0].snapshot.registers.total.demands[0].occurrences[0].value.raw == 3000)
  }

  /// ET31 by default: 6 octets more than the guide describes, at the end of each entry as far as anyone knows.
  @Test func oneTimeReads() throws {
    var meter = SmallMeter.plain
    meter.logs = Table.et36Image(registers: (20, 3))
    let more = [UInt8](repeating: 0xEE, count: 6)
    let entries = [0, 14, 28].flatMap { Self.three[$0..<$0 + 14] + more }
    let history = try #require(RegisterHistory(try meter.decoded(.et31, [0x04, 3, 0, 3, 0, 0] + entries)))
    #expect(history.entries.map { $0.snapshot.time?.day } == [20, 21, 22])
    #expect(history.entries.map { $0.snapshot.registers.total.summation(of: 4)?.raw } == [5, 6, 7])
  }

  /// ET36 can have a length stand before the entries of ET31.
  @Test func oneTimeReadsWithTheirLength() throws {
    var meter = SmallMeter.plain
    meter.logs = Table.et36Image(registers: (16, 1))
    meter.logs[9] = 1
    let history = try #require(
      RegisterHistory(try meter.decoded(.et31, [0x04, 1, 0, 3, 0, 0] + [14, 0] + Self.three.prefix(14))))
    #expect(history.entries.map { $0.snapshot.time?.day } == [22])
  }

  @Test func whatCannotBe() throws {
    #expect(try selfReads([0x04, 3, 3, 0, 0, 0]) == nil, "the newest entry outside the array")
    #expect(try selfReads([0x04, 3, 2, 0, 0], []) == nil, "ends within the header")
    let cut = try #require(try selfReads([0x06, 3, 0, 3, 0, 0], Array(Self.three.prefix(30))))
    #expect(cut.entries.map(\.position.index) == [1, 0], "an entry that is cut off")
    let many = try #require(try selfReads([0x06, 200, 0, 3, 0, 255]))
    #expect(many.entries.count == 3, "more entries than there are")
  }
}
