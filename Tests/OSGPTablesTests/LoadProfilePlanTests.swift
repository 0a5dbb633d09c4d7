// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Which octets of the load profile a client is told to read.
@Suite struct LoadProfilePlanTests {
  private static func moment(_ hour: Int, _ minute: Int, day: Int = 22) -> Moment {
    Moment(year: 2026, month: 11, day: day, hour: hour, minute: minute)
  }

  /// Five blocks of four quarters of an hour with 62 octets each: the block of 10:00 has two intervals, until 10:30.
  private func meter(valid: UInt16, last: UInt16, sequence: UInt32 = 100) -> LoadProfileMeter {
    var meter = LoadProfileMeter()
    meter.dimensions.blocks = 5
    (meter.validBlocks, meter.lastBlock, meter.sequence, meter.lastInterval) = (valid, last, sequence, 1)
    (meter.blockStart, meter.intervalEnd) = (Self.moment(10, 0), Self.moment(10, 30))
    return meter
  }

  @Test(
    arguments: [
      (1, 0, [0]), (3, 2, [0, 1, 2]), (5, 4, [0, 1, 2, 3, 4]),
      // Wrapped: the block before index 0 is the last of the ring.
      (5, 0, [1, 2, 3, 4, 0]), (5, 2, [3, 4, 0, 1, 2]), (2, 0, [4, 0]),
      // More than there is room for.
      (9, 1, [2, 3, 4, 0, 1]), (0, 0, []), (0, 9, []),
    ] as [(UInt16, UInt16, [Int])])
  func blocksAreOldestFirst(valid: UInt16, last: UInt16, order: [Int]) throws {
    #expect(try meter(valid: valid, last: last).plan().map(\.block) == order)
  }

  /// A header has 6 octets, an interval 14. Of the newest block the recorded intervals only.
  @Test func octets() throws {
    let reads = try meter(valid: 3, last: 1, sequence: 0).plan()
    #expect(reads.map(\.block) == [4, 0, 1])
    #expect(reads.map(\.header) == [248..<254, 0..<6, 62..<68])
    #expect(reads.map(\.body) == [254..<310, 6..<62, 68..<96])
    #expect(reads.map(\.intervals) == [0..<4, 0..<4, 0..<2])
    #expect(reads.map(\.sequence) == [0xFFFF_FFFE, 0xFFFF_FFFF, 0])
    #expect(reads.ranges == [248..<310, 0..<96])
  }

  @Test(
    arguments: [
      // The block of 09:00 has the intervals that end 09:15 to 10:00.
      (moment(10, 30), []), (moment(10, 29), ["2:1..<2"]), (moment(10, 15), ["2:1..<2"]), (moment(10, 14), ["2:0..<2"]),
      (moment(10, 0), ["2:0..<2"]), (moment(9, 45), ["1:3..<4", "2:0..<2"]), (moment(9, 0), ["1:0..<4", "2:0..<2"]),
      (moment(8, 59), ["0:3..<4", "1:0..<4", "2:0..<2"]), (moment(0, 0), ["0:0..<4", "1:0..<4", "2:0..<2"]),
      (moment(10, 31), []), (moment(0, 0, day: 1), ["0:0..<4", "1:0..<4", "2:0..<2"]),
    ] as [(Moment, [String])])
  func whatIsNewer(after: Moment, expected: [String]) throws {
    let reads = try meter(valid: 3, last: 2).plan(after: after)
    #expect(reads.map { "\($0.block):\($0.intervals)" } == expected)
  }

  /// The meter was off: its block of 10:00 began at 08:00 already, so the ones before are as old as that.
  @Test func aGapMakesNoneMissed() throws {
    var meter = meter(valid: 3, last: 2)
    meter.blockStart = Self.moment(8, 0)
    // By the start alone block 1 would be over at 08:00. By intervals alone it may have ended at 10:00.
    #expect(try meter.plan(after: Self.moment(9, 30)).map(\.block) == [1, 2])
    // The first block of a meter that was switched on at 10:10 has but its newest interval.
    meter.blockStart = Self.moment(10, 10)
    #expect(try meter.plan(after: Self.moment(10, 5)).map(\.block) == [1, 2])
    #expect(try meter.plan(after: Self.moment(10, 10)).map(\.block) == [2])
  }

  /// Between the reads of BT63 and ET21 a new block was begun: everything that may be newer is read.
  @Test func tablesOfDifferentBlocks() throws {
    let before = meter(valid: 3, last: 2)
    var now = before
    (now.lastBlock, now.lastInterval, now.blockStart, now.intervalEnd) =
      (3, 0, Self.moment(11, 0), Self.moment(11, 15))
    let reads = try before.profile().plan(
      bt63: before.decoded(.bt63, before.bt63), et21: now.decoded(.et21, now.et21), after: Self.moment(10, 30))
    // All of the newest block, of the one before what may have ended by 11:15.
    #expect(reads.map(\.block) == [1, 2] && reads.map(\.intervals) == [1..<4, 0..<4])
  }

  @Test func withoutATimeAllIsRead() throws {
    var meter = meter(valid: 3, last: 2)
    meter.intervalEnd = nil
    #expect(try meter.plan(after: Self.moment(10, 30)).count == 3)
    meter.lastInterval = 4
    #expect(try meter.plan(after: Self.moment(10, 30)).map(\.intervals) == [0..<4, 0..<4, 0..<4])
  }

  private func problem(_ body: () throws -> Void) -> String {
    #expect(throws: LoadProfile.Problem.self) { try body() }?.description ?? ""
  }

  @Test func whatCannotBe() throws {
    let good = meter(valid: 3, last: 2)
    let outside = problem { _ = try meter(valid: 3, last: 5).plan() }
    #expect(outside == "BT63 says that \"Last Block\" is 5, which no load profile can have.")

    var other = good
    other.configuration = 2
    let reconfigured = problem {
      _ = try good.profile().plan(bt63: good.decoded(.bt63, good.bt63), et21: other.decoded(.et21, other.et21))
    }
    #expect(reconfigured.hasPrefix("ET21 and BT61 do not fit each other"))

    var descending = good.bt63
    descending[0] |= 0x10
    let order = problem {
      _ = try good.profile().plan(bt63: good.decoded(.bt63, descending), et21: good.decoded(.et21, good.et21))
    }
    #expect(order.contains("Interval Order"))
    let short = problem {
      let cut = Array(good.bt63.prefix(10))
      _ = try good.profile().plan(bt63: good.decoded(.bt63, cut), et21: good.decoded(.et21, good.et21))
    }
    #expect(short == "BT63 does not tell of this data set.")
  }

  /// Sizes of ET21 that have no room for what BT61 says, or too much.
  @Test(arguments: [(8, 61), (22, 4), (24, 5), (25, 13), (26, 1), (28, 4), (29, 16), (11, 1)] as [(Int, UInt8)])
  func aReconfigurationBetweenTheReads(octet: Int, value: UInt8) throws {
    let meter = meter(valid: 3, last: 2)
    var image = meter.et21
    image[octet] = value
    let text = problem {
      _ = try LoadProfile(
        set: 0, bt61: meter.decoded(.bt61, meter.bt61), bt62: meter.decoded(.bt62, meter.bt62),
        et21: meter.decoded(.et21, image))
    }
    #expect(text.hasPrefix("ET21 and BT61 do not fit each other"))
  }

  /// Larger ones are the meter's own.
  @Test func sizesAreTheMeters() throws {
    let meter = meter(valid: 2, last: 1)
    var image = meter.et21
    (image[8], image[24], image[25], image[26]) = (80, 8, 16, 3)
    let profile = try LoadProfile(
      set: 0, bt61: meter.decoded(.bt61, meter.bt61), bt62: meter.decoded(.bt62, meter.bt62),
      et21: meter.decoded(.et21, image))
    let reads = try profile.plan(bt63: meter.decoded(.bt63, meter.bt63), et21: meter.decoded(.et21, image))
    #expect(reads.map(\.header) == [0..<8, 80..<88] && reads.map(\.body) == [8..<72, 88..<120])
    let block = try profile.block(
      0, [26, 11, 22, 10, 45, 1, 0xEE, 0xEE] + [0x10, 0x02, 0xEE] + [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xEE])
    #expect(block.intervals.first?.values.map(\.raw) == [.integer(1), .integer(2), .integer(3)])
    #expect(block.intervals.first?.values.map(\.status.code) == [0, 0, 2])
  }

  @Test func theOldestBlockMayBeGone() throws {
    var meter = meter(valid: 5, last: 2, sequence: 100)
    let profile = try meter.profile()
    let reads = try meter.plan()
    #expect(try reads.allSatisfy { profile.holds($0, bt63: try meter.decoded(.bt63, meter.bt63)) })
    (meter.lastBlock, meter.sequence) = (3, 101)
    #expect(
      try reads.map { profile.holds($0, bt63: try meter.decoded(.bt63, meter.bt63)) } == [
        false, true, true, true, true,
      ])
    // Everything was erased.
    (meter.validBlocks, meter.sequence) = (0, 101)
    #expect(try reads.allSatisfy { !profile.holds($0, bt63: try meter.decoded(.bt63, meter.bt63)) })
  }
}
