// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import OSGPTables

/// A step of a transaction as somebody typed it.
enum TypedStep {
  case read(Target)
  case write(Table, [(path: String, value: String)])
  case call(TypedCall)

  static func parse(_ words: [String], unproven: Bool) throws -> [TypedStep] {
    var steps: [TypedStep] = []
    var rest = words[...]
    while let verb = rest.popFirst() {
      let own = Array(rest.prefix { !verbs.contains($0) })
      rest = rest.dropFirst(own.count)
      guard verbs.contains(verb) else {
        throw Failure(.wrongUse, "\"\(verb)\" is no step: read, write or call begins one.")
      }
      guard !own.isEmpty else { throw Failure(.wrongUse, "\(verb) what? `mep help transaction` shows it.") }
      switch verb {
      case "read": steps += try Target.parse(own).map { .read($0) }
      case "write": steps += try writes(own)
      default: steps.append(.call(try TypedCall(own[0], Array(own.dropFirst()), unproven: unproven)))
      }
    }
    return steps
  }

  private static let verbs = ["read", "write", "call"]

  /// The fields of one table are one step.
  private static func writes(_ words: [String]) throws -> [TypedStep] {
    var tables: [(table: Table, values: [(path: String, value: String)])] = []
    for word in words {
      let assignment = try Assignment(word)
      let value = (path: assignment.path, value: assignment.value)
      if let i = tables.firstIndex(where: { $0.table.id == assignment.table.id }) {
        tables[i].values.append(value)
      } else {
        tables.append((assignment.table, [value]))
      }
    }
    return tables.map { .write($0.table, $0.values) }
  }
}

/// The same with what it takes to send it, and to show what came of it.
struct PlannedStep {
  let kind: String
  let title: String
  /// None where there is nothing to change.
  let steps: [TransactionStep]
  let consequences: [Consequence]
  private let typed: TypedStep

  /// Reads what is to be changed.
  init(_ typed: TypedStep, of meter: Meter) async throws(MeterError) {
    self.typed = typed
    switch typed {
    case .read(let target):
      kind = "read"
      title = "read " + (target.paths.map { $0.map { "\(target.id).\($0)" }.joined(separator: " ") } ?? "\(target.id)")
      steps = [Catalogue.table(target.id).map { .read($0, paths: target.paths ?? []) } ?? .octets(of: target.id)]
      consequences = []
    case .write(let table, let values):
      let plan = try await meter.plan(table, setting: values)
      kind = "write"
      title =
        "write " + (plan.changes.isEmpty ? "\(table.id): it has these values" : plan.lines.joined(separator: ", "))
      steps = plan.parts.map { .write(table.id, offset: $0.offset, $0.octets) }
      consequences = table.consequences
    case .call(let call):
      kind = "call"
      title = "call \(call.title)"
      steps = [.call(procedure: call.id.number, parameters: call.parameters)]
      consequences = call.consequences
    }
  }

  /// What came of a step.
  struct Outcome {
    /// For a person.
    var lines: [String]
    /// Of a JSON object.
    var members: [(String, JSON)]
    var error: MeterError?

    func json(step: Int, kind: String, doneAt time: String) -> JSON {
      let head: [(String, JSON)] = [("step", .integer(Int64(step))), ("kind", .string(kind))]
      return .object(head + members + [("done_at", .string(time))])
    }
  }

  func outcome(_ answers: [TransactionAnswer]) -> Outcome {
    for answer in answers {
      guard case .failed(let error) = answer else { continue }
      return Outcome(lines: [title + ": failed"], members: [("error", .string(error.description))], error: error)
    }
    switch (typed, answers.first) {
    case (.write(let table, _), _):
      return Outcome(lines: [title + (steps.isEmpty ? "" : ": written")], members: [("table", .string("\(table.id)"))])
    case (.call(let call), .called(let answer)?):
      let error = answer.result == 0 ? nil : MeterError.procedure(answer)
      return Outcome(lines: call.lines(answer), members: call.members(answer), error: error)
    default:
      guard let report = answers.first.flatMap(report) else { return Outcome(lines: [title], members: []) }
      return Outcome(lines: report.lines, members: report.members)
    }
  }

  private func report(_ answer: TransactionAnswer) -> Report? {
    guard case .read(let target) = typed else { return nil }
    return switch (Catalogue.table(target.id), answer) {
    case (let table?, .table(let decoded)): Report(table, decoded)
    case (let table?, .fields(let selection)): Report(table, selection)
    case (_, .octets(let octets)): Report(target.id, octets: octets)
    default: nil
    }
  }
}
