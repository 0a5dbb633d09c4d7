// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables
import Testing

/// What errors say: what happened, to what, and what to do next.
@Suite struct MeterErrorTests {
  private static let lost = ExchangeError(.noAnswer, mayHaveBeenExecuted: true)

  static let cases: [(MeterError, [String])] = [
    (.link(.closed("cut")), ["The link is closed: cut."]),
    (.exchange(ExchangeError(.noAnswer, mayHaveBeenExecuted: false), .basic(28)), ["ENABLE", "TX and RX"]),
    (.exchange(lost, .extended(50)), ["It is not known whether the write was carried out: read it back first."]),
    (.exchange(ExchangeError(.echo, mayHaveBeenExecuted: false), .basic(28)), ["TX and RX touch"]),
    (.exchange(ExchangeError(.digest, mayHaveBeenExecuted: false), .basic(28)), ["noise", "Nothing was decoded."]),
    (
      .exchange(ExchangeError(.malformed(.wrongLength), mayHaveBeenExecuted: false), .basic(28)), ["BT28", "report it"]
    ),
    (.exchange(ExchangeError(.keyNotAccepted, mayHaveBeenExecuted: false), .basic(28)), ["16 to 20 characters"]),
    (.exchange(ExchangeError(.sequenceNumber, mayHaveBeenExecuted: false), .basic(28)), ["another client", "Stop it"]),
    (.exchange(ExchangeError(.requestTooLong, mayHaveBeenExecuted: false), .basic(7)), ["`mep transaction call`"]),
    (.exchange(ExchangeError(.requestTooLong, mayHaveBeenExecuted: false), .basic(28)), ["ask for less"]),
    (.refused(.noPermission, .extended(55)), ["refused ET55: 0x03", "needs the MAK"]),
    (.refused(.tableOperationNotPossible, .basic(99)), ["`mep read BT00`"]),
    (.refused(.invalidServiceSequenceState, .basic(1)), ["may require TLS"]),
    (.noSuchField(.basic(23), "summ", closest: ["summations"]), ["Did you mean summations?", "`mep describe BT23`"]),
    (.noSuchField(.basic(23), "x", closest: []), ["has no field \"x\". `mep describe BT23`"]),
    (.unsettled(.basic(23)), ["try again in a minute"]),
    (.short(.basic(28), wanted: 10, got: 4), ["4 of 10 octets came", "read the whole table"]),
    (.inconsistent(.basic(74)), ["`mep read BT74`"]),
    (.notUnderstood(.basic(54), "calendar"), ["The calendar in BT54", "`mep read BT54`"]),
    (.outcomeUnknown(.extended(50)), ["read ET50 before you write again"]),
    (.procedure(ProcedureAnswer(number: 0x0811, sequence: 5, result: 3)), ["EP17 was not carried out: result 3"]),
    (.procedure(ProcedureAnswer(number: 0x0811, sequence: 5, result: 1)), ["EP17 is not complete"]),
    (.notAllowed(.basic(21), .none), ["can be read only: nothing was sent"]),
    (.notAllowed(.extended(4), .advanced), ["with the MAK only", "nothing was sent"]),
    (.severalFields(.extended(4), "mep"), ["`mep read ET04.mep` lists them"]),
    (.badValue(.extended(4), "rated_voltage", "blue"), ["cannot take \"blue\"", "`mep describe ET04`"]),
    (.notKept(.extended(50)), ["did not keep it", "Read ET50 before"]),
    (.loadProfile(.absent(.basic(64))), ["`mep read BT64`"]),
    (.device(.notRegistered), ["`mep device register`"]),
    (.device(.tooLong(octets: 900, limit: 872)), ["900 octets", "(872)", "nothing was posted", "Shorten"]),
    (
      .device(.deltaAlertsTaken([DeltaDataAlert(source: 16, delta: 1)])),
      ["(16) into ET71", "are left there", "Agree on"]
    ),
    (.message(.noTime), ["2000 to 2099"]),
    (.unproven(.extended(39)), ["EP39", "--unproven", "nothing was sent"]),
    (.transaction(.locked), ["nothing was carried out", "Try again"]),
    (.transaction(.replaced), ["may have been carried out", "before you repeat it"]),
    (.transaction(.lost), ["may have been carried out"]),
    (.transaction(.reconfigured), ["was carried out", "Read it again"]),
    (.transaction(.unanswered), ["does not tell whether it was carried out", "make two"]),
    (.transaction(.unposted), ["was called", "make the call the last one"]),
    (
      .transaction(.refused(.requestsTooLong(octets: 900))),
      ["900 octets", "make two transactions", "Nothing was written."]
    ),
    (.transaction(.refused(.notRepeatable(step: 1))), ["Step 2", "Do it by itself", "Nothing was written."]),
    (.parameters(.extended(17), .missing("action")), ["EP17 needs action", "`mep describe EP17`"]),
    (.parameters(.extended(17), .unknown("x", ["action"])), ["It takes action."]),
    (.parameters(.extended(17), .bad("action", "x")), ["cannot take \"x\""]),
    (.worn(.tableWrite, seconds: 3541), ["100 writes to tables", "nothing was sent", "in 60 min", "--wear-anyway"]),
    (.worn(.transactionWrite, seconds: 1), ["writes to the transaction table", "in 1 min"]),
    (.outdated(.extended(4)), ["nothing was sent", "Try again"]),
    (
      .unfinished(
        Unfinished([.init("ET50", .done), .init("reading it back", .notDone)], .exchange(lost, .extended(50)))),
      ["Carried out: ET50. Not carried out: reading it back. The meter did not answer."]
    ),
  ]

  @Test func eachSaysWhatToDo() {
    for (error, words) in Self.cases {
      let text = error.description
      for part in words { #expect(text.contains(part), "\(text)") }
      #expect(text.hasSuffix(".") && !text.contains("\n") && !text.contains("Optional("), "\(text)")
    }
  }

  /// A failure inside is told by its own words.
  @Test func anUnfinishedChangeKeepsItsReason() {
    let inner = MeterError.refused(.noPermission, .extended(50))
    let error = MeterError.unfinished(Unfinished([.init("a", .done), .init("b", .notDone)], inner))
    #expect(error.description == "Carried out: a. Not carried out: b. " + inner.description)
  }
}
