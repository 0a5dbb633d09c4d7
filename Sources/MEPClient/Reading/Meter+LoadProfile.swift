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
  /// What the next read goes on from, as its `since`: the end, in UTC, of the newest interval that was read. Nil while
  /// nothing is recorded.
  public let through: Moment?
  /// Why the read ended early: cancelled, or the line failed. Nil when it got to the end.
  public let failure: MeterError?
}

extension Meter {
  /// Reads a data set of the load profile: of the blocks, only the octets that are wanted.
  ///
  /// Intervals end while it goes on: those wait for the next read, as do those that were not reached when it is cancelled
  /// or fails. It throws only when it has read no interval at all.
  ///
  /// - Parameters:
  ///   - set: 0…3 for data set 1…4.
  ///   - since: the end, in UTC, of the newest interval that is not wanted.
  ///   - progress: octets of blocks read so far, and of all that are wanted.
  public func readLoadProfile(
    set: Int = 0, since: Moment? = nil, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(MeterError) -> LoadProfileReading {
    var problem: LoadProfile.Problem?
    for _ in 0..<3 {
      do throws(MeterError) {
        if let reading = try await readOnce(set, since, progress) { return reading }
      } catch {
        // Reconfigured between two of its tables.
        guard case .loadProfile(let found) = error, case .contradictory = found else { throw error }
        problem = found
      }
    }
    throw problem.map { .loadProfile($0) } ?? .unsettled(.basic(61))
  }

  /// Nil when the meter was reconfigured meanwhile.
  private func readOnce(
    _ set: Int, _ since: Moment?, _ progress: @Sendable (Int, Int) -> Void
  ) async throws(MeterError) -> LoadProfileReading? {
    let before = configurations
    let (profile, et21) = try await describeLoadProfile(set)
    var status = try await read(.bt63)
    let reads = try understood { () throws(LoadProfile.Problem) in
      try profile.plan(bt63: status, et21: et21, after: since)
    }
    let newest = reads.last?.sequence ?? 0
    let total = reads.reduce(0) { $0 + $1.header.count + $1.body.count }
    var (done, failure): (Int, MeterError?) = (0, nil)
    var blocks: [(read: LoadProfile.Read, block: LoadProfile.Block, isCertain: Bool)] = []
    for read in reads {
      // The oldest ones of a full ring: the meter may begin another block in their place.
      let isAtRisk = newest &- read.sequence &+ 2 >= UInt32(profile.blocks)
      var octets: [UInt8] = []
      do throws(MeterError) {
        for range in read.parts(of: profile) {
          octets += try await exactly(range, of: profile.table)
          progress(done + octets.count, total)
        }
        done += octets.count
        guard try await isUnchanged(since: before) else { return nil }
        if isAtRisk { status = try await self.read(.bt63) }
      } catch {
        failure = error
      }
      let isHeld = isAtRisk ? failure == nil && profile.holds(read, bt63: status) : true
      if isHeld, octets.count >= read.header.count {
        let (header, body) = (Array(octets.prefix(read.header.count)), Array(octets.dropFirst(read.header.count)))
        let block = try understood { () throws(LoadProfile.Problem) in
          try profile.block(read, header: header, body: body)
        }
        blocks.append((read, block, isCertain: isAtRisk))
      }
      if failure != nil { break }
    }
    if failure == nil, !blocks.isEmpty {
      do throws(MeterError) {
        status = try await read(.bt63)
        guard try await configuration(of: set) == profile.configuration else { return nil }
      } catch {
        failure = error
      }
    }
    let intervals = blocks.filter { $0.isCertain || profile.holds($0.read, bt63: status) }.flatMap(\.block.intervals)
      .filter { interval in since.map { interval.end > $0 } ?? true }
    if let failure, intervals.isEmpty { throw failure }
    return LoadProfileReading(
      profile: profile, intervals: intervals, through: intervals.last?.end ?? since, failure: failure)
  }

  /// What the channels of a data set are and where they stand, and ET21 as it was just now.
  private func describeLoadProfile(_ set: Int) async throws(MeterError) -> (LoadProfile, Decoded) {
    let unit = try await energyRegisterUnit()
    let (bt61, bt62, et21) = (try await read(.bt61), try await read(.bt62), try await read(.et21))
    let profile = try understood { () throws(LoadProfile.Problem) in
      try LoadProfile(set: set, bt61: bt61, bt62: bt62, et21: et21, unit: unit)
    }
    let isMapped = profile.channels.contains { if case .mapped = $0.source { true } else { false } }
    guard isMapped else { return (profile, et21) }
    let (et66, et57) = (try await readUnlessRefused(.et66), try await readUnlessRefused(.et57))
    return (
      try understood { () throws(LoadProfile.Problem) in
        try LoadProfile(set: set, bt61: bt61, bt62: bt62, et21: et21, et66: et66, et57: et57, unit: unit)
      }, et21
    )
  }

  /// The load profile's configuration ID as it is now.
  private func configuration(of set: Int) async throws(MeterError) -> UInt32 {
    let path = "data_set_internal_configuration[\(set)].load_profile_configuration_id"
    let selection = try await read(.et21, paths: [path])
    return UInt32(truncatingIfNeeded: selection.places.first?.integer(in: selection.octets) ?? 0)
  }

  /// Meters that keep ET55 to themselves count in units of 1.
  private func energyRegisterUnit() async throws(MeterError) -> EnergyRegisterUnit {
    guard let et55 = try await readUnlessRefused(.et55) else { return .one }
    guard let unit = EnergyRegisterUnit(configuration: et55) else {
      throw .loadProfile(.impossible(et55.layout.table, "Energy Register Unit", 0))
    }
    return unit
  }

  private func readUnlessRefused(_ table: Table) async throws(MeterError) -> Decoded? {
    do throws(MeterError) { return try await read(table) } catch {
      guard case .refused = error else { throw error }
      return nil
    }
  }

  private func exactly(_ range: Range<Int>, of table: TableID) async throws(MeterError) -> [UInt8] {
    let part = try await alone { () async throws(MeterError) in try await self.part(of: table, range) }
    guard part.count == range.count else { throw .short(table, wanted: range.count, got: part.count) }
    return part
  }

  private func isUnchanged(since before: Int) async throws(MeterError) -> Bool {
    try await alone { () async throws(MeterError) in _ = try await compareConfiguration() }
    return configurations == before
  }

  private func understood<T>(_ body: () throws(LoadProfile.Problem) -> T) throws(MeterError) -> T {
    do throws(LoadProfile.Problem) { return try body() } catch { throw .loadProfile(error) }
  }
}

extension LoadProfile.Read {
  /// The header, then the intervals, in parts that fit a message and tear no interval apart.
  fileprivate func parts(of profile: LoadProfile) -> [Range<Int>] {
    let isOne = header.upperBound == body.lowerBound
    let room = (MessageLimit.read - (isOne ? header.count : 0)) / profile.intervalOctets * profile.intervalOctets
    var parts = [isOne ? header.lowerBound..<min(body.upperBound, body.lowerBound + room) : header]
    let step = MessageLimit.read / profile.intervalOctets * profile.intervalOctets
    for start in stride(from: isOne ? parts[0].upperBound : body.lowerBound, to: body.upperBound, by: step) {
      parts.append(start..<min(start + step, body.upperBound))
    }
    return parts
  }
}
