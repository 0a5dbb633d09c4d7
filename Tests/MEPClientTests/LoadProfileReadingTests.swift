// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Synchronization
import Testing

/// What the client asks for, and what it makes of a meter that goes on meanwhile, a bad line and a user without patience.
@Suite(.timeLimit(.minutes(5))) struct LoadProfileReadingTests {
  /// Ten minutes before a block of gen3 and gen3-old ends.
  private static let evening = Moment(year: 2026, month: 1, day: 15, hour: 22, minute: 50)

  /// gen3: a block has 17 + 96 * 32 octets, the newest is the 8th of the ring, and 14 intervals fit a message.
  @Test func onlyWhatIsWantedIsFetched() async throws {
    let bench = try LoadProfileBench(.gen3, at: Self.evening)
    let progress = Mutex<[[Int]]>([])
    let reading = try await bench.meter.readLoadProfile(since: Self.evening.adding(seconds: -4 * 3600)) { done, total in
      progress.withLock { $0.append([done, total]) }
    }
    // 19:00, 19:15, … 22:45: the intervals 79 to 94 of the block that began at 23:00.
    #expect(reading.intervals.map(\.index) == Array(79...94))
    let block = 7 * 3089
    let first = block + 17 + 79 * 32
    #expect(
      bench.wire.reads.filter { $0.hasPrefix("BT64") } == [
        "BT64 \(block)..<\(block + 17)", "BT64 \(first)..<\(first + 448)", "BT64 \(first + 448)..<\(first + 512)",
      ])
    #expect(progress.withLock { $0 } == [[17, 529], [465, 529], [529, 529]])
    #expect(reading.through?.end == Moment(year: 2026, month: 1, day: 15, hour: 22, minute: 45))
    bench.wire.forget()
    let again = try await bench.meter.readLoadProfile(behind: reading.through)
    #expect(again.intervals.isEmpty && again.through == reading.through && again.failure == nil)
    // It looks whether the newest one is still there.
    #expect(bench.wire.reads.filter { $0.hasPrefix("BT64") }.count == 2)
    // Every part of a whole block begins and ends with an interval: the header and 14 of them, 14 five times, then 12.
    bench.wire.forget()
    _ = try await bench.meter.readLoadProfile(since: Self.evening.adding(seconds: -(47 * 3600 + 50 * 60)))
    #expect(bench.wire.reads.filter { $0.hasPrefix("BT64") }.count == 14)
    bench.meter.close()
  }

  /// How far back it reaches takes two headers and an interval, and is what reading all of it gives.
  @Test func theSetUpIsToldWithoutReadingAll() async throws {
    let bench = try LoadProfileBench(.gen3Old, at: Self.evening)
    let setup = try await bench.meter.readLoadProfileSetup()
    #expect(bench.wire.reads.filter { $0.hasPrefix("BT64") }.count == 3)
    let reading = try await bench.meter.readLoadProfile()
    let (first, last) = (try #require(reading.intervals.first?.end), try #require(reading.intervals.last?.end))
    #expect(setup.ends == first...last && first < last)
    #expect(setup.profile.channels.publishedNames == reading.profile.channels.publishedNames)
    bench.meter.close()
  }

  /// Newer intervals end before those that were read already: the time of the last one would hide them.
  @Test func theClockIsSetBack() async throws {
    let bench = try LoadProfileBench(.gen3, at: Self.evening)
    let mark = try #require(try await bench.meter.readLoadProfile(since: Self.evening.adding(days: -1)).through)
    await bench.simulator.carryOut(.clock(seconds: -2 * 86_400))
    bench.clock.go(3600)
    let reading = try await bench.meter.readLoadProfile(behind: mark)
    #expect(reading.intervals.count >= 3 && reading.intervals.allSatisfy { $0.end < mark.end })
    #expect(try await bench.meter.readLoadProfile(behind: reading.through).intervals.isEmpty)
    bench.meter.close()
  }

  /// What is given block by block is what comes back in the end.
  @Test func partByPart() async throws {
    let bench = try LoadProfileBench(.gen3Old, at: Self.evening)
    let parts = Mutex<[LoadProfileReading]>([])
    let reading = try await bench.meter.readLoadProfile(each: { part in parts.withLock { $0.append(part) } })
    let given = parts.withLock { $0 }
    #expect(given.count > 5 && given.flatMap(\.intervals) == reading.intervals)
    #expect(given.last?.through == reading.through)
    #expect(given.allSatisfy { $0.through?.end == $0.intervals.last?.end })
    bench.meter.close()
  }

  /// A block ends at every place in a read: nothing of what comes back is half one block and half another, and the next
  /// read has the rest.
  /// A block of gen3-old is one message, one of gen3 seven.
  @Test(arguments: [
    (Profile.gen3Old, 1), (.gen3Old, 2), (.gen3Old, 3), (.gen3Old, 40), (.gen3, 1), (.gen3, 4), (.gen3, 7), (.gen3, 8),
  ])
  func aBlockEndsMeanwhile(profile: Profile, request: Int) async throws {
    let truth = try await LoadProfileBench(profile, at: Self.evening).meter.readLoadProfile().intervals
    let count = Mutex(0)
    let bench = try LoadProfileBench(profile, at: Self.evening) { asked, clock in
      guard case .readPart(.basic(64), _, _) = asked else { return }
      if count.withLock({
        $0 += 1
        return $0 == request
      }) {
        clock.go(4200)
      }
    }
    let reading = try await bench.meter.readLoadProfile()
    #expect(reading.failure == nil)
    #expect(reading.intervals.allSatisfy(truth.contains))
    let rest = try await bench.meter.readLoadProfile(behind: reading.through)
    let all = reading.intervals + rest.intervals
    // The oldest block is gone, or was read before; from 22:50 to 00:00 two hours have ended, or five quarters.
    let fresh = profile.name == "gen3" ? 5 : 2
    #expect(all.suffix(fresh).map(\.end.hour) == (fresh == 5 ? [23, 23, 23, 23, 0] : [23, 0]))
    let old = all.dropLast(fresh)
    #expect(Array(old) == truth.suffix(old.count))
    #expect(truth.count - old.count == (request > (profile.name == "gen3" ? 7 : 1) ? 0 : reading.profile.intervals))
    bench.meter.close()
  }

  /// What a meter of the same house has at the start.
  private static let truth = Task {
    let bench = try LoadProfileBench(.gen3Old, at: evening)
    return try await bench.meter.readLoadProfile().intervals
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func aBadLineCostsOnlyTime(seed: UInt64) async throws {
    let truth = try await Self.truth.value
    let clock = SetClock(Self.evening.secondsSince2000)
    let simulator = try SimulatedMeter(.gen3Old, clock: { clock.now() })
    let line = FaultyLink(
      plug(simulator.port(1), timers: .hasty), seed: seed, loss: 0.0005, corruption: 0.0005, duplication: 0.0002)
    let meter = Meter(at: line, timers: .hasty, encrypted: seed % 2 == 0)
    var got: [LoadProfile.Interval] = []
    var through: LoadProfile.Mark?
    for _ in 0..<60 where got.count < truth.count {
      do throws(MeterError) {
        let reading = try await meter.readLoadProfile(behind: through)
        got += reading.intervals
        through = reading.through
      } catch {
        guard case .exchange = error else { throw error }
      }
    }
    #expect(got == truth, "seed \(seed)")
    meter.close()
  }

  /// A block has 8 + 24 * 19 = 464 octets, so each message brings a whole one. The two oldest count only once it is known
  /// that they were still there.
  @Test(arguments: [(464, 0), (928, 1), (1392, 3), (5000, 11), (18_000, 39)]) func cancelledReadsGoOn(
    octets: Int, blocks: Int
  ) async throws {
    let truth = try await Self.truth.value
    let bench = try LoadProfileBench(.gen3Old, at: Self.evening)
    let cancel = Mutex<(@Sendable () -> Void)?>(nil)
    let (ready, begin) = AsyncStream<Void>.makeStream()
    let task = Task {
      for await _ in ready {}
      return try await bench.meter.readLoadProfile { done, _ in
        if done >= octets { cancel.withLock { $0?() } }
      }
    }
    cancel.withLock { $0 = { task.cancel() } }
    begin.finish()
    guard blocks > 0 else {
      await #expect(throws: MeterError.self) { try await task.value }
      return
    }
    let reading = try await task.value
    guard case .link(.cancelled)? = reading.failure else {
      Issue.record("ended by \(reading.failure.map { "\($0.words)" } ?? "nothing")")
      return
    }
    #expect(reading.intervals.count == blocks * 24)
    #expect(reading.through?.end == reading.intervals.last?.end)
    let rest = try await bench.meter.readLoadProfile(behind: reading.through)
    #expect(reading.intervals + rest.intervals == truth && rest.failure == nil)
    bench.meter.close()
  }

  /// The meter gets another configuration in the middle: what was read before it is not mixed with what comes after.
  @Test func aReconfigurationStartsAnew() async throws {
    let simulator = Mutex<SimulatedMeter?>(nil)
    let count = Mutex(0)
    let bench = try LoadProfileBench(.gen3Old, at: Self.evening) { asked, _ in
      guard case .readPart(.basic(64), _, _) = asked,
        count.withLock({
          $0 += 1
          return $0 == 10
        })
      else { return }
      await simulator.withLock { $0 }?.carryOut(.configurationChange)
    }
    simulator.withLock { $0 = bench.simulator }
    let reading = try await bench.meter.readLoadProfile()
    #expect(reading.intervals == (try await Self.truth.value) && reading.failure == nil)
    // Twice for itself, twice for what it shapes.
    #expect(bench.wire.reads.filter { $0.hasPrefix("BT61") }.count == 4)
    bench.meter.close()
  }
}
