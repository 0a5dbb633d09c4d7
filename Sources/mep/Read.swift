// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport
import OSGPTables

struct Read: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads tables, or fields of them, and decodes them.",
    discussion: """
      A field is named as `mep describe` and the reading itself show it. Only the octets that it needs are fetched.
        mep read BT28
        mep read BT23.summations[0] BT28.rms_voltage_l1 BT01
      --together has the meter read all of it in one transaction, or as few as it
      fits: nobody else's requests come in between. That writes the request to ET52,
      which the meter's memory bears 100 times a day.
        mep read --together BT23.summations[0] BT28
      """)

  @Argument(help: ArgumentHelp("Tables (BT28, et03, 2051) or fields (BT23.summations[0]).", valueName: "table[.field]"))
  var targets: [String]

  @Flag(help: "One JSON object a table, a line each.")
  var json = false

  @Flag(help: "The octets, in hexadecimal; of several tables, each behind its name.")
  var raw = false

  @Flag(help: "Of one moment: in a transaction.")
  var together = false

  @OptionGroup var options: WriteOptions

  func validate() throws {
    if together, let other = try Target.parse(targets).first(where: { Catalogue.table($0.id) == nil }) {
      throw Failure(.wrongUse, "--together is for tables that are described, which \(other.id) is not.")
    }
    if json, raw { throw Failure(.wrongUse, "--json and --raw exclude each other: give one of them.") }
    _ = try Target.parse(targets)
  }

  func run() async throws {
    let wanted = try Target.parse(targets)
    if together { return try await options.change { try await readTogether(wanted, from: $0) } }
    try await options.withMeter { meter in
      var first: MeterError?
      var unit: EnergyRegisterUnit?
      for target in wanted {
        do throws(MeterError) {
          var report = try await Report(target.id, target.paths, of: meter)
          if !raw, report.hasEnergies {
            let known = if let unit { unit } else { try await meter.readEnergyRegisterUnit() }
            if unit == nil { known.tellIfUnknown() }
            (unit, report.energyUnit) = (known, known)
          }
          show(report, isAlone: wanted.count == 1)
        } catch {
          // What goes wrong with one table does not keep the others from being read, unless nothing can be read.
          if error.endsSession { throw error }
          Exit.complain(error.description)
          first = first ?? error
        }
      }
      if let first { throw ExitCode(Exit.code(of: first).rawValue) }
    }
  }

  private func readTogether(_ wanted: [Target], from meter: Meter) async throws {
    let tables = wanted.compactMap { target in Catalogue.table(target.id).map { (table: $0, paths: target.paths ?? []) }
    }
    var first: MeterError?
    let read = try await meter.readTogether(tables)
    let reports = zip(wanted, read).map { Report($0.id, $1.answer) }
    let unit = try await meter.energyUnit(of: raw ? [] : reports)
    for (report, (transaction, answer)) in zip(reports, read) {
      if case .failed(let error) = answer {
        Exit.complain(error.description)
        first = first ?? error
      } else if var report {
        report.energyUnit = unit
        if !json, !raw, let last = read.last, last.transaction > 0 {
          Output.line("Transaction \(transaction + 1) of \(last.transaction + 1)")
        }
        show(report, isAlone: wanted.count == 1, [("transaction", .integer(Int64(transaction)))])
      }
    }
    if let first { throw ExitCode(Exit.code(of: first).rawValue) }
  }

  private func show(_ report: Report, isAlone: Bool, _ more: [(String, JSON)] = []) {
    if json {
      Output.line(JSON.object(report.members + more + [("read_at", .string(Clock.now()))]))
    } else if raw {
      Output.line((isAlone ? "" : "\(report.id) ") + Hex.text(report.knownOctets))
    } else {
      Output.line(report.lines.joined(separator: "\n"))
    }
  }
}

extension Meter {
  /// What the energies in some of these are to be shown in; says so where nobody knows.
  func energyUnit(of reports: [Report?]) async throws(MeterError) -> EnergyRegisterUnit {
    guard reports.contains(where: { $0?.hasEnergies == true }) else { return .one }
    let unit = try await readEnergyRegisterUnit()
    unit.tellIfUnknown()
    return unit
  }
}

extension MeterError {
  /// Whether another request would end no better.
  fileprivate var endsSession: Bool {
    if case .link = self { return true }
    return [.noAnswer, .keyNotAccepted].contains(Exit.code(of: self))
  }
}

/// A table to read, and which of its fields; nil for all of them.
struct Target: Equatable {
  let id: TableID
  var paths: [String]?

  /// Several fields of one table become one target, in the order in which the tables were named first.
  static func parse(_ texts: [String]) throws -> [Target] {
    var targets: [Target] = []
    for text in texts {
      let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let id = TableID(parts[0]) else {
        throw Failure(.wrongUse, "\"\(text)\" names no table: write BT28, ET03 or a number. `mep tables` lists them.")
      }
      let path = parts.count == 2 ? parts[1] : nil
      if path?.isEmpty == true { throw Failure(.wrongUse, "\"\(text)\" ends before the field's name.") }
      if path != nil, Catalogue.table(id) == nil {
        throw Failure(.wrongUse, "The fields of \(id) are not known: read the whole table, `mep read \(id)`.")
      }
      if let i = targets.firstIndex(where: { $0.id == id }) {
        if let path, let paths = targets[i].paths { targets[i].paths = paths + [path] } else { targets[i].paths = nil }
      } else {
        targets.append(Target(id: id, paths: path.map { [$0] }))
      }
    }
    return targets
  }
}
