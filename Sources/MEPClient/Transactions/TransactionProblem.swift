// SPDX-License-Identifier: Apache-2.0
import MEP

/// Why a transaction came to nothing, or to nobody knows what.
public enum TransactionProblem: Error, Sendable {
  /// The steps cannot be one; a step is counted from 0. Nothing was written.
  case refused(TransactionRefusal)
  /// The other port's client keeps ET52 and ET53 to itself. Nothing was carried out.
  case locked
  /// Another client has written ET52 before the answer was read. It may have been carried out.
  case replaced
  /// The meter shows no answer, however often it was written. It may have been carried out.
  case lost
  /// The meter belongs to none of the groups that were asked.
  case denied
  /// What ET53 holds does not answer the steps. They were carried out.
  case answer(TransactionAnswerFlaw)
  /// The configuration changed meanwhile: the steps were carried out, and what they read cannot be decoded.
  case reconfigured
  /// The answers before that of this step filled ET53: the meter carried the step out or did not, and does not tell.
  case unanswered
  /// The call was carried out, and its answer was not posted yet when it was looked for.
  case unposted
}

extension TransactionProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let refusal): "\(refusal.words) Nothing was written."
    case .locked:
      "The client at the meter's other MEP port keeps the transaction tables to itself (EP61): nothing was carried out. Try "
        + "again in a few seconds."
    case .replaced:
      "Another client wrote a transaction of its own before the answer to this one was read: it may have been carried out. "
        + "Read what it was to change before you repeat it."
    case .lost:
      "The transaction was written several times, and the meter never showed an answer: it may be busy with those of the "
        + "grid. It may have been carried out: read what it was to change, and try again in a minute."
    case .denied:
      "The meter belongs to none of the groups that the transaction is for (\"Group broadcast request denied\")."
    case .answer(let flaw):
      "The transaction was carried out, and what ET53 holds does not answer it (\(flaw)): nothing was decoded. If it stays "
        + "so, please report it (CONTRIBUTING.md tells how)."
    case .reconfigured:
      "The transaction was carried out, and the meter's configuration changed meanwhile: what was read cannot be decoded. "
        + "Read it again."
    case .unanswered:
      "The answers before this step's filled ET53, and the meter does not tell whether it was carried out: make two "
        + "transactions of it."
    case .unposted:
      "The procedure was called, and its answer was not there yet when the next step was made: make the call the last one."
    }
  }
}

extension TransactionRefusal {
  fileprivate var words: String {
    switch self {
    case .noSteps: "A transaction without a step is none."
    case .requestsTooLong(let octets):
      "The steps take \(octets) octets, and ET52 of this meter holds fewer: make two transactions of them."
    case .responsesTooLong(let octets):
      "The answers would take \(octets) octets, and ET53 of this meter holds fewer: read fields in place of whole tables, or "
        + "make two transactions of it."
    case .unencodable(let step): "Step \(step + 1) has an offset or a length that no message can carry."
    case .nested(let step):
      "Step \(step + 1) touches ET52 or ET53: a transaction cannot be a step of a transaction."
    case .notRepeatable(let step):
      "Step \(step + 1) cannot be in a transaction, which the meter carries out again when power fails in it: it would then "
        + "do twice what must be done once, or change what an earlier step reads. Do it by itself."
    }
  }
}
