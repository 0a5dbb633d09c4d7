// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

/// The frames that the guide prints, octet for octet, in both directions and at both ends.
@Suite("Worked examples of the guide") struct GuideExampleTests {
  @Test(arguments: GuideExample.underDefaultKey) func sealingGivesThePrintedFrames(_ example: GuideExample) throws {
    let sealed = Exchange.seal(try example.parsedRequest(), sequence: example.sequence, key: defaultKey)
    #expect(sealed.frame == example.request)
    #expect(sealed.exchange.seal(response: example.responseBody) == example.response)
  }

  @Test(arguments: GuideExample.underDefaultKey) func openingAcceptsThePrintedFrames(_ example: GuideExample) throws {
    let opened = try #require(Exchange.open(message: example.request.dropFirst(2), key: defaultKey))
    #expect(opened.body == example.requestBody)
    #expect(opened.sequence == example.sequence)
    #expect(!opened.exchange.isEncrypted)
    #expect(opened.exchange.request == (try example.parsedRequest()))
    #expect(opened.exchange.seal(response: example.responseBody) == example.response)
    #expect(try opened.exchange.open(response: example.response.dropFirst(2)) == example.responseBody)
  }

  @Test(arguments: GuideExample.underDefaultKey) func theClientTakesThePrintedResponse(_ example: GuideExample) throws {
    var client = ClientConnection(key: defaultKey, firstSequence: example.sequence &- 1)
    client.send(try example.parsedRequest(), at: .zero)
    let request = try client.transmit(at: .zero)
    #expect(request == example.request)
    client.receive(example.response, at: .milliseconds(50))
    let printed = try example.parsedResponse()
    if case .sequence = printed {
      // The first exchange of example 1 goes on with the number that the second one carries.
      let next = try client.transmit(at: .milliseconds(100))
      #expect(next == GuideExample.named("second read").request)
    } else {
      let outcome = try client.outcome()
      #expect(outcome.result == .success(printed))
      #expect(outcome.attempts == 1)
    }
  }

  @Test(arguments: GuideExample.underDefaultKey) func theServerSendsThePrintedResponse(_ example: GuideExample) throws {
    let printed = try example.parsedResponse()
    let held = if case .sequence(let number) = printed { number } else { example.sequence &- 1 }
    var server = ServerConnection(basic: AccessKey(dummy: 2), advanced: defaultKey, sequence: held)
    server.receive(example.request, at: .zero)
    if case .sequence = printed {
      let accepted = server.takeRequest()
      #expect(accepted == nil)
    } else {
      let accepted = try server.request()
      #expect(accepted.body == example.requestBody)
      #expect(accepted.level == .advanced)
      server.respond(printed, at: .zero)
    }
    let response = try server.segments().flatMap(\.octets)
    #expect(response == example.response)
  }

  @Test(arguments: GuideExample.underUnknownKey) func theExampleOfAppendixAIsNotSignedByTheDefaultKey(
    _ example: GuideExample
  ) throws {
    let sealed = Exchange.seal(try example.parsedRequest(), sequence: example.sequence, key: defaultKey)
    #expect(sealed.frame.dropLast(8) == example.request.dropLast(8))
    #expect(sealed.frame != example.request)
    let response = sealed.exchange.seal(response: example.responseBody)
    #expect(response.dropLast(8) == example.response.dropLast(8))
    #expect(response != example.response)
  }

  @Test(arguments: GuideExample.underUnknownKey) func theExampleOfAppendixAIsSignedByNoDummyKey(
    _ example: GuideExample
  ) {
    for octet in UInt8.min...UInt8.max {
      #expect(Exchange.open(message: example.request.dropFirst(2), key: AccessKey(dummy: octet)) == nil)
    }
  }

  @Test func everyExampleIsThere() {
    #expect(GuideExample.underDefaultKey.count == 7)
    #expect(GuideExample.underUnknownKey.count == 1)
  }
}
