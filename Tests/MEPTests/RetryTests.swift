// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import Testing

@Suite("Retries") struct RetryTests {
  static let read = Request.readPart(.basic(23), offset: 0, length: 8)
  static let write = Request.writePart(.extended(50), offset: 30, [1])

  /// A client that has sent its request number 11.
  private func sent(_ request: Request) throws -> (client: ClientConnection, frame: [UInt8]) {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.send(request, at: .zero)
    let frame = try client.transmit(at: .zero)
    return (client, frame)
  }

  private func exchange(_ frame: [UInt8]) -> Exchange {
    Exchange.open(message: frame.dropFirst(2), key: defaultKey)!.exchange
  }

  private func number(_ frame: [UInt8]) -> UInt32 {
    Exchange.open(message: frame.dropFirst(2), key: defaultKey)!.sequence
  }

  @Test(arguments: [read, write]) func afterATimeoutTheSameOctetsGoOut(_ request: Request) throws {
    var (client, frame) = try sent(request)
    let repeats = client.runOut()
    #expect(repeats.map(\.octets) == [frame, frame])
    #expect(repeats.map(\.at) == [.milliseconds(500), .milliseconds(1000)])
    let outcome = try client.outcome()
    #expect(outcome.result == .failure(ExchangeError(.noAnswer, mayHaveBeenExecuted: !request.isRead)))
    #expect(outcome.attempts == 3)
    #expect(client.isIdle && client.deadline == nil)
  }

  @Test func afterAWrongDigestAReadIsSignedAnew() throws {
    var (client, frame) = try sent(Self.read)
    var answer = exchange(frame).seal(response: Response.data([1, 2, 3]).body)
    answer[6] ^= 4
    client.receive(answer, at: .milliseconds(40))
    let again = try client.nextTransmission()
    #expect(number(again.octets) == 12)
    client.receive(exchange(again.octets).seal(response: Response.data([1, 2, 3]).body), at: again.at)
    let outcome = try client.outcome()
    #expect(outcome.result == .success(.data([1, 2, 3])))
    #expect(outcome.attempts == 2)
  }

  /// Whoever looks after the line counts them.
  @Test func aWrongDigestAndAnotherNumberAreTold() throws {
    var (client, frame) = try sent(Self.read)
    var answer = exchange(frame).seal(response: Response.data([1, 2, 3]).body)
    answer[6] ^= 4
    client.receive(answer, at: .milliseconds(40))
    let again = try client.nextTransmission()
    client.receive(exchange(again.octets).seal(response: Response.sequence(77).body), at: again.at)
    let events = client.takeEvents()
    let failures = events.count { if case .digestFailed = $0 { true } else { false } }
    let replacements = events.count { if case .resynchronized = $0 { true } else { false } }
    #expect(failures == 1 && replacements == 1)
  }

  @Test func afterAWrongDigestAWriteGoesOutWithTheSameOctets() throws {
    var (client, frame) = try sent(Self.write)
    client.receive(hex("00 09 00 01 02 03 04 05 06 07 08"), at: .milliseconds(40))
    let repeats = client.runOut()
    #expect(repeats.map(\.octets) == [frame, frame])
    let outcome = try client.outcome()
    guard case .failure(let error) = outcome.result else { throw Missing.outcome }
    #expect(error.mayHaveBeenExecuted)
  }

  @Test func anAnswerToTheFirstSendingEndsTheSecond() throws {
    var (client, frame) = try sent(Self.write)
    _ = try client.nextTransmission()
    client.receive(exchange(frame).seal(response: Response.done.body), at: .milliseconds(501))
    let outcome = try client.outcome()
    #expect(outcome.result == .success(.done))
    #expect(outcome.attempts == 2)
  }

  @Test func aMalformedAnswerIsAFailureWithItsFlaw() throws {
    var (client, frame) = try sent(Self.read)
    var now = Instant.milliseconds(40)
    for sending in 1...3 {
      client.receive(exchange(frame).seal(response: hex("00 00 04 01 02 03")), at: now)
      guard sending < 3 else { break }
      (frame, now) = try client.nextTransmission()
    }
    let outcome = try client.outcome()
    #expect(outcome.result == .failure(ExchangeError(.malformed(.wrongLength), mayHaveBeenExecuted: false)))
    #expect(outcome.attempts == 3)
  }

  // 0x0C

  @Test func anInvalidNumberAnsweringARepeatedReadIsAskedAnew() throws {
    var (client, _) = try sent(Self.read)
    let again = try client.nextTransmission()
    client.receive(exchange(again.octets).seal(response: Response.sequence(11).body), at: again.at)
    let third = try client.nextTransmission()
    #expect(number(third.octets) == 12)
  }

  @Test(arguments: [UInt32(11), 12, 36, 0x7763_5B90]) func anInvalidNumberToARepeatedWriteMayMeanThatItWasExecuted(
    held: UInt32
  ) throws {
    var (client, _) = try sent(Self.write)
    let again = try client.nextTransmission()
    client.receive(exchange(again.octets).seal(response: Response.sequence(held).body), at: again.at)
    let outcome = try client.outcome()
    #expect(outcome.result == .failure(ExchangeError(.sequenceNumber, mayHaveBeenExecuted: true)))
    #expect(outcome.attempts == 2)
    #expect(client.runOut().isEmpty)
  }

  @Test(arguments: [UInt32(3), 76, 0x7763_5B90]) func anInvalidNumberToAFreshWriteIsAskedAnew(held: UInt32) throws {
    var (client, frame) = try sent(Self.write)
    client.receive(exchange(frame).seal(response: Response.sequence(held).body), at: .milliseconds(40))
    let again = try client.nextTransmission()
    #expect(number(again.octets) == held + 1)
    client.receive(exchange(again.octets).seal(response: Response.done.body), at: again.at)
    let outcome = try client.outcome()
    #expect(outcome.result == .success(.done))
    #expect(outcome.sequenceReplaced)
  }

  /// The meter holds this write's number or has moved on a little: it may have taken that number before.
  @Test(arguments: [UInt32(11), 12, 36, 75]) func aMeterAtTheNumberOfAFreshWriteMayHaveExecutedIt(
    held: UInt32
  ) throws {
    var (client, frame) = try sent(Self.write)
    client.receive(exchange(frame).seal(response: Response.sequence(held).body), at: .milliseconds(40))
    let outcome = try client.outcome()
    #expect(outcome.result == .failure(ExchangeError(.sequenceNumber, mayHaveBeenExecuted: true)))
  }

  @Test(arguments: [read, write]) func invalidNumbersComeToAnEnd(_ request: Request) throws {
    var (client, frame) = try sent(request)
    var now = Instant.zero
    for held in 1...4 {
      client.receive(exchange(frame).seal(response: Response.sequence(UInt32(held) * 100).body), at: now)
      if held < 4 { (frame, now) = try client.nextTransmission() }
    }
    let outcome = try client.outcome()
    #expect(outcome.result == .failure(ExchangeError(.sequenceNumber, mayHaveBeenExecuted: false)))
    #expect(outcome.attempts == 4)
  }

  /// The next request must learn of it: what was known of the meter may be outdated.
  @Test func aReplacedNumberIsToldThoughTheRequestWasCancelled() throws {
    var (client, frame) = try sent(Self.read)
    client.receive(exchange(frame).seal(response: Response.sequence(500).body), at: .milliseconds(40))
    client.cancel()
    for replaced in [true, false] {
      client.send(Self.read, at: .milliseconds(1000))
      let next = try client.nextTransmission()
      client.receive(exchange(next.octets).seal(response: Response.data([1]).body), at: next.at)
      #expect(try client.outcome().sequenceReplaced == replaced)
    }
  }

  /// Alerts while an answer is due: the meter lives, and has not answered.
  @Test func alertsAreNoAnswer() throws {
    var (client, frame) = try sent(Self.read)
    client.receive(Frame.alert, at: .milliseconds(20))
    let repeats = client.runOut()
    #expect(repeats.map(\.octets) == [frame, frame])
    #expect(try client.outcome().result == .failure(ExchangeError(.noAnswer, mayHaveBeenExecuted: false)))
  }

  // 0x0B

  static let notAuthenticated = hex("00 09 0B 00 00 00 00 00 00 00 00")

  @Test(arguments: [read, write]) func anAuthenticationFailureIsAskedAgainTwiceAndNeverMore(_ request: Request) throws {
    var (client, frame) = try sent(request)
    var sendings: [(octets: [UInt8], at: Instant)] = [(frame, .zero)]
    client.receive(Self.notAuthenticated, at: .milliseconds(20))
    while sendings.count < 10, let next = try? client.nextTransmission() {
      #expect(next.at == sendings.last!.at + .milliseconds(20 + 500))
      sendings.append(next)
      client.receive(Self.notAuthenticated, at: next.at + .milliseconds(20))
    }
    // A write is repeated as it was: identical octets cannot be executed twice.
    if request.isRead {
      #expect(sendings.map { number($0.octets) } == [11, 12, 13])
    } else {
      #expect(sendings.map(\.octets) == [frame, frame, frame])
    }
    let outcome = try client.outcome()
    #expect(outcome.result == .failure(ExchangeError(.keyNotAccepted, mayHaveBeenExecuted: !request.isRead)))
    #expect(outcome.attempts == 3)
    #expect(client.runOut().isEmpty)
  }

  @Test func anAuthenticationFailureForgedFromADamagedOkDoesNotEndAWrite() throws {
    var (client, frame) = try sent(Self.write)
    var answer = exchange(frame).seal(response: Response.done.body)
    answer[2] = 0x0B
    client.receive(answer, at: .milliseconds(20))
    let again = try client.nextTransmission()
    #expect(again.octets == frame)
    #expect(again.at == .milliseconds(500))
  }

  // Limits

  @Test(arguments: [
    Request.write(.basic(7), [UInt8](repeating: 0, count: 460)), .read(.basic(7), length: 466),
    .readPart(.basic(7), offset: 1 << 24, length: 1),
  ])
  func aRequestThatIsTooLongIsNotSent(_ request: Request) throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.send(request, at: .zero)
    #expect(client.isIdle)
    let outcome = try client.outcome()
    #expect(outcome.result == .failure(ExchangeError(.requestTooLong, mayHaveBeenExecuted: false)))
    #expect(outcome.attempts == 0)
  }
}
