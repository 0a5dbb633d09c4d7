// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

@Suite("Procedure calls and answers") struct ProcedureTests {
  @Test func theExampleOfTheGuideCallsEP17() throws {
    guard case .write(let table, let data) = try GuideExample.named("EP17").parsedRequest() else {
      Issue.record("not a full write")
      return
    }
    #expect(table == .basic(7))
    let call = try #require(ProcedureCall(octets: data))
    #expect(call == ProcedureCall(number: 2065, sequence: 7, parameters: [0x00, 0xF8, 0x03]))
    #expect(call.octets == data)
    #expect(ProcedureCall.sequences.contains(call.sequence))
  }

  @Test func responseHandlingIsNoPartOfTheNumber() throws {
    let call = try #require(ProcedureCall(octets: hex("11 F8 05")))
    #expect(call.number == 0x0811)
    #expect(ProcedureCall(number: 0xF811, sequence: 5, parameters: []).octets == hex("11 08 05"))
  }

  @Test(arguments: 0..<3) func aCallHasAHeaderOfThreeOctets(_ count: Int) {
    #expect(ProcedureCall(octets: [UInt8](repeating: 0, count: count)) == nil)
  }

  @Test(arguments: 0..<4) func anAnswerHasAHeaderOfFourOctets(_ count: Int) {
    #expect(ProcedureAnswer(octets: [UInt8](repeating: 0, count: count)) == nil)
  }

  @Test(arguments: UInt8.min...UInt8.max) func anAnswerComesBackAsItWent(_ result: UInt8) throws {
    let answer = ProcedureAnswer(number: 2065, sequence: 7, result: result, data: [1, 2, 3])
    #expect(answer.octets.prefix(4) == [0x11, 0x08, 7, result])
    #expect(ProcedureAnswer(octets: answer.octets) == answer)
  }
}
