// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport
import OSGPTables

struct Write: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes fields of a table, or its octets, and reads them back.",
    discussion: """
      A field is named as `mep read` shows it; its value is written as it is shown
      there, with "yes" and "no" for flags and a meaning for its number; a unit may
      stand behind a number, and must be the one shown. All of it is one operation:
      when it ends half-way, the error tells what was written and what was not.
        mep write ET50.mep_inbound_configuration[0].et59_response=yes
        mep write ET04.rated_voltage="231 V"
        mep write ET51 --octets "00 01" --offset 2
      What touches billing, supply, security or the clock is only done with --yes.
      Most tables take writes with the MAK only.
      """)

  @Argument(
    help: ArgumentHelp("TABLE.FIELD=VALUE, all of one table; or a table, with --octets.", valueName: "field=value"))
  var fields: [String]

  @Option(help: ArgumentHelp("The octets to write, in hexadecimal.", valueName: "hex"))
  var octets: String?

  @Option(help: "Where the octets begin.")
  var offset = 0

  @Flag(help: "Change what touches billing, supply, security or the clock, too.")
  var yes = false

  @Flag(help: "Say what would change, and write nothing.")
  var dryRun = false

  @Flag(help: "JSON: one object.")
  var json = false

  @OptionGroup var options: WriteOptions

  func validate() throws { _ = try work() }

  func run() async throws {
    let work = try work()
    try await options.change { meter in
      switch work {
      case .octets(let table, let octets): try await write(octets, to: table, of: meter)
      case .fields(let table, let values): try await write(try await meter.plan(table, setting: values), to: meter)
      }
    }
  }

  private enum Work {
    case fields(Table, [(path: String, value: String)])
    case octets(TableID, [UInt8])
  }

  private func work() throws -> Work {
    if let octets {
      guard fields.count == 1, let id = TableID(fields[0]) else {
        throw Failure(.wrongUse, "--octets goes with one table: mep write ET51 --octets \"00 01\" --offset 2")
      }
      guard let octets = Hex.octets(octets), !octets.isEmpty else {
        throw Failure(.wrongUse, "--octets takes hexadecimal digits, two an octet.")
      }
      guard (0...0xFFFF).contains(offset) else { throw Failure(.wrongUse, "--offset takes 0 to 65535.") }
      return .octets(id, octets)
    }
    var table: Table?
    var values: [(path: String, value: String)] = []
    for field in fields {
      let assignment = try Assignment(field)
      guard table == nil || table?.id == assignment.table.id else {
        throw Failure(.wrongUse, "One table at a time: \(field) is not of \(table?.id.description ?? "").")
      }
      table = assignment.table
      values.append((assignment.path, assignment.value))
    }
    guard let table else { throw Failure(.wrongUse, "Write what? TABLE.FIELD=VALUE.") }
    return .fields(table, values)
  }

  private func write(_ plan: WritePlan, to meter: Meter) async throws {
    guard !plan.changes.isEmpty else {
      if json { return show(plan.table.id, plan.members, [], isWritten: false) }
      return Output.line("\(plan.table.id) has these values already.")
    }
    if !json { for line in plan.lines { Output.line(line) } }
    try confirm(plan.table.consequences, of: "Writing \(plan.table.id)")
    if !dryRun { try await meter.carryOut(plan) }
    show(plan.table.id, plan.members, plan.parts, isWritten: !dryRun)
  }

  private func write(_ octets: [UInt8], to id: TableID, of meter: Meter) async throws {
    // Nobody knows what an undeclared table does.
    try confirm(Catalogue.table(id)?.consequences ?? Consequence.allCases, of: "Writing \(id)")
    if !dryRun { try await meter.writeAndCompare(id, offset: offset, octets) }
    show(id, [("table", .string("\(id)"))], [TablePart(offset: offset, octets: octets)], isWritten: !dryRun)
  }

  /// - Parameter parts: what was sent, or would be.
  private func show(_ id: TableID, _ members: [(String, JSON)], _ parts: [TablePart], isWritten: Bool) {
    if json {
      let parts = parts.map {
        JSON.object([("offset", .integer(Int64($0.offset))), ("octets", .string(Hex.text($0.octets)))])
      }
      let time = isWritten ? JSON.string(Clock.now()) : .null
      return Output.line(
        JSON.object(members + [("parts", .array(parts)), ("read_back", .bool(isWritten)), ("written_at", time)]))
    }
    for part in parts {
      let count = "\(part.octets.count) octet\(part.octets.count == 1 ? "" : "s")"
      Output.line(
        "\(dryRun ? "Would send" : "Sent") \(count) to \(id) from offset \(part.offset): "
          + Hex.text(part.octets, separator: " "))
    }
    Output.line(dryRun ? "Nothing was written." : "Written and read back.")
  }

  private func confirm(_ consequences: [Consequence], of what: String) throws {
    try Consequence.confirm(consequences, of: what, yes: yes || dryRun)
  }
}

/// TABLE.FIELD=VALUE.
struct Assignment {
  let table: Table
  let path: String
  let value: String

  init(_ text: String) throws {
    guard let equals = text.firstIndex(of: "="), let dot = text[..<equals].firstIndex(of: "."),
      let id = TableID(String(text[..<dot]))
    else {
      throw Failure(
        .wrongUse, "\"\(text)\" is no TABLE.FIELD=VALUE, such as ET50.mep_inbound_configuration[0].m_bus_alerts=yes.")
    }
    guard let table = Catalogue.table(id) else {
      throw Failure(.wrongUse, "The fields of \(id) are not known: `mep write \(id)` takes --octets, and --offset.")
    }
    self.table = table
    path = String(text[text.index(after: dot)..<equals])
    value = String(text[text.index(after: equals)...])
  }
}

extension WritePlan {
  private func shown(_ raw: Raw, _ change: Change) -> Shown { Shown(change.place, raw, in: table, unit: energyUnit) }

  /// What would change, a line each.
  var lines: [String] {
    changes.map { change in
      let (old, new) = (shown(change.old, change), shown(change.new, change))
      return "\(table.id).\(change.place.pathText): \(old.text) → \(new.text) \(new.unit)".trimmed
    }
  }

  /// Of a JSON object.
  var members: [(String, JSON)] {
    let changes = changes.map { change in
      let (old, new) = (shown(change.old, change), shown(change.new, change))
      return JSON.object([
        ("path", .string(change.place.pathText)), ("from", old.json), ("to", new.json),
        ("unit", new.unit.isEmpty ? .null : .string(new.unit)),
      ])
    }
    return [("table", .string("\(table.id)")), ("changes", .array(changes))]
  }
}

extension Consequence {
  /// Refuses what may have consequences unless the user has said yes to them.
  static func confirm(_ consequences: [Consequence], of what: String, yes: Bool) throws {
    guard !yes, !consequences.isEmpty else { return }
    let list = consequences.map(\.words.description)
    let words = list.count == 1 ? list[0] : list.dropLast().joined(separator: ", ") + " or " + list[list.count - 1]
    throw Failure(.wrongUse, "\(what) may change \(words): give --yes if that is what you want. Nothing was sent.")
  }
}
