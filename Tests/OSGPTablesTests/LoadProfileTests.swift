// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Blocks laid down by hand, and what they say.
@Suite struct LoadProfileTests {
  private static func moment(_ hour: Int, _ minute: Int, day: Int = 22) -> Moment {
    Moment(year: 2026, month: 11, day: day, hour: hour, minute: minute)
  }

  /// 2026-11-22 10:45, then which of four intervals are recorded.
  private static func header(_ status: UInt8) -> [UInt8] { [26, 11, 22, 10, 45, status] }

  /// Two octets of status for three channels, and their values.
  private static func interval(_ a: UInt8, _ b: UInt8, _ values: [Int32]) -> [UInt8] {
    [a, b] + values.flatMap(\.octets)
  }

  private static let intervals =
    interval(0x10, 0x00, [1000, -5, 228_315]) + interval(0x32, 0x30, [1010, -6, 228_000])
    + interval(0xC4, 0x0F, [0, -7, 0]) + interval(0x00, 0x00, [1030, -8, .max])

  @Test func aWholeBlock() throws {
    let profile = try LoadProfileMeter().profile()
    #expect(profile.table == .basic(64) && profile.blocks == 3 && profile.intervals == 4 && profile.interval == 900)
    #expect(profile.blockOctets == 62 && profile.headerOctets == 6 && profile.intervalOctets == 14)
    let block = try profile.block(2, Self.header(0x0F) + Self.intervals)
    #expect(block.index == 2 && block.end == Self.moment(10, 45) && block.isComplete && block.endReadings.isEmpty)
    try #require(block.intervals.map(\.index) == [0, 1, 2, 3])
    try #require(block.intervals.allSatisfy { $0.values.count == 3 })
    #expect(block.intervals.map(\.end) == [(10, 0), (10, 15), (10, 30), (10, 45)].map { Self.moment($0.0, $0.1) })
    // 9822 days and 10 hours.
    #expect(block.intervals[0].end.secondsSince2000 == 848_656_800)
    #expect(block.intervals.map { $0.values.map(\.raw) }[0] == [.integer(1000), .integer(-5), .integer(228_315)])
    #expect(block.intervals[3].values.last?.raw == .integer(2_147_483_647))
    #expect(
      block.intervals.map(\.status) == [
        [.daylightSaving], [.daylightSaving, .powerFail], [.clockForward, .clockBackward], [],
      ])
    // The low nibble of octet 0, then the high one and the low one of octet 1.
    #expect(block.intervals.map { $0.values.map(\.status.code) } == [[0, 0, 0], [2, 3, 0], [4, 0, 15], [0, 0, 0]])
    #expect(block.intervals[1].values[0].status.words?.description == "partial interval")
    #expect(!block.intervals[2].values[0].status.isMeasured && block.intervals[1].values[0].status.isMeasured)
  }

  @Test func channelsAreNamedAndScaled() throws {
    let channels = try LoadProfileMeter().profile().channels
    try #require(channels.count == 3)
    let names = channels.map { channel in
      if case .register(let source) = channel.source { source.name.description } else { "" }
    }
    #expect(names == ["Fwd Active Wh L1L2L3", "Rev Active Wh L1L2L3", "RMS Voltage L1"])
    #expect(channels[0].value(of: .integer(1000))?.description == "1000" && channels[0].quantity.unit == .wattHour)
    #expect(channels[2].value(of: .integer(228_315))?.description == "228.315" && channels[2].quantity.unit == .volt)
    #expect(channels[0].value(of: .octets([1, 0, 0, 0])) == nil)
  }

  /// The newest block: its end time is that of the newest recorded interval, and what is behind that means nothing.
  @Test(
    arguments: [
      (0x01, [0], [(10, 45)]), (0x03, [0, 1], [(10, 30), (10, 45)]),
      // The meter was switched on in the block's second interval.
      (0x06, [1, 2], [(10, 30), (10, 45)]), (0x05, [0, 2], [(10, 15), (10, 45)]),
    ] as [(UInt8, [Int], [(Int, Int)])])
  func aPartialBlock(status: UInt8, indices: [Int], ends: [(Int, Int)]) throws {
    let block = try LoadProfileMeter().profile().block(0, Self.header(status) + Self.intervals)
    #expect(block.intervals.map(\.index) == indices && !block.isComplete)
    #expect(block.intervals.map(\.end) == ends.map { Self.moment($0.0, $0.1) })
  }

  @Test func anEmptyBlockHasNoTime() throws {
    let profile = try LoadProfileMeter().profile()
    // Bits behind the last interval are none.
    let block = try profile.block(0, [0, 0, 0, 0, 0, 0xF0] + Self.intervals)
    #expect(block.end == nil && block.intervals.isEmpty && !block.isComplete)
    #expect(throws: LoadProfile.Problem.self) { try profile.block(0, [0, 0, 0, 0, 0, 1] + Self.intervals) }
    #expect(throws: LoadProfile.Problem.self) { try profile.block(0, [26, 2, 30, 0, 0, 1] + Self.intervals) }
    #expect(throws: LoadProfile.Problem.self) { try profile.block(0, [26, 2, 28, 0, 0]) }
  }

  /// Intervals that are not held whole are left out.
  @Test(arguments: [(0, 0), (13, 0), (14, 1), (41, 2), (56, 4), (90, 4)])
  func asFarAsTheOctetsGo(octets: Int, expected: Int) throws {
    let image = Self.header(0x0F) + (Self.intervals + [UInt8](repeating: 0, count: 40)).prefix(octets)
    let block = try LoadProfileMeter().profile().block(0, image)
    #expect(block.intervals.count == expected && block.intervals.first?.end ?? Self.moment(10, 0) == Self.moment(10, 0))
  }

  @Test func endReadings() throws {
    var meter = LoadProfileMeter()
    meter.hasEndReadings = true
    let profile = try meter.profile()
    #expect(profile.hasEndReadings && profile.headerOctets == 18 && profile.blockOctets == 74)
    let readings: [UInt8] = [0xE8, 0x03, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0]
    let whole = try profile.block(0, [26, 11, 22, 10, 45] + readings + [0x0F] + Self.intervals)
    #expect(whole.endReadings == [.integer(1000), .integer(-1), .integer(1)] && whole.intervals.count == 4)
    #expect(whole.intervals.first?.values.first?.raw == .integer(1000))
    // They are taken at the end of the block.
    #expect(try profile.block(0, [26, 11, 22, 10, 45] + readings + [0x07] + Self.intervals).endReadings.isEmpty)
  }

  /// Two channels leave the last nibble over: the second channel's is the high one of octet 1.
  @Test func anEvenNumberOfChannels() throws {
    var meter = LoadProfileMeter()
    (meter.dimensions, meter.sources) = (DataSetDimensions(1, 9, 2), [6, 7])
    let profile = try meter.profile()
    #expect(profile.headerOctets == 7 && profile.intervalOctets == 10 && profile.blockOctets == 97)
    // The ninth interval alone, in the second octet of the simple status.
    let intervals = [UInt8](repeating: 0xEE, count: 80) + [0x21, 0xA5, 1, 0, 0, 0, 2, 0, 0, 0]
    let block = try profile.block(0, [26, 11, 22, 10, 45, 0x00, 0x01] + intervals)
    try #require(block.intervals.map(\.index) == [8])
    #expect(block.intervals[0].status == [.powerFail] && block.isComplete)
    #expect(block.intervals[0].values.map(\.status.code) == [1, 10])
    #expect(block.intervals[0].values.map(\.raw) == [.integer(1), .integer(2)])
  }

  /// 84 stands for a day, but not where intervals are in minutes only.
  @Test(arguments: [(84, false, 86_400), (84, true, 5040), (60, false, 3600), (1, false, 60), (255, true, 15_300)])
  func intervalTime(minutes: UInt8, isANSICompliant: Bool, seconds: Int) throws {
    var meter = LoadProfileMeter()
    (meter.dimensions.minutes, meter.isANSICompliant) = (minutes, isANSICompliant)
    let profile = try meter.profile()
    #expect(profile.interval == seconds)
    let ends = try profile.block(0, Self.header(0x0F) + Self.intervals).intervals.map(\.end.secondsSince2000)
    #expect(zip(ends, ends.dropFirst()).allSatisfy { $1 - $0 == Int64(seconds) })
  }

  @Test func days() throws {
    var meter = LoadProfileMeter()
    meter.dimensions.minutes = 84
    let ends = try meter.profile().block(0, Self.header(0x0F) + Self.intervals).intervals.map(\.end)
    #expect(ends == (19...22).map { Self.moment(10, 45, day: $0) })
  }

  /// Each of four sets has its own channels, scalars and table.
  @Test(arguments: 0..<4) func fourSets(set: Int) throws {
    var meter = LoadProfileMeter()
    (meter.set, meter.sets, meter.scaling) = (set, 4, (10, 1000))
    let profile = try meter.profile()
    #expect(profile.table == .basic(64 + UInt16(set)) && profile.channels.map(\.number) == [0, 1, 15])
    #expect(profile.channels.allSatisfy { $0.scalar == 10 && $0.divisor == 1000 })
    meter.set = (set + 1) % 4
    let other = try LoadProfile(
      set: set, bt61: meter.decoded(.bt61, meter.bt61), bt62: meter.decoded(.bt62, meter.bt62),
      et21: meter.decoded(.et21, meter.et21))
    #expect(other.blocks == 0 && other.channels.isEmpty)
    #expect(try other.block(0, []).intervals.isEmpty)
    #expect(try other.plan(bt63: meter.decoded(.bt63, meter.bt63), et21: meter.decoded(.et21, meter.et21)).isEmpty)
  }

  /// Recorded is the measured value times the scalar, divided by the divisor.
  @Test(
    arguments: [
      (1, 1, 7, "7"), (1, 1000, 7, "7000"), (10, 1, 7, "0.7"), (3, 1, 7, "2.333"), (3, 2, 7, "4.667"),
      (3, 1, -7, "-2.333"), (0, 1, 7, nil), (1, 0, 7, nil), (1000, 1, -1, "-0.001"), (10_000, 1, 4, "0.000"),
      (65_535, 65_535, Int64(Int32.min), "-2147483648"),
    ] as [(UInt16, UInt16, Int64, String?)])
  func scalarsAndDivisors(scalar: UInt16, divisor: UInt16, recorded: Int64, measured: String?) throws {
    var meter = LoadProfileMeter()
    meter.scaling = (scalar, divisor)
    let channels = try meter.profile().channels
    #expect(channels.first?.value(of: .integer(recorded))?.description == measured)
  }

  @Test func millivoltsStayMillivolts() throws {
    var meter = LoadProfileMeter()
    meter.scaling = (2, 1)
    #expect(try meter.profile().channels.last?.value(of: .integer(230_001))?.description == "115.0005")
  }

  @Test func statusInWords() {
    let words = (0..<16).map { LoadProfile.ChannelStatus(code: UInt8($0)).words?.description }
    #expect(
      words == [
        "", "overflow", "partial interval", "long interval", "skipped", "test mode data", nil, nil,
        "M-Bus or MEP decryption failure", "clock error", "M-Bus or MEP device missing", "not current",
        "skipped by opt-out", nil, nil, "no M-Bus data yet",
      ])
    let placeholders = (0..<16).filter { !LoadProfile.ChannelStatus(code: UInt8($0)).isMeasured }
    #expect(placeholders == [4, 8, 10, 12, 15])
  }
}
