// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite struct PowerQualityTests {
  private static func layout(outages: UInt8, _ firmware: FirmwareVersion?) throws -> Layout {
    var dimensions = Dimensions(firmware: firmware)
    var image = try Table.et04.layout(in: dimensions).factoryImage
    image[53] = outages
    try dimensions.learn(.et04, image)
    return try Table.et09.layout(in: dimensions)
  }

  /// A time and a count for each phase.
  private static func threeTimes(_ day: UInt8, _ counts: [Int]) -> [UInt8] {
    counts.enumerated().flatMap { Octets.time(day, UInt8($0), 0) + Octets.u16($1) }
  }

  /// What every firmware has, with two outages, the newest first, of three that there is room for.
  private static let base: [UInt8] =
    Octets.u16(180) + [2, 10, 12, 20]
    + Octets.time(9, 8, 0, 30) + [3, 0xEE] + Octets.time(9, 7, 0) + Octets.u32(3630)
    + Octets.time(5, 1, 0) + [8, 0xEE] + Octets.time(5, 0, 59, 59) + Octets.u32(1)
    + [UInt8](repeating: 0, count: 18)
    + threeTimes(1, [1, 2, 300]) + threeTimes(2, [0, 5, 6])
    + Octets.u32(49_871) + Octets.time(3, 4, 5) + Octets.u32(50_123) + Octets.time(6, 7, 8)
    + Octets.u32(7) + Octets.u32(8) + Octets.u32(0xFFFF_FFFF) + [0b101]
    + threeTimes(10, [11, 12, 13])
    + Octets.u32(187_500) + Octets.u32(188_000) + Octets.u32(0)
    + Octets.u32(251_001) + Octets.u32(252_000) + Octets.u32(253_999)
    + Octets.u32(42)
  private static let v212: [UInt8] = base + Octets.u32(0xCAFE) + [30]
  private static let v310: [UInt8] =
    v212 + [2] + Octets.u16(15)
    + (0..<3).flatMap { kind -> [UInt8] in
      Octets.u16(10 * (kind + 1)) + Octets.u16(800 + kind)
        + (0..<3).flatMap { phase -> [UInt8] in
          Octets.u16(kind * 3 + phase) + Octets.time(11, 0, 0) + Octets.u16(1234) + Octets.time(11, 0, 1)
            + Octets.u16(987) + [1, 2, 3, 4]
        }
    }
  private static let v370: [UInt8] =
    v310 + Octets.u16(123) + Octets.u16(5) + Octets.time(12, 0, 10) + [UInt8](repeating: 0, count: 11 * 10)
  private static let v410: [UInt8] =
    v370 + Octets.u16(60) + [25] + threeTimes(13, [21, 22, 23]) + Octets.u32(160_000) + Octets.u32(161_000)
    + Octets.u32(162_000) + Octets.u16(600)
  private static let v421: [UInt8] = v410 + [1]

  static let images: [(firmware: FirmwareVersion?, octets: [UInt8], more: Int)] = [
    (FirmwareVersion(2, 10), base, 139), (FirmwareVersion(2, 12), v212, 144),
    (FirmwareVersion(3, 10), v310, 357), (FirmwareVersion(1, 32), v310, 357),
    (FirmwareVersion(3, 84, 6), v370, 477), (FirmwareVersion(4, 10), v410, 518),
    (FirmwareVersion(4, 21), v421, 519), (nil, v421, 519),
  ]

  private static func view(_ firmware: FirmwareVersion?, _ octets: [UInt8]) throws -> PowerQuality {
    try #require(PowerQuality(Decoded(layout: try layout(outages: 3, firmware), octets: octets)))
  }

  /// 54 octets of outages, and what the guide's offsets say; what every firmware has is the same in all.
  @Test(arguments: images) func everyFirmware(firmware: FirmwareVersion?, octets: [UInt8], more: Int) throws {
    #expect(octets.count == 54 + more)
    #expect(try Self.layout(outages: 3, firmware).octets == octets.count)
    let quality = try Self.view(firmware, octets)
    let thresholds = quality.thresholds
    #expect(thresholds.longOutageSeconds == 180 && thresholds.sag1SurgeSeconds == (more < 144 ? 120 : 150))
    #expect(thresholds.sag1 == 10 && thresholds.surge == 12 && thresholds.overCurrent == 20)
    #expect(quality.shortOutages == 42)
    #expect(thresholds.configurationID == (more < 144 ? nil : 0xCAFE))
    #expect(
      thresholds.holdSeconds == (more < 147 ? nil : 2) && thresholds.overCurrentSeconds == (more < 147 ? nil : 15))
    #expect(quality.distortions.count == (more < 357 ? 0 : 3))
    #expect(quality.voltageTransgressions.count == (more < 477 ? 0 : 1))
    #expect(thresholds.sag2 == (more < 518 ? nil : 25) && thresholds.sag2Seconds == (more < 518 ? nil : 60))
    #expect(quality.phases.map { $0.sag2?.count } == (more < 518 ? [nil, nil, nil] : [21, 22, 23]))
    #expect(quality.averageCurrentSeconds == (more < 518 ? nil : 600))
    #expect(thresholds.logsBeginnings == (more < 519 ? nil : true))
  }

  @Test func outagesOldestFirst() throws {
    let outages = try Self.view(FirmwareVersion(2, 10), Self.base).outages
    try #require(outages.count == 2)
    #expect(outages[0].off?.description == "2026-11-05T00:59:59" && outages[0].on?.description == "2026-11-05T01:00:00")
    #expect(outages.map(\.seconds) == [1, 3630] && outages.map(\.cause) == [.brownOut, .powerFailure])
    #expect(outages[1].off?.description == "2026-11-09T07:00:00" && outages[1].on?.description == "2026-11-09T08:00:30")
  }

  @Test func phases() throws {
    let phases = try Self.view(nil, Self.v421).phases
    try #require(phases.count == 3)
    #expect(phases.map(\.sag1.count) == [1, 2, 300] && phases.map(\.surge.count) == [0, 5, 6])
    #expect(phases.map(\.sag1.voltage.description) == ["187.500", "188.000", "0.000"])
    #expect(phases.map(\.surge.voltage.description) == ["251.001", "252.000", "253.999"])
    #expect(phases.map { $0.sag2?.voltage.description } == ["160.000", "161.000", "162.000"])
    #expect(phases[1].sag1.last?.description == "2026-11-01T01:00:00")
    #expect(phases[2].surge.last?.description == "2026-11-02T02:00:00")
    #expect(phases[0].sag2?.last?.description == "2026-11-13T00:00:00")
    #expect(phases.map(\.overCurrents) == [7, 8, 4_294_967_295])
    #expect(phases.map(\.isLost) == [true, false, true] && phases.map(\.losses) == [11, 12, 13])
    #expect(phases[2].lastLoss?.description == "2026-11-10T02:00:00")
  }

  @Test func frequencyAndDistortion() throws {
    let quality = try Self.view(nil, Self.v421)
    #expect(quality.minimumFrequency.frequency.description == "49.871")
    #expect(quality.minimumFrequency.time?.description == "2026-11-03T04:05:00")
    #expect(quality.maximumFrequency.frequency.description == "50.123")
    #expect(quality.maximumFrequency.time?.description == "2026-11-06T07:08:00")
    try #require(quality.distortions.map(\.kind) == [.voltage, .current, .apparentPower])
    #expect(quality.distortions.map(\.thresholdSeconds) == [10, 20, 30])
    #expect(quality.distortions.map(\.threshold.description) == ["8.00", "8.01", "8.02"])
    #expect(quality.distortions.flatMap { $0.phases.map(\.count) } == Array(0...8))
    try #require(quality.distortions.allSatisfy { $0.phases.count == 3 })
    let phase = quality.distortions[2].phases[1]
    #expect(phase.maximum.description == "12.34" && phase.average.description == "9.87")
    #expect(phase.last?.description == "2026-11-11T00:00:00" && phase.maximumTime?.description == "2026-11-11T00:01:00")
    let transgression = try #require(quality.voltageTransgressions.first)
    #expect(transgression.drp.description == "12.3" && transgression.drc.description == "0.5")
    #expect(transgression.time?.description == "2026-11-12T00:10:00")
  }

  @Test func cutOffTablesGiveWhatTheyHave() throws {
    let layout = try Self.layout(outages: 3, nil)
    for count in 0...Self.v421.count {
      let quality = PowerQuality(Decoded(layout: layout, octets: Array(Self.v421.prefix(count))))
      #expect((quality != nil) == (count >= 54 + 139), "\(count) octets")
      guard let quality else { continue }
      // The last four octets of a record are reserved.
      #expect(quality.distortions.count == min(3, max(0, (count - 54 - 143) / 70)), "\(count) octets")
      #expect((quality.phases[0].sag2 != nil) == (count >= 54 + 516), "\(count) octets")
    }
    let other = try Table.bt71.layout(in: Dimensions())
    #expect(PowerQuality(Decoded(layout: other, octets: other.factoryImage)) == nil)
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func anyOctetsAreRead(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let firmware = Scenario.firmwares.randomElement(using: &random) ?? nil
    let layout = try Self.layout(outages: .random(in: 0...100, using: &random), firmware)
    let octets = random.octets(layout.octets + .random(in: 0...9, using: &random))
    let quality = PowerQuality(Decoded(layout: layout, octets: octets))
    #expect(quality?.phases.count == 3, "seed \(seed)")
    #expect(quality?.thresholds.longOutageSeconds == Int(octets[0]) + 256 * Int(octets[1]), "seed \(seed)")
  }
}
