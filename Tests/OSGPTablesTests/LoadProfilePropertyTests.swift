// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// A load profile that a test's own meter recorded is what comes back, and nothing makes it trap.
@Suite(.timeLimit(.minutes(10))) struct LoadProfilePropertyTests {
  /// What was recorded for one interval.
  struct Recorded: Equatable {
    var end: Int64
    var common: UInt8
    var statuses: [UInt8]
    var values: [Int32]
  }

  /// Records intervals into a ring, as the guide describes it.
  private struct Recorder {
    var meter: LoadProfileMeter
    var table: [UInt8]
    /// What each block of the ring holds.
    var blocks: [[Int: Recorded]]

    init(using random: inout SeededGenerator) {
      meter = LoadProfileMeter()
      (meter.sets, meter.hasEndReadings) = (.random(in: 1...4, using: &random), .random(using: &random))
      meter.set = .random(in: 0..<meter.sets, using: &random)
      meter.dimensions = DataSetDimensions(
        .random(in: 1...6, using: &random), .random(in: 1...20, using: &random), .random(in: 0...16, using: &random),
        minutes: [1, 15, 60, 84].randomElement(using: &random)!)
      meter.sources = (0..<meter.dimensions.channels).map { $0 + 3 }
      meter.configuration = .random(in: 0 ... .max, using: &random)
      meter.sequence = .random(in: 0 ... .max, using: &random)
      table = random.octets(Int(meter.dimensions.blocks) * meter.block)
      blocks = Array(repeating: [:], count: Int(meter.dimensions.blocks))
    }

    var seconds: Int64 { meter.dimensions.minutes == 84 ? 86_400 : 60 * Int64(meter.dimensions.minutes) }

    mutating func begin(at start: Int64) {
      let index = meter.validBlocks == 0 ? 0 : (Int(meter.lastBlock) + 1) % blocks.count
      meter.lastBlock = UInt16(index)
      meter.validBlocks = min(meter.validBlocks + 1, meter.dimensions.blocks)
      meter.sequence &+= 1
      meter.blockStart = Moment(secondsSince2000: start)
      blocks[index] = [:]
      for i in 0..<meter.header - meter.statusOffset { table[index * meter.block + meter.statusOffset + i] = 0 }
    }

    mutating func record(_ interval: Int, _ recorded: Recorded) {
      let (index, start) = (Int(meter.lastBlock), Int(meter.lastBlock) * meter.block)
      blocks[index][interval] = recorded
      meter.lastInterval = UInt16(interval)
      meter.intervalEnd = Moment(secondsSince2000: recorded.end)
      table.replaceSubrange(start..<start + 5, with: Moment(secondsSince2000: recorded.end).shortOctets)
      table[start + meter.statusOffset + interval / 8] |= 1 << UInt8(interval % 8)
      let nibbles = [recorded.common] + recorded.statuses + (recorded.statuses.count % 2 == 0 ? [0] : [])
      let statuses = stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
      let octets = statuses + recorded.values.flatMap(\.octets)
      let first = start + meter.header + interval * meter.interval
      table.replaceSubrange(first..<first + octets.count, with: octets)
    }
  }

  /// Blocks without end, some begun late, with gaps between them as long as `gap` allows.
  private static func run(_ gap: Int64, using random: inout SeededGenerator) -> Recorder {
    var recorder = Recorder(using: &random)
    let (n, seconds) = (Int(recorder.meter.dimensions.intervals), recorder.seconds)
    // Whole minutes, which is what an end time has.
    var start = 60 * Int64.random(in: 10_000_000...12_000_000, using: &random)
    for block in 0...Int.random(in: 0...15, using: &random) {
      recorder.begin(at: start)
      let isNewest = block % 3 == 2 && Bool.random(using: &random)
      let first = block == 0 ? Int.random(in: 0..<n, using: &random) : 0
      for i in first...(isNewest ? Int.random(in: first..<n, using: &random) : n - 1) {
        recorder.record(
          i,
          Recorded(
            end: start + Int64(i + 1) * seconds, common: .random(in: 0...15, using: &random),
            statuses: recorder.meter.sources.map { _ in .random(in: 0...15, using: &random) },
            values: recorder.meter.sources.map { _ in .random(in: .min ... .max, using: &random) }))
      }
      if isNewest { break }
      start += Int64(n) * seconds + (gap == 0 ? 0 : seconds * .random(in: 0...gap, using: &random))
    }
    return recorder
  }

  /// What comes of reading what is planned.
  private static func fetched(_ recorder: Recorder) throws -> (Moment?) throws -> [[Recorded]] {
    let (meter, profile) = (recorder.meter, try recorder.meter.profile())
    let (bt63, et21) = (try meter.decoded(.bt63, meter.bt63), try meter.decoded(.et21, meter.et21))
    return { after in
      try profile.plan(bt63: bt63, et21: et21, after: after).map { try recorded($0, profile, recorder.table) }
    }
  }

  private static func recorded(
    _ read: LoadProfile.Read, _ profile: LoadProfile, _ table: [UInt8]
  ) throws -> [Recorded] {
    let block = try profile.block(read, header: Array(table[read.header]), body: Array(table[read.body]))
    #expect(block.index == read.block && block.intervals.allSatisfy { read.intervals.contains($0.index) })
    return block.intervals.map { interval in
      Recorded(
        end: interval.end.secondsSince2000, common: interval.status.rawValue,
        statuses: interval.values.map(\.status.code),
        values: interval.values.map { if case .integer(let value) = $0.raw { Int32(value) } else { 0 } })
    }
  }

  @Test(arguments: 0..<80 as Range<UInt64>) func whatWasRecordedComesBack(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let recorder = Self.run(seed % 2 == 0 ? 0 : 9, using: &random)
    let last = Int(recorder.meter.lastBlock)
    let order = (1...recorder.blocks.count).map { (last + $0) % recorder.blocks.count }
    let expected = order.map { index in recorder.blocks[index].sorted { $0.key < $1.key }.map(\.value) }
      .filter { !$0.isEmpty }
    let fetched = try Self.fetched(recorder)
    #expect(try fetched(nil) == expected, "seed \(seed)")

    let all = expected.flatMap { $0 }
    for _ in 0..<6 {
      let after = all.randomElement(using: &random)!.end + 60 * .random(in: -20...20, using: &random)
      let newer = try fetched(Moment(secondsSince2000: after)).flatMap { $0 }
      if seed % 2 == 0 {
        // Without gaps nothing is read in vain.
        #expect(newer == all.filter { $0.end > after }, "seed \(seed)")
      } else {
        #expect(newer.filter { $0.end > after } == all.filter { $0.end > after }, "seed \(seed)")
      }
    }
  }

  /// The declared table and the view have each value in the same place.
  @Test(arguments: 0..<40 as Range<UInt64>) func theTableHasItWhereTheViewHasIt(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let recorder = Self.run(0, using: &random)
    let (meter, profile) = (recorder.meter, try recorder.meter.profile())
    var dimensions = Dimensions()
    try dimensions.learn(.bt61, meter.bt61)
    try dimensions.learn(.bt62, meter.bt62)
    let layout = try #require(Catalogue.table(profile.table)).layout(in: dimensions)
    #expect(layout.octets == profile.blocks * profile.blockOctets && layout.octets == recorder.table.count)
    let table = Decoded(layout: layout, octets: recorder.table)
    for index in 0..<profile.blocks where !recorder.blocks[index].isEmpty {
      let block = try profile.block(index, Array(recorder.table[(index * profile.blockOctets)...]))
      let values = table.values(named: "Interval Channel Data", entry: index)
      for interval in block.intervals {
        let first = interval.index * profile.channels.count
        try #require(values.count >= first + profile.channels.count)
        #expect(interval.values.map(\.raw) == Array(values[first..<first + profile.channels.count]), "seed \(seed)")
      }
      if meter.hasEndReadings, block.isComplete {
        #expect(block.endReadings == table.values(named: "End Readings", entry: index), "seed \(seed)")
      }
    }
  }

  /// Octets that no meter would send, mostly small numbers, so that some get past the checks.
  @Test(arguments: 0..<200 as Range<UInt64>) func nothingTraps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var meter = Recorder(using: &random).meter
    (meter.sources, meter.mapped) = (meter.sources.map { 105 + $0 }, [0x4001, 0x3004, 5, 0xFFFF])
    /// One of three has other octets here and there, or is cut.
    func spoilt(_ octets: [UInt8]) -> [UInt8] {
      guard !octets.isEmpty, Int.random(in: 0..<3, using: &random) == 0 else { return octets }
      var octets = octets
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let most: UInt8 = Bool.random(using: &random) ? 9 : 255
        octets[.random(in: 0..<octets.count, using: &random)] = .random(in: 0...most, using: &random)
      }
      let isCut = Int.random(in: 0..<4, using: &random) == 0
      return isCut ? Array(octets.prefix(.random(in: 0...octets.count, using: &random))) : octets
    }
    let set = Int.random(in: 0..<5, using: &random) == 0 ? Int.random(in: -1...5, using: &random) : meter.set
    (meter.validBlocks, meter.lastBlock) = (.random(in: 0...7, using: &random), .random(in: 0...7, using: &random))
    (meter.lastInterval, meter.intervalEnd) = (.random(in: 0...25, using: &random), Moment(random.octets(6)))
    meter.blockStart = Moment(random.octets(6).map { $0 % 29 })
    let profile = try? LoadProfile(
      set: set, bt61: meter.decoded(.bt61, spoilt(meter.bt61)),
      bt62: meter.decoded(.bt62, spoilt(meter.bt62)), et21: meter.decoded(.et21, spoilt(meter.et21)),
      et66: meter.decoded(.et66, spoilt(#require(meter.et66))), et57: meter.decoded(.et57, random.octets(64)))
    guard let profile else { return }
    for channel in profile.channels {
      _ = channel.value(of: .integer([.min, -1, 0, .max].randomElement(using: &random)!))
    }
    let after = Bool.random(using: &random) ? nil : Moment(random.octets(6).map { $0 % 29 })
    let reads = try? profile.plan(
      bt63: meter.decoded(.bt63, spoilt(meter.bt63)), et21: meter.decoded(.et21, spoilt(meter.et21)), after: after)
    for read in reads ?? [] {
      #expect(read.intervals.upperBound <= profile.intervals && read.body.upperBound <= 1 << 24, "seed \(seed)")
      _ = try? profile.block(
        read, header: random.octets(.random(in: 0...read.header.count, using: &random)), body: random.octets(200))
      _ = try profile.holds(read, bt63: meter.decoded(.bt63, spoilt(meter.bt63)))
    }
    _ = try? profile.block(
      .random(in: -1...9, using: &random), random.octets(.random(in: 0...300, using: &random)).map { $0 % 29 })
    _ = (reads ?? []).ranges
  }
}
