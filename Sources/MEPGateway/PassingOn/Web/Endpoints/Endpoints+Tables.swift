// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

/// What the meter has, asked while somebody waits for it.
extension Endpoint {
  static let tables = Endpoint(
    path: "/api/v1/tables", summary: "The tables that the guide speaks of; not every meter has, or shows, all of them.",
    content: .json(
      .array(
        .object([
          .init("table", .text), .init("id", .integer), .init("name", .nullable(.text)), .init("read", .text),
          .init("write", .text), .init("nvm", .text), .init("guide", .text), .init("guide_page", .integer),
          .init("described", .flag),
        ])))
  ) { _ in .json(.array((Catalogue.tables + Catalogue.namedOnly).map(\.published))) }

  static let table = Endpoint(
    path: "/api/v1/meters/{meter}/tables/{table}",
    summary: "A table, read from the meter now and decoded: BT28, ET03. A long one takes a while.",
    content: .json(
      .object([
        .init("table", .text), .init("id", .integer), .init("name", .nullable(.text)), .init("octets", .text),
        .init(
          "fields",
          .array(
            .object([
              .init("path", .text), .init("name", .text), .init("raw", .any), .init("value", .any),
              .init("unit", .nullable(.text)), .init("meaning", .text, isRequired: false),
            ]))), .init("unknown_tail", .text, isRequired: false), .init("read_at", .time),
      ]))
  ) { call throws(Refusal) in
    let wanted = call.captures["table"] ?? ""
    guard let id = TableID(wanted) else {
      throw Refusal(.notFound, "\"\(wanted)\" names no table: write BT28, ET03 or a number. /api/v1/tables has all.")
    }
    // Whoever may look is not whoever has the keys.
    guard id != Table.et13.id else {
      throw Refusal(
        .forbidden, "\(id) has keys of M-Bus devices in it, and is not told here: `mep read \(id)` reads it.")
    }
    let report: Report = try await call.ask { meter throws(MeterError) in
      var report = try await Report(id, of: meter)
      if report.hasEnergies { report.energyUnit = try await meter.readEnergyRegisterUnit() }
      return report
    }
    return .json(.object(report.members + [call.readAt]))
  }
}
