// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

/// A line that gives back what is sent, with a meter at its other end or without one.
@Suite("Echoing line") struct EchoTests {
  static let requests: [Request] = [
    .read(.basic(3), length: 20), .writePart(VirtualMeter.writable, offset: 30, [1]),
    .write(VirtualMeter.writable, [0]),
  ]

  private func session(_ seed: UInt64, first: UInt32 = 10, encrypted: Bool = false) -> VirtualSession {
    let client = ClientConnection(key: VirtualMeter.advanced, firstSequence: first, encrypted: encrypted)
    let session = VirtualSession(client: client, meter: VirtualMeter(sequence: 10), seed: seed)
    session.echoes = true
    return session
  }

  @Test(arguments: requests, [false, true]) func aloneGivesAnErrorAndNeverAValue(
    _ request: Request, encrypted: Bool
  ) throws {
    for seed in UInt64(0)..<20 {
      let session = session(seed, encrypted: encrypted)
      session.meter.isDeaf = true
      let outcome = try session.perform(request)
      guard case .failure(let error) = outcome.result else {
        Issue.record("seed \(seed): \(outcome.result)")
        continue
      }
      #expect(error.reason == .echo)
      #expect(outcome.attempts == 3)
      #expect(session.events.count(where: \.isEcho) == 3, "seed \(seed)")
    }
  }

  @Test(arguments: requests, [false, true]) func withAMeterGivesItsAnswer(_ request: Request, encrypted: Bool) throws {
    for seed in UInt64(0)..<20 {
      let session = session(seed, encrypted: encrypted)
      let outcome = try session.perform(request)
      #expect(outcome.attempts == 1)
      guard case .success = outcome.result else {
        Issue.record("seed \(seed): \(outcome.result)")
        continue
      }
      #expect(session.meter.executions(of: request) == (request.isRead ? 0 : 1))
      #expect(session.events.count(where: \.isEcho) == 1, "seed \(seed)")
    }
  }

  @Test(arguments: requests) func withFaultsNeverGivesAValue(_ request: Request) throws {
    for seed in UInt64(0)..<60 {
      var random = SeededGenerator(seed: seed)
      let session = session(seed, first: UInt32.random(in: 0...UInt32.max, using: &random))
      session.toClient.faults = .random(&random)
      session.meter.isDeaf = true
      let outcome = try session.perform(request)
      if case .success(let response) = outcome.result { Issue.record("seed \(seed): \(response)") }
    }
  }

  /// A sequence number that ends in 00 09 00 makes the end of a write look like the "ok" that answers it; 0B 00 00 00
  /// does so for the end of a read and an empty answer.
  @Test(arguments: [
    (UInt32(0x0000_0900), Request.writePart(.extended(50), offset: 30, [1])),
    (0xAB00_0900, .write(.extended(50), [1, 2, 3])), (0x0B00_0000, .read(.basic(3), length: 256)),
  ])
  func neverTakesTheEndOfARequestForItsAnswer(number: UInt32, request: Request) throws {
    var client = ClientConnection(key: defaultKey, firstSequence: number &- 1)
    client.send(request, at: .zero)
    let sent = try client.transmit(at: .zero)
    for lost in 1..<sent.count {
      // The echo has lost its first octets, so it can't be recognised as one.
      var client = client
      client.receive(Array(sent.dropFirst(lost)), at: .milliseconds(20))
      client.advance(to: .milliseconds(400))
      #expect(!client.isIdle)
    }
  }
}
