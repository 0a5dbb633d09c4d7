// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

@Suite("Alerts") struct AlertTests {
  private func server() -> ServerConnection {
    ServerConnection(basic: AccessKey(dummy: 2), advanced: defaultKey, sequence: 10)
  }

  private func request(_ sequence: UInt32) -> [UInt8] {
    Exchange.seal(.read(.basic(1), length: 9), sequence: sequence, key: defaultKey).frame
  }

  /// The moments at which alerts go out until `end`.
  private func alerts(from server: inout ServerConnection, until end: Instant) -> [Instant] {
    var moments: [Instant] = []
    while let deadline = server.deadline, deadline <= end {
      server.advance(to: deadline)
      guard let octets = server.takeTransmission(at: deadline) else { continue }
      if octets == Frame.alert { moments.append(deadline) }
      server.transmitted(at: deadline + .milliseconds(2))
    }
    return moments
  }

  @Test func goOutOnceASecondAsLongAsTheyAreRaised() {
    var server = server()
    server.setAlert(true, at: .milliseconds(5))
    #expect(alerts(from: &server, until: .milliseconds(3500)) == [5, 1005, 2005, 3005].map { .milliseconds($0) })
    server.setAlert(false, at: .milliseconds(3500))
    #expect(alerts(from: &server, until: .milliseconds(9000)).isEmpty)
  }

  @Test func raisingOneTwiceChangesNothing() {
    var server = server()
    server.setAlert(true, at: .zero)
    _ = alerts(from: &server, until: .milliseconds(100))
    server.setAlert(true, at: .milliseconds(200))
    #expect(server.deadline == .milliseconds(1000))
  }

  @Test func areHeldOffForASecondByAFrame() throws {
    var server = server()
    server.setAlert(true, at: .zero)
    _ = alerts(from: &server, until: .zero)
    server.receive(request(11), at: .milliseconds(700))
    _ = try server.request()
    server.respond(.refused(.noPermission), at: .milliseconds(710))
    #expect(alerts(from: &server, until: .milliseconds(2000)) == [.milliseconds(1700)])
  }

  @Test func thatAreRaisedAfterAFrameAreHeldOffAsWell() throws {
    var server = server()
    server.receive(request(11), at: .milliseconds(700))
    _ = try server.request()
    server.respond(.refused(.noPermission), at: .milliseconds(710))
    server.setAlert(true, at: .milliseconds(800))
    #expect(alerts(from: &server, until: .milliseconds(2000)) == [.milliseconds(1700)])
  }

  @Test func doNotGoOutWhileARequestIsAnswered() throws {
    var server = server()
    server.receive(request(11), at: .zero)
    server.setAlert(true, at: .zero)
    _ = try server.request()
    let silent = server.takeTransmission(at: .milliseconds(5000))
    #expect(silent == nil)
  }

  @Test func haveTheLineToThemselves() throws {
    var server = server()
    server.setAlert(true, at: .zero)
    let alert = server.takeTransmission(at: .zero)
    #expect(alert == Frame.alert)
    let unsigned = [UInt8](repeating: 7, count: 20)
    server.receive(Frame.framed(unsigned), at: .milliseconds(1))
    let meanwhile = server.takeTransmission(at: .milliseconds(1))
    #expect(meanwhile == nil)
    server.transmitted(at: .milliseconds(2))
    let answer = try server.transmit(at: .milliseconds(2))
    #expect(answer.prefix(3) == [0x00, 0x09, 0x0B])
  }

  @Test func areToldByTheClientAtOnceWhenItIsIdle() {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.receive([0], at: .zero)
    client.receive([0], at: .milliseconds(1))
    let events = client.takeEvents()
    #expect(events.count == 1 && events[0].isAlert)
  }

  @Test(arguments: [false, true]) func betweenRequestAndAnswerAreTold(octetByOctet: Bool) throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 10)
    client.send(.read(.basic(1), length: 9), at: .zero)
    let frame = try client.transmit(at: .zero)
    let exchange = Exchange.open(message: frame.dropFirst(2), key: defaultKey)!.exchange
    let octets = Frame.alert + exchange.seal(response: Response.data([1, 2]).body)
    if octetByOctet {
      for octet in octets { client.receive([octet], at: .milliseconds(20)) }
    } else {
      client.receive(octets, at: .milliseconds(20))
    }
    let events = client.takeEvents()
    #expect(events.count == 2 && events[0].isAlert)
    guard case .finished(let outcome) = events[1] else { throw Missing.outcome }
    #expect(outcome.result == .success(.data([1, 2])))
    #expect(outcome.attempts == 1)
  }
}
