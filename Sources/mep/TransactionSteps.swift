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
      case "write": steps += try writes(own, after: steps)
      default: steps.append(.call(try TypedCall(own[0], Array(own.dropFirst()), unproven: unproven)))
      }
    }
    return steps
  }

  private static let verbs = ["read", "write", "call"]

  /// The fields of one table are one step: of two, the second would be laid out by what was there before the first.
  private static func writes(_ words: [String], after steps: [TypedStep]) throws -> [TypedStep] {
    var tables: [(table: Table, values: [(path: String, value: String)])] = []
    for word in words {
      let assignment = try Assignment(word)
      let value = (path: assignment.path, value: assignment.value)
      for case .write(let table, _) in steps where table.id == assignment.table.id {
        throw Failure(.wrongUse, "Two steps write \(table.id): put all of its fields behind one \"write\".")
      }
      if let i = tables.firstIndex(where: { $0.table.id == assignment.table.id }) {
        tables[i].values.append(value)
      } else {
        tables.append((assignment.table, [value]))
      }
    }
    return tables.map { .write($0.table, $0.values) }
  }
}

/// The same, what it would change having been read.
enum PlannedStep {
  case read(Target)
  case write(WritePlan)
  case call(TypedCall)

  init(_ typed: TypedStep, of meter: Meter) async throws(MeterError) {
    switch typed {
    case .read(let target): self = .read(target)
    case .write(let table, let values): self = .write(try await meter.plan(table, setting: values))
    case .call(let call): self = .call(call)
    }
  }

  /// A published name.
  private var kind: String {
    switch self {
    case .read: "read"
    case .write: "write"
    case .call: "call"
    }
  }

  var title: String {
    switch self {
    case .read(let target):
      "read " + (target.paths?.map { "\(target.id).\($0)" }.joined(separator: " ") ?? "\(target.id)")
    case .write(let plan) where plan.changes.isEmpty: "write \(plan.table.id): it has these values"
    case .write(let plan): "write " + plan.lines.joined(separator: ", ")
    case .call(let call): "call \(call.title)"
    }
  }

  /// None where there is nothing to change.
  var steps: [TransactionStep] {
    switch self {
    case .read(let target):
      [Catalogue.table(target.id).map { .read($0, paths: target.paths ?? []) } ?? .octets(of: target.id)]
    case .write(let plan): plan.changes.isEmpty ? [] : [.change(plan)]
    case .call(let call): [.call(procedure: call.id.number, parameters: call.parameters)]
    }
  }

  var consequences: [Consequence] {
    switch self {
    case .read: []
    case .write(let plan): plan.table.consequences
    case .call(let call): call.consequences
    }
  }

  /// What it reads with it, if it is a read.
  func report(_ answers: [TransactionAnswer]) -> Report? {
    guard case .read(let target) = self, let answer = answers.first else { return nil }
    return Report(target.id, answer)
  }

  /// What came of it: lines for a person, members of a JSON object, what went wrong.
  func outcome(
    _ answers: [TransactionAnswer], unit: EnergyRegisterUnit
  ) -> (lines: [String], members: [(String, JSON)], error: MeterError?) {
    let kind = [("kind", JSON.string(kind))]
    for answer in answers {
      guard case .failed(let error) = answer else { continue }
      return ([title + ": failed"], kind + [("error", .string(error.description))], error)
    }
    if var report = report(answers) {
      report.energyUnit = unit
      return (report.lines, kind + report.members, nil)
    }
    switch (self, answers.first) {
    case (.write(let plan), _): return ([title + (answers.isEmpty ? "" : ": written")], kind + plan.members, nil)
    case (.call(let call), .called(let answer)?):
      return (call.lines(answer), kind + call.members(answer), answer.result == 0 ? nil : .procedure(answer))
    default: return ([title], kind, nil)
    }
  }
}

extension Report {
  /// Of what a transaction has read.
  init?(_ id: TableID, _ answer: TransactionAnswer) {
    switch (Catalogue.table(id), answer) {
    case (let table?, .table(let decoded)): self.init(table, decoded)
    case (let table?, .fields(let selection)): self.init(table, selection)
    case (_, .octets(let octets)): self.init(id, octets: octets)
    default: return nil
    }
  }
}
