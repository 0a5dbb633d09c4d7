// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables
import Synchronization
import Testing

@testable import MEPSimulator

/// What is heard on a line, cut into any pieces, with anything around it.
@Suite struct LineMonitorTests {
  private let key = AccessKey(dummy: 1)

  private func sealed(
    _ request: Request, _ response: Response, sequence: UInt32 = 1, encrypted: Bool = false
  ) -> (request: [UInt8], response: [UInt8]) {
    let (frame, exchange) = Exchange.seal(request, sequence: sequence, key: key, encrypted: encrypted)
    return (frame, exchange.seal(response: response.body))
  }

  private var clock: (request: [UInt8], response: [UInt8]) {
    sealed(.read(.basic(52), length: 100), .data([26, 11, 22, 10, 5, 9, 0]))
  }

  private func milliseconds(_ n: Int64) -> Instant { Instant(microseconds: n * 1000) }

  /// What passed between a client and a meter, in its order.
  private func recorded(
    _ security: Security, _ body: (Meter) async throws -> Void
  ) async throws -> [(speaker: Speaker, octets: [UInt8])] {
    let heard = Mutex<[(speaker: Speaker, octets: [UInt8])]>([])
    let link = CapturingLink(plug(try simulated(.gen4).port(1))) { _, direction, octets in
      heard.withLock { $0.append((direction == .sent ? .client : .meter, octets)) }
    }
    let meter = Meter(over: link, key: key, security: security, timers: .patient, log: quiet)
    try await body(meter)
    await meter.endSession()
    return heard.withLock { $0 }
  }

  /// Each exchange once, verified, whatever pieces it came in; nothing is lost, nothing is made up.
  @Test(arguments: [Security.digest, .encrypted, .tls], 1...4 as ClosedRange<UInt64>)
  func everyExchangeShowsOnce(_ security: Security, seed: UInt64) async throws {
    let heard = try await recorded(security) { meter in
      for table in [Table.bt01, .bt21, .bt23, .bt28, .et50, .bt61] { _ = try await meter.read(table) }
      _ = try? await meter.octets(of: .extended(999))
    }
    var random = SeededGenerator(seed: seed)
    var monitor = LineMonitor(key: key, baud: 0)
    var seen: [LineMonitor.Seen] = []
    var now = milliseconds(0)
    for (speaker, octets) in heard {
      now = now + .milliseconds(150)
      var rest = octets[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...200, using: &random))
        rest = rest.dropFirst(piece.count)
        now = now + .milliseconds(Int64.random(in: 0...40, using: &random))
        seen += monitor.take(Array(piece), from: speaker, at: now)
      }
    }
    seen += monitor.finish(at: now)
    #expect(seen.map(\.octets) == heard.map(\.octets) && seen.map(\.speaker) == heard.map(\.speaker))
    let summary = monitor.summary
    #expect(summary.requests == heard.count / 2 && summary.responses == heard.count / 2)
    #expect(summary.wrong + summary.broken + summary.noise + summary.unanswered == 0)
    // The messages of a handshake and the good-bye have no digest.
    #expect(summary.verified == heard.count - (security == .tls ? 6 : 0))
    var tables = Set<TableID>()
    for seen in seen {
      if case .frame(.response(_, _, let request?, .verified, _, .whole)) = seen.content {
        tables.insert(request.table)
      }
    }
    #expect(tables.isSuperset(of: [.basic(1), .basic(21), .basic(28), .extended(50)]))
  }

  /// The first level is refused, then a session is lost and opened again: all of it is heard.
  @Test func everySessionIsHeard() async throws {
    let heard = Mutex<[(speaker: Speaker, octets: [UInt8])]>([])
    let simulator = try simulated(.gen4)
    let link = CapturingLink(plug(simulator.port(1))) { _, direction, octets in
      heard.withLock { $0.append((direction == .sent ? .client : .meter, octets)) }
    }
    let meter = Meter(over: link, key: advancedKey, security: .tls, timers: .patient, log: quiet)
    _ = try await meter.read(.bt01)
    // Somebody else's handshake ends the session.
    let other = Meter(over: link, key: advancedKey, security: .tls, access: .advanced, timers: .patient, log: quiet)
    _ = try await other.read(.bt52)
    _ = try await meter.read(.bt21)
    var monitor = LineMonitor(key: advancedKey, baud: 0)
    var tables: [TableID] = []
    for (i, (speaker, octets)) in heard.withLock({ $0 }).enumerated() {
      for seen in monitor.take(octets, from: speaker, at: milliseconds(Int64(i) * 200)) {
        if case .frame(.response(_, _, let request?, .verified, .tls, .whole)) = seen.content {
          tables.append(request.table)
        }
      }
    }
    #expect(tables.filter { [.basic(1), .basic(52), .basic(21)].contains($0) }.prefix(1) == [.basic(1)])
    #expect(Set(tables).isSuperset(of: [.basic(1), .basic(52), .basic(21)]))
    #expect(monitor.summary.wrong + monitor.summary.broken + monitor.summary.noise == 0)
  }

  /// A message that was lost is sent again: a record counts once, however often it is heard.
  @Test func aRecordThatIsRepeatedIsOpenedAgain() async throws {
    let heard = try await recorded(.tls) { for table in [Table.bt01, .bt21] { _ = try await $0.read(table) } }
    var monitor = LineMonitor(key: key, baud: 0)
    var now = milliseconds(0)
    for pair in stride(from: 0, to: heard.count, by: 2).map({ heard[$0..<$0 + 2] }) {
      for (speaker, octets) in pair + pair {
        now = now + .milliseconds(200)
        _ = monitor.take(octets, from: speaker, at: now)
      }
    }
    #expect(monitor.summary.verified == 2 * (heard.count - 6) && monitor.summary.wrong + monitor.summary.broken == 0)
  }

  /// A great heap of octets in one record takes no longer than so many little ones.
  @Test(.timeLimit(.minutes(1))) func aHeapOfAlertsIsTakenApart() {
    var monitor = LineMonitor(baud: 0)
    _ = monitor.take([UInt8](repeating: 0, count: 200_000), from: .meter, at: milliseconds(1))
    _ = monitor.finish(at: milliseconds(2))
    #expect(monitor.summary.alerts == 100_000)
  }

  /// Noise in front, between and behind, and two frames that come together.
  @Test func noiseIsToldApart() {
    let (request, response) = clock
    var monitor = LineMonitor(key: key)
    var seen = monitor.take([0xFF, 0x81] + request, from: .client, at: milliseconds(100))
    seen += monitor.take([7] + response + Frame.alert, from: .meter, at: milliseconds(200))
    seen += monitor.take([0xAA, 0xAB], from: .meter, at: milliseconds(1500))
    seen += monitor.finish(at: milliseconds(1600))
    #expect(seen.map(\.octets) == [[0xFF, 0x81], request, [7], response, Frame.alert, [0xAA, 0xAB]])
    #expect(monitor.summary.noise == 5 && monitor.summary.verified == 2 && monitor.summary.alerts == 1)
  }

  @Test func everyOctetShowsOnceWhateverItIs() {
    for seed in 1...40 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var monitor = LineMonitor(key: seed.isMultiple(of: 2) ? key : nil, baud: 9600)
      var said: [Speaker: [UInt8]] = [:]
      var shown: [Speaker: [UInt8]] = [:]
      var now = milliseconds(0)
      func note(_ seen: [LineMonitor.Seen]) { for seen in seen { shown[seen.speaker, default: []] += seen.octets } }
      for _ in 0..<60 {
        let speaker: Speaker = Bool.random(using: &random) ? .client : .meter
        var octets = Bool.random(using: &random) ? clock.request : clock.response
        if Bool.random(using: &random) {
          octets = (0..<Int.random(in: 1...600, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) }
        }
        if Bool.random(using: &random) { octets[Int.random(in: octets.indices, using: &random)] ^= 0x40 }
        now = now + .milliseconds(Int64.random(in: 0...300, using: &random))
        said[speaker, default: []] += octets
        note(monitor.take(octets, from: speaker, at: now))
        note(monitor.advance(to: now))
      }
      note(monitor.finish(at: now))
      #expect(said == shown, "seed \(seed)")
    }
  }

  @Test func whatCannotBeReadIsOneFrameStill() {
    let (request, response) = sealed(.read(.basic(52), length: 100), .data([1, 2]), encrypted: true)
    var monitor = LineMonitor()
    var seen = monitor.take(request, from: .client, at: milliseconds(100))
    seen += monitor.take(response, from: .meter, at: milliseconds(200))
    seen += monitor.advance(to: milliseconds(1000))
    #expect(seen.map(\.octets) == [request, response])
  }

  @Test func aCutFrameIsCalledOne() {
    let (request, response) = clock
    var monitor = LineMonitor(key: key)
    _ = monitor.take(request, from: .client, at: milliseconds(100))
    var seen = monitor.take(Array(response.dropLast(5)), from: .meter, at: milliseconds(150))
    #expect(seen.isEmpty)
    seen = monitor.advance(to: milliseconds(400))
    guard case .frame(.broken(let why))? = seen.first?.content else {
      Issue.record("\(seen)")
      return
    }
    #expect(why.contains("the frame is cut"))
  }

  @Test func aWrongDigestIsNotDecoded() {
    let (request, response) = clock
    var monitor = LineMonitor(key: AccessKey(dummy: 9))
    var seen = monitor.take(request, from: .client, at: milliseconds(100))
    seen += monitor.take(response, from: .meter, at: milliseconds(150))
    #expect(monitor.summary.wrong == 2 && monitor.summary.verified == 0)
    for seen in seen {
      switch seen.content {
      case .frame(.request(_, nil, _, .wrong, _)), .frame(.response(_, nil, _, .wrong, _, nil)): break
      default: Issue.record("\(seen.content)")
      }
    }
  }

  // MARK: Times

  @Test func theGuidesTimesAreKeptAnEyeOn() {
    let (request, response) = clock
    let octet = 10_000_000 / 9600 as Int64
    var monitor = LineMonitor(key: key)
    // In two pieces with a pause between.
    let half = request.count / 2
    _ = monitor.take(Array(request.prefix(half)), from: .client, at: milliseconds(1000))
    let end = milliseconds(1100)
    let asked = monitor.take(Array(request.dropFirst(half)), from: .client, at: end)
    guard case .gap(let gap)? = asked.first?.remarks.first else {
      Issue.record("\(asked)")
      return
    }
    #expect(abs(gap.microseconds - (100_000 - Int64(request.count - half) * octet + octet)) <= octet)
    // Its answer begins 30 ms behind, and is there with its last octet.
    let answered = end + .milliseconds(30) + Instant.Span(microseconds: Int64(response.count - 1) * octet)
    let answer = monitor.take(response, from: .meter, at: answered)
    #expect(answer.first?.delay?.microseconds == 30_000 && answer.first?.remarks.isEmpty == true)
    // The next request comes too early, and is the same; its answer comes too late.
    let again = monitor.take(request, from: .client, at: answered + .milliseconds(20))
    #expect(again.first?.remarks.contains(.again) == true)
    let unanswered = monitor.advance(to: answered + .milliseconds(560))
    guard case .unanswered? = unanswered.first?.content else {
      Issue.record("\(unanswered)")
      return
    }
    #expect(monitor.summary.unanswered == 1 && monitor.summary.repeats == 1 && monitor.summary.requests == 2)
    #expect(monitor.summary.delays.map(\.microseconds) == [30_000])
  }

  @Test func requestsInARowAreTooMany() {
    let (request, response) = clock
    var monitor = LineMonitor(key: key, baud: 0)
    _ = monitor.take(request, from: .client, at: milliseconds(0))
    let tooLate = monitor.take(response, from: .meter, at: milliseconds(600))
    #expect(
      tooLate.last?.remarks == [.late(.milliseconds(600), limit: .milliseconds(500))] && monitor.summary.unanswered == 1
    )
    _ = monitor.take(request, from: .client, at: milliseconds(1000))
    let late = monitor.take(response, from: .meter, at: milliseconds(1490))
    #expect(late.first?.remarks == [])
    let hasty = monitor.take(sealed(.read(.basic(1), length: 9), .done).request, from: .client, at: milliseconds(1030))
    #expect(hasty.first?.remarks == [.hasty(.milliseconds(30))])
  }
}
