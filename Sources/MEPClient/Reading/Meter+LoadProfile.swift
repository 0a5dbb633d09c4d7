// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// What was read of a data set of the load profile.
public struct LoadProfileReading: Sendable {
  /// What its channels are.
  public let profile: LoadProfile
  /// Oldest first, as they were recorded.
  public let intervals: [LoadProfile.Interval]
  /// What the next read goes on behind: the newest interval that was read. Nil while there is none.
  public let through: LoadProfile.Mark?
  /// Why the read ended early: cancelled, or the line failed. Nil when it got to the end.
  public let failure: MeterError?
}

/// How a data set of the load profile is set up, and what there is of it.
public struct LoadProfileSetup: Sendable {
  public let profile: LoadProfile
  /// When its oldest interval ended and its newest one, in UTC; nil while there is none.
  public let ends: ClosedRange<Moment>?
}

extension Meter {
  /// Reads how a data set of the load profile is set up; of its blocks no more than tells how far back they reach.
  ///
  /// - Parameter set: 0…3 for data set 1…4.
  public func readLoadProfileSetup(set: Int = 0) async throws(MeterError) -> LoadProfileSetup {
    let (profile, et21) = try await describeLoadProfile(set)
    let status = try await read(.bt63)
    let reads = try understood { () throws(LoadProfile.Problem) in try profile.plan(bt63: status, et21: et21) }
    guard let first = reads.first, let last = reads.last, !first.body.isEmpty else {
      return LoadProfileSetup(profile: profile, ends: nil)
    }
    let interval = first.body.lowerBound..<first.body.lowerBound + profile.intervalOctets
    let oldest = try await block(first, of: profile, body: try await exactly(interval, of: profile.table))
    let newest = try await block(last, of: profile, body: [])
    // The oldest one may have made room for another meanwhile.
    guard let from = oldest.intervals.first?.end, let to = newest.end, from <= to else {
      return LoadProfileSetup(profile: profile, ends: nil)
    }
    return LoadProfileSetup(profile: profile, ends: from...to)
  }

  private func block(
    _ read: LoadProfile.Read, of profile: LoadProfile, body: [UInt8]
  ) async throws(MeterError) -> LoadProfile.Block {
    let header = try await exactly(read.header, of: profile.table)
    return try understood { () throws(LoadProfile.Problem) in try profile.block(read, header: header, body: body) }
  }

  /// Reads a data set of the load profile: of the blocks, only the octets that are wanted.
  ///
  /// Intervals end while it goes on: those wait for the next read, as do those that were not reached when it is cancelled
  /// or fails. It throws only when it has read no interval at all.
  ///
  /// - Parameters:
  ///   - set: 0…3 for data set 1…4.
  ///   - since: the end, in UTC, of the newest interval that is not wanted. After the meter's clock was set back, newer
  ///     ones may end before it: `mark` misses none.
  ///   - mark: what an earlier read came to; it goes before `since`.
  ///   - progress: octets of blocks read so far, and of all that are wanted.
  ///   - each: is given what was read, part by part: what it has got is certain, whatever becomes of the rest.
  public func readLoadProfile(
    set: Int = 0, since: Moment? = nil, behind mark: LoadProfile.Mark? = nil,
    progress: @Sendable (Int, Int) -> Void = { _, _ in },
    each: (@Sendable (LoadProfileReading) -> Void)? = nil
  ) async throws(MeterError) -> LoadProfileReading {
    var problem: LoadProfile.Problem?
    var wanted = LoadProfileStart(since: since, mark: mark)
    for _ in 0..<3 {
      do throws(MeterError) {
        switch try await readOnce(set, wanted, progress, each) {
        case .done(let reading): return reading
        case .gone: wanted.mark = nil
        case .reconfigured: continue
        }
      } catch {
        // Reconfigured between two of its tables.
        guard case .loadProfile(let found) = error, case .contradictory = found else { throw error }
        problem = found
      }
    }
    throw problem.map { .loadProfile($0) } ?? .unsettled(.basic(61))
  }

  private enum Outcome {
    case done(LoadProfileReading)
    /// The log was cleared since it was read up to the mark: all of it is new.
    case gone
    /// Nothing has been given to anybody.
    case reconfigured
  }

  private func readOnce(
    _ set: Int, _ wanted: LoadProfileStart, _ progress: @Sendable (Int, Int) -> Void,
    _ each: (@Sendable (LoadProfileReading) -> Void)?
  ) async throws(MeterError) -> Outcome {
    let before = configurations
    let (profile, et21) = try await describeLoadProfile(set)
    let start = wanted.fitting(profile)
    let status = try await read(.bt63)
    let reads = try understood { () throws(LoadProfile.Problem) in
      try profile.plan(bt63: status, et21: et21, after: start.since, behind: start.mark)
    }
    let newest = reads.last?.sequence ?? 0
    let total = reads.reduce(0) { $0 + $1.header.count + $1.body.count }
    var (done, failure): (Int, MeterError?) = (0, nil)
    var held = Parts(profile: profile, through: start.mark)
    for read in reads {
      var octets: [UInt8] = []
      do throws(MeterError) {
        for range in read.parts(of: profile, within: room.read) {
          octets += try await exactly(range, of: profile.table)
          progress(done + octets.count, total)
        }
        done += octets.count
      } catch {
        failure = error
      }
      if octets.count >= read.header.count {
        let (header, body) = (Array(octets.prefix(read.header.count)), Array(octets.dropFirst(read.header.count)))
        let block = try understood { () throws(LoadProfile.Problem) in
          try profile.block(read, header: header, body: body)
        }
        var intervals = block.intervals[...]
        if let mark = start.mark, mark.sequence == read.sequence {
          let isThere = intervals.first.map(mark.isOf) ?? (failure != nil)
          guard isThere else { return .gone }
          intervals = intervals.dropFirst()
        }
        held.pending.append((read, intervals.filter { interval in start.since.map { interval.end > $0 } ?? true }))
      }
      // The oldest ones of a full ring: the meter may begin another block in their place.
      let isAtRisk = newest &- read.sequence &+ 2 >= UInt32(profile.blocks)
      if failure != nil {
        // There may be no asking any more. What was read without a fault is as good as one can know, but for these.
        if !isAtRisk { held.accept(status, each) }
        break
      }
      guard isAtRisk || held.octets >= 2048 || read == reads.last else { continue }
      do throws(MeterError) {
        if try await confirm(&held, since: before, each) { continue }
      } catch {
        failure = error
        if !isAtRisk { held.accept(status, each) }
        break
      }
      // What somebody was given already cannot be taken back.
      if each == nil || held.certain.isEmpty { return .reconfigured }
      failure = .unsettled(.basic(61))
      break
    }
    if let failure, held.certain.isEmpty { throw failure }
    return .done(
      LoadProfileReading(profile: profile, intervals: held.certain, through: held.through, failure: failure))
  }

  /// Whether the meter is still configured as it was when its blocks were read; what they held is then certain.
  private func confirm(
    _ held: inout Parts, since before: Int, _ each: (@Sendable (LoadProfileReading) -> Void)?
  ) async throws(MeterError) -> Bool {
    let status = try await read(.bt63)
    guard try await configuration(of: held.profile.set) == held.profile.configuration, configurations == before else {
      return false
    }
    held.accept(status, each)
    return true
  }

  /// What the channels of a data set are and where they stand, and ET21 as it was just now.
  private func describeLoadProfile(_ set: Int) async throws(MeterError) -> (LoadProfile, Decoded) {
    let unit = try await readEnergyRegisterUnit()
    let (bt61, bt62, et21) = (try await read(.bt61), try await read(.bt62), try await read(.et21))
    let profile = try understood { () throws(LoadProfile.Problem) in
      try LoadProfile(set: set, bt61: bt61, bt62: bt62, et21: et21, unit: unit)
    }
    let isMapped = profile.channels.contains { if case .mapped = $0.source { true } else { false } }
    guard isMapped else { return (profile, et21) }
    let (et66, et57, et34) = (try await readIfKept(.et66), try await readIfKept(.et57), try await readIfKept(.et34))
    return (
      try understood { () throws(LoadProfile.Problem) in
        try LoadProfile(set: set, bt61: bt61, bt62: bt62, et21: et21, et66: et66, et57: et57, et34: et34, unit: unit)
      }, et21
    )
  }

  /// The load profile's configuration ID as it is now.
  private func configuration(of set: Int) async throws(MeterError) -> UInt32 {
    let path = "data_set_internal_configuration[\(set)].load_profile_configuration_id"
    let selection = try await read(.et21, paths: [path])
    return UInt32(truncatingIfNeeded: selection.places.first?.integer(in: selection.octets) ?? 0)
  }

  private func exactly(_ range: Range<Int>, of table: TableID) async throws(MeterError) -> [UInt8] {
    let part = try await alone { () async throws(MeterError) in try await self.part(of: table, range) }
    guard part.count == range.count else { throw .short(table, wanted: range.count, got: part.count) }
    return part
  }

  private func understood<T>(_ body: () throws(LoadProfile.Problem) -> T) throws(MeterError) -> T {
    do throws(LoadProfile.Problem) { return try body() } catch { throw .loadProfile(error) }
  }
}

/// From where on intervals are wanted.
private struct LoadProfileStart {
  var since: Moment?
  var mark: LoadProfile.Mark?

  /// A mark goes before a time; where it is of another configuration, its end is what there is to go by.
  func fitting(_ profile: LoadProfile) -> LoadProfileStart {
    guard let mark else { return self }
    return mark.configuration == profile.configuration
      ? LoadProfileStart(since: nil, mark: mark) : LoadProfileStart(since: mark.end, mark: nil)
  }
}

/// What was read of the blocks: what is certain, and what waits for it.
private struct Parts {
  let profile: LoadProfile
  var certain: [LoadProfile.Interval] = []
  var through: LoadProfile.Mark?
  var pending: [(read: LoadProfile.Read, intervals: [LoadProfile.Interval])] = []

  init(profile: LoadProfile, through: LoadProfile.Mark?) { (self.profile, self.through) = (profile, through) }

  var octets: Int { pending.reduce(0) { $0 + $1.read.body.count } }

  /// Those that are still in the ring by a BT63 read after them.
  mutating func accept(_ status: Decoded, _ each: ((LoadProfileReading) -> Void)?) {
    let kept = pending.filter { profile.holds($0.read, bt63: status) && !$0.intervals.isEmpty }
    pending = []
    guard let last = kept.last, let newest = last.intervals.last else { return }
    let intervals = kept.flatMap(\.intervals)
    certain += intervals
    through = profile.mark(newest, of: last.read)
    each?(LoadProfileReading(profile: profile, intervals: intervals, through: through, failure: nil))
  }
}

extension LoadProfile.Read {
  /// The header, then the intervals, in parts that fit a message and tear no interval apart.
  fileprivate func parts(of profile: LoadProfile, within room: Int) -> [Range<Int>] {
    let isOne = header.upperBound == body.lowerBound
    let size = profile.intervalOctets
    let first = (room - (isOne ? header.count : 0)) / size * size
    var parts = [isOne ? header.lowerBound..<min(body.upperBound, body.lowerBound + first) : header]
    let step = room / size * size
    for start in stride(from: isOne ? parts[0].upperBound : body.lowerBound, to: body.upperBound, by: step) {
      parts.append(start..<min(start + step, body.upperBound))
    }
    return parts
  }
}
