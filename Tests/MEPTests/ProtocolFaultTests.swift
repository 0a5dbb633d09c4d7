// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import Testing

/// Faults of readers in the field that this one must not have, each named.
@Suite("Faults of other readers") struct ProtocolFaultTests {
  let read = Request.read(.basic(3), length: 20)
  let value = Array(VirtualMeter.contents(of: .basic(3)).prefix(20))

  private func session(first: UInt32 = 10, sequence: UInt32 = 10) -> VirtualSession {
    VirtualSession(
      client: ClientConnection(key: VirtualMeter.basic, firstSequence: first),
      meter: VirtualMeter(sequence: sequence))
  }

  private func sent(_ request: Request) throws -> (client: ClientConnection, exchange: Exchange) {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.send(request, at: .zero)
    let frame = try client.transmit(at: .zero)
    return (client, Exchange.open(message: frame.dropFirst(2), key: defaultKey)!.exchange)
  }

  @Test(arguments: 2..<14) func responseDigestNotVerified(octet: Int) throws {
    let (client, exchange) = try sent(.read(.basic(1), length: 3))
    let answer = exchange.seal(response: Response.data([1, 2, 3]).body)
    for bit in 0..<8 {
      var client = client
      var damaged = answer
      damaged[octet] ^= 1 << bit
      client.receive(damaged, at: .milliseconds(20))
      #expect(!client.isIdle)
    }
  }

  @Test func digestCountedAsTableData() throws {
    var (client, exchange) = try sent(.read(.basic(28), length: 16))
    client.receive(exchange.seal(response: Response.data([UInt8](repeating: 5, count: 13)).body), at: .milliseconds(20))
    let outcome = try client.outcome()
    #expect(outcome.result == .success(.data([UInt8](repeating: 5, count: 13))))
  }

  @Test func responseTimeoutOfTenSeconds() throws {
    var (client, _) = try sent(read)
    let again = try client.nextTransmission()
    #expect(again.at == .milliseconds(500))
  }

  @Test func fiftyAttempts() throws {
    let session = session()
    session.meter.isDeaf = true
    let outcome = try session.perform(read)
    #expect(outcome.attempts == 3)
    #expect(Set(session.sendings.map(\.octets)).count == 1)
    #expect(session.now < .milliseconds(1700))
  }

  @Test func sequenceNumberFixedWhenQueued() throws {
    let session = session(first: 10, sequence: 4000)
    let requests = (3...8).map { Request.read(.basic($0), length: 20) }
    let outcomes = try requests.map { try session.perform($0) }
    // The first one fetches the number; none of those behind it is refused for it.
    #expect(outcomes.map(\.attempts) == [2, 1, 1, 1, 1, 1])
  }

  @Test func configurationChangeGoesUnnoticed() throws {
    let session = session()
    let before = try session.perform(read)
    session.meter.server.configurationChanged()
    let after = try session.perform(read)
    #expect(!before.sequenceReplaced && after.sequenceReplaced)
    #expect(after.result == .success(.data(value)))
  }

  @Test(arguments: [UInt8(0x0B), 0x01, 0x05, 0x0A, 0xFF]) func firstAnswerBadThenNeverAgain(code: UInt8) throws {
    var (client, exchange) = try sent(read)
    if code == 0x0B {
      for sending in 1...3 {
        client.receive(hex("00 09 0B 00 00 00 00 00 00 00 00"), at: .milliseconds(Int64(sending) * 2000))
        if sending < 3 { _ = try client.nextTransmission() }
      }
    } else {
      client.receive(exchange.seal(response: [code]), at: .milliseconds(20))
    }
    _ = try client.outcome()
    #expect(client.isIdle)
    client.send(read, at: .milliseconds(60_000))
    let frame = try client.transmit(at: .milliseconds(60_000))
    exchange = Exchange.open(message: frame.dropFirst(2), key: defaultKey)!.exchange
    client.receive(exchange.seal(response: Response.data(value).body), at: .milliseconds(60_020))
    let outcome = try client.outcome()
    #expect(outcome.result == .success(.data(value)))
  }

  @Test func lostConfigurationReadIsNotRepeated() throws {
    let session = session()
    session.meter.isDeaf = true
    session.schedule(.deaf(false), after: .milliseconds(700))
    let outcome = try session.perform(read)
    #expect(outcome.result == .success(.data(value)))
    #expect(outcome.attempts == 3)
  }

  @Test func alertsIgnoredAfterAnError() throws {
    let session = session()
    session.meter.server.setAlert(true, at: .zero)
    let refused = try session.perform(.write(VirtualMeter.readOnly, [1]))
    #expect(refused.result == .success(.refused(.noPermission)))
    try session.rest(.milliseconds(5000))
    #expect(session.events.count(where: \.isAlert) >= 4)
  }

  @Test func noiseOfTwoZerosStartsWriting() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.receive([0, 0], at: .zero)
    let events = client.takeEvents()
    #expect(events.count == 1 && events[0].isAlert)
    // It is told, and that is all.
    #expect(client.isIdle && client.runOut().isEmpty)
  }

  @Test(arguments: UInt8.min...UInt8.max) func oneStrayOctetStallsTheReader(_ stray: UInt8) throws {
    let session = session()
    session.schedule(.noiseToClient([stray]), after: .milliseconds(25))
    let outcome = try session.perform(read)
    #expect(outcome.result == .success(.data(value)))
    #expect(outcome.attempts == 1)
    #expect(session.events.reduce(0) { $0 + $1.skippedOctets } == 1)
  }

  @Test func aRequestIsLongerThanTheMeterTakes() throws {
    for request in [
      Request.write(.basic(7), [UInt8](repeating: 0, count: 460)),
      .writePart(.extended(52), offset: 0, [UInt8](repeating: 0, count: 457)),
    ] {
      let session = session()
      let outcome = try session.perform(request)
      #expect(outcome.result == .failure(ExchangeError(.requestTooLong, mayHaveBeenExecuted: false)))
      #expect(session.sendings.isEmpty)
    }
  }

  /// BT23 of a Gen 4 meter: 684 octets, which no answer can hold.
  @Test func aTableThatFitsNoAnswerIsReadAtOnce() throws {
    let session = session()
    let outcome = try session.perform(.read(.basic(23), length: 684))
    #expect(outcome.result == .failure(ExchangeError(.requestTooLong, mayHaveBeenExecuted: false)))
    #expect(session.sendings.isEmpty)
  }

  @Test func aTruncatedAnswerIsTakenAndALateOneForAnother() throws {
    let (client, exchange) = try sent(read)
    let answer = exchange.seal(response: Response.data(value).body)
    for count in 0..<answer.count {
      var client = client
      client.receive(Array(answer.prefix(count)), at: .milliseconds(20))
      #expect(!client.isIdle)
      // The rest never comes; the read is signed anew, and the old answer comes too late for it.
      _ = try client.nextTransmission()
      client.receive(answer, at: .milliseconds(2000))
      #expect(!client.isIdle || count == 0)
    }
  }
}
