// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

@Suite("Sequence number") struct SequenceNumberTests {
  @Test(arguments: [UInt32(0), 1000, 0x7FFF_FFFF, 0xFFFF_FFF9, 0xFFFF_FFFF]) func theNextEightAreTaken(last: UInt32) {
    for step in UInt32(1)...8 { #expect(SequenceNumber.accepts(last &+ step, after: last)) }
    for step in [UInt32(0), 9, 25, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
      #expect(!SequenceNumber.accepts(last &+ step, after: last))
    }
  }

  @Test(arguments: 0...10) func aServerTakesWhatItsWindowHolds(step: UInt32) throws {
    for last in [UInt32(4711), 0xFFFF_FFFE] {
      var server = ServerConnection(basic: AccessKey(dummy: 2), advanced: defaultKey, sequence: last)
      let number = last &+ step
      server.receive(Exchange.seal(.read(.basic(1), length: 9), sequence: number, key: defaultKey).frame, at: .zero)
      let taken = server.takeRequest() != nil
      #expect(taken == (1...8).contains(step))
      #expect(server.sequence == (taken ? number : last))
      #expect(server.accepted == (taken ? 1 : 0) && server.refused == (taken ? 0 : 1))
    }
  }

  @Test func aConfigurationChangeMovesItBy25() {
    var server = ServerConnection(basic: defaultKey, advanced: defaultKey, sequence: 0xFFFF_FFF0)
    server.configurationChanged()
    #expect(server.sequence == 9)
  }

  @Test func itIsGivenWhenTheRequestLeavesAndNotBefore() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.send(.read(.basic(1), length: 9), at: .zero)
    client.cancel()
    client.send(.read(.basic(2), length: 9), at: .zero)
    let sent = try client.transmit(at: .zero)
    #expect(sent == Exchange.seal(.read(.basic(2), length: 9), sequence: 11, key: defaultKey).frame)
  }

  @Test func itWraps() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 0xFFFF_FFFF)
    client.send(.read(.basic(2), length: 9), at: .zero)
    let sent = try client.transmit(at: .zero)
    #expect(sent == Exchange.seal(.read(.basic(2), length: 9), sequence: 0, key: defaultKey).frame)
  }

  @Test(arguments: [UInt32(4711), 0xFFFF_FFFF]) func theLastOrTheNextOneIsReported(held: UInt32) throws {
    for report in [ServerConnection.SequenceReport.last, .next] {
      var server = ServerConnection(
        basic: AccessKey(dummy: 2), advanced: defaultKey, sequence: held, report: report)
      let sealed = Exchange.seal(.read(.basic(1), length: 9), sequence: held, key: defaultKey)
      server.receive(sealed.frame, at: .zero)
      let answer = try server.transmit(at: .zero)
      let body = try sealed.exchange.open(response: answer.dropFirst(2))
      let response = try Response(body: body, to: .read(.basic(1), length: 9))
      #expect(response == .sequence(report == .last ? held : held &+ 1))
    }
  }

  @Test(arguments: [ServerConnection.SequenceReport.last, .next]) func theReportedOneIsAdopted(
    _ report: ServerConnection.SequenceReport
  ) throws {
    for held in [UInt32(900), 0xFFFF_FFFE, 0xFFFF_FFFF] {
      let meter = VirtualMeter(sequence: held, report: report)
      let client = ClientConnection(key: VirtualMeter.basic, firstSequence: 77)
      let session = VirtualSession(client: client, meter: meter)
      let outcome = try session.perform(.read(.basic(3), length: 20))
      #expect(outcome.result == .success(.data(Array(VirtualMeter.contents(of: .basic(3)).prefix(20)))))
      #expect(outcome.attempts == 2)
      #expect(outcome.sequenceReplaced)
      let next = try session.perform(.read(.basic(4), length: 20))
      #expect(next.attempts == 1 && !next.sequenceReplaced)
    }
  }
}
