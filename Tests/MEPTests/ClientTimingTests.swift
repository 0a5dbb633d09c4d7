// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

@Suite("Client timing") struct ClientTimingTests {
  let read = Request.read(.basic(1), length: 300)

  private func sent(at now: Instant = .zero) throws -> (client: ClientConnection, answer: [UInt8]) {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.send(read, at: now)
    let frame = try client.transmit(at: now)
    let exchange = Exchange.open(message: frame.dropFirst(2), key: defaultKey)!.exchange
    return (client, exchange.seal(response: Response.data([UInt8](repeating: 3, count: 300)).body))
  }

  @Test func theResponseTimeBeginsWhenTheLastOctetHasLeft() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.send(read, at: .zero)
    #expect(client.deadline == .zero)
    _ = client.takeTransmission(at: .zero)
    #expect(client.deadline == nil)
    client.transmitted(at: .milliseconds(21))
    #expect(client.deadline == .milliseconds(521))
  }

  @Test func anAnswerThatBeginsInTimeMayTakeItsTime() throws {
    var (client, answer) = try sent()
    client.receive(Array(answer.prefix(2)), at: .milliseconds(499))
    var now = Instant.milliseconds(499)
    for octet in answer.dropFirst(2) {
      now = now + Instant.Span(microseconds: 1042)
      client.advance(to: now)
      client.receive([octet], at: now)
    }
    let outcome = try client.outcome()
    #expect(outcome.attempts == 1)
    guard case .success = outcome.result else { throw Missing.outcome }
  }

  @Test func theRestOfAnAnswerThatStopsIsNotWaitedFor() throws {
    var (client, answer) = try sent()
    client.receive(Array(answer.prefix(50)), at: .milliseconds(480))
    let again = try client.nextTransmission()
    #expect(again.at == .milliseconds(480) + client.timers.silence)
  }

  @Test func babbleDoesNotHoldARequestForEver() throws {
    var (client, _) = try sent()
    var random = SeededGenerator(seed: 1)
    var now = Instant.zero
    var sendings = 1
    while !client.isIdle, now < .milliseconds(60_000) {
      now = now + .milliseconds(10)
      client.receive(random.octets(10), at: now)
      client.advance(to: now)
      if client.takeTransmission(at: now) != nil {
        client.transmitted(at: now)
        sendings += 1
      }
    }
    #expect(client.isIdle && sendings == 3)
    let longest = client.timers.response.microseconds + client.timers.longestResponse.microseconds
    #expect(now.microseconds <= 3 * longest + 100_000)
  }

  @Test func requestsBeginAtLeast100MillisecondsApart() throws {
    var (client, answer) = try sent()
    client.receive(answer, at: .milliseconds(30))
    _ = try client.outcome()
    client.send(read, at: .milliseconds(31))
    #expect(client.deadline == .milliseconds(100))
    let early = client.takeTransmission(at: .milliseconds(99))
    #expect(early == nil)
    _ = try client.transmit(at: .milliseconds(100))
  }

  @Test func aRequestAfterARestBeginsAtOnce() throws {
    var (client, answer) = try sent()
    client.receive(answer, at: .milliseconds(30))
    _ = try client.outcome()
    client.send(read, at: .milliseconds(3000))
    _ = try client.transmit(at: .milliseconds(3000))
  }

  @Test func whatIsSignedAnewBeginsAtLeast100MillisecondsLater() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.send(read, at: .zero)
    let frame = try client.transmit(at: .zero)
    let exchange = Exchange.open(message: frame.dropFirst(2), key: defaultKey)!.exchange
    client.receive(exchange.seal(response: Response.sequence(500).body), at: .milliseconds(20))
    let again = try client.nextTransmission()
    #expect(again.at == .milliseconds(100))
  }

  @Test func whatCameBeforeARequestCannotAnswerIt() throws {
    var (client, answer) = try sent()
    client.cancel()
    client.receive(answer, at: .milliseconds(200))
    client.send(read, at: .milliseconds(300))
    _ = try client.transmit(at: .milliseconds(300))
    client.receive(answer, at: .milliseconds(320))
    #expect(!client.isIdle)
  }

  @Test func aCancelledRequestLeavesTheClientIdle() throws {
    var (client, _) = try sent()
    client.cancel()
    #expect(client.isIdle && client.deadline == nil)
    client.transmitted(at: .milliseconds(10))
    client.advance(to: .milliseconds(10_000))
    #expect(client.takeEvents().isEmpty)
  }
}
