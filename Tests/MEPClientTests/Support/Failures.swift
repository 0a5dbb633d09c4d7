// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPTransport

/// The error that the body throws, in a few words; "none" if it does not.
func failure<T>(_ body: () async throws(MeterError) -> T) async -> String {
  do throws(MeterError) {
    _ = try await body()
    return "none"
  } catch {
    return error.words
  }
}

extension MeterError {
  /// The case and what matters of it.
  var words: String {
    switch self {
    case .link(.closed): "link closed"
    case .link(.cancelled): "link cancelled"
    case .link(let error): "link \(error)"
    case .exchange(let error, let table):
      "exchange \(error.reason) \(table)" + (error.mayHaveBeenExecuted ? ", may have been executed" : "")
    case .refused(let code, let table): "refused \(code.words) \(table)"
    case .layout(.impossible(let table, let field, let value)): "layout impossible \(table) \(field) \(value)"
    case .layout(let error): "layout \(error)"
    case .noSuchField(let table, let path, _): "no such field \(table) \(path)"
    case .unsettled(let table): "unsettled \(table)"
    case .short(let table, let wanted, let got): "short \(table) \(got) of \(wanted)"
    case .inconsistent(let table): "inconsistent \(table)"
    case .notUnderstood(let table, _): "not understood \(table)"
    case .outcomeUnknown(let table): "outcome unknown \(table)"
    case .procedure(let answer): "procedure \(answer.result)"
    case .notAllowed(let table, let access): "not allowed \(table) \(access.words.description)"
    case .severalFields(let table, let path): "several fields \(table) \(path)"
    case .badValue(let table, let path, let value): "bad value \(table) \(path) \(value)"
    case .notKept(let table): "not kept \(table)"
    case .loadProfile(let problem): "load profile: \(problem)"
    case .device(let problem): "device: \(problem)"
    case .message(let flaw): "message: \(flaw)"
    case .unproven(let procedure): "unproven \(procedure)"
    case .transaction(let problem): "transaction \(problem.words)"
    case .parameters(let procedure, let problem): "parameters \(procedure) \(problem)"
    case .worn(let kind, let seconds): "worn \(kind.rawValue) \(seconds)"
    case .uncounted(let problem): "uncounted \(problem.path)"
    case .outdated(let table): "outdated \(table)"
    case .forgetful(let problem): "forgetful \(problem.path)"
    case .hasSpokenTLS(let entry): "has spoken TLS \(entry.meter) \(entry.port) \(entry.address)"
    case .unfinished(let change):
      "unfinished: " + change.steps.map { "\($0.what) \($0.outcome)" }.joined(separator: ", ")
        + ": \(change.reason.words)"
    }
  }
}

extension TransactionProblem {
  fileprivate var words: String {
    switch self {
    case .refused(let refusal): "refused \(refusal)"
    case .locked: "locked"
    case .replaced: "replaced"
    case .lost: "lost"
    case .denied: "denied"
    case .answer(let flaw): "answer \(flaw)"
    case .reconfigured: "reconfigured"
    case .unanswered: "unanswered"
    case .unposted: "unposted"
    }
  }
}
