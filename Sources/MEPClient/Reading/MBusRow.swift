// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

/// A value that a device has sent.
package struct MBusRow: Sendable {
  var quantity: String?
  var value = JSON.null
  var unit: String?
  var function: String?
  var storage: UInt64?
  var tariff: UInt32?
  var subunit: UInt16?
  var error: String?

  /// Of a device that has sent nothing.
  package static let empty = MBusRow()

  /// By published names.
  package var published: [(String, JSON)] {
    [
      ("quantity", .text(quantity)), ("value", value), ("unit", .text(unit)), ("function", .text(function)),
      ("storage", storage.map { .integer(Int64(clamping: $0)) } ?? .null),
      ("tariff", tariff.map { .integer(Int64($0)) } ?? .null),
      ("subunit", subunit.map { .integer(Int64($0)) } ?? .null), ("error", .text(error)),
    ]
  }
}

extension BillingRead {
  /// A row a value.
  package var rows: [MBusRow] {
    if case .client(_, let data) = data {
      return [MBusRow(quantity: "data of the client", value: .string(Hex.text(data)))]
    }
    return telegrams.enumerated().flatMap { i, telegram -> [MBusRow] in
      switch telegram {
      case .variable(_, .records(let records)):
        records.records.map(MBusRow.init) + MBusRow.rest(records, isLast: i == telegrams.count - 1)
      case .variable(_, .encrypted(let octets)): [MBusRow(quantity: "encrypted", value: .string(Hex.text(octets)))]
      case .fixed(let data): data.counters.map(MBusRow.init)
      case .damaged(let octets): [MBusRow(quantity: "damaged telegram", value: .string(Hex.text(octets)))]
      }
    }
  }

  /// One at least.
  package var rowsOrNone: [MBusRow] {
    let rows = rows
    return rows.isEmpty ? [.empty] : rows
  }

  /// "KAM".
  package var maker: String? {
    for case .variable(let header, _) in telegrams { return String(decoding: header.manufacturer, as: UTF8.self) }
    return nil
  }
}

extension MBusRow {
  fileprivate init(_ record: MBusRecord) {
    let qualifiers = record.qualifiers.map { " \($0)" }.joined()
    self.init(
      quantity: "\(record.quantity)\(qualifiers)", value: JSON(record.value), unit: record.unitText,
      function: record.function.words.description, storage: record.storage, tariff: record.tariff,
      subunit: record.subunit, error: record.error?.description)
  }

  fileprivate init(_ counter: MBusFixedData.Counter) {
    self.init(
      quantity: counter.quantity.description, value: JSON(counter.value), unit: counter.unit.symbol.description,
      storage: counter.isStored ? 1 : 0)
  }

  /// What only the manufacturer can read, and what nobody can.
  fileprivate static func rest(_ records: MBusRecords, isLast: Bool) -> [MBusRow] {
    var rows: [MBusRow] = []
    if let data = records.manufacturerData {
      rows.append(MBusRow(quantity: "manufacturer specific", value: .string(Hex.text(data))))
    }
    if !records.undecoded.isEmpty {
      rows.append(MBusRow(quantity: "not decoded", value: .string(Hex.text(records.undecoded))))
    }
    if records.moreFollow, isLast { rows.append(MBusRow(quantity: "more that the meter did not keep")) }
    return rows
  }

  /// The same for a person: nothing where it says nothing.
  package var shown: MBusRow {
    var row = self
    if row.function == MBusRecord.Function.instantaneous.words.description { row.function = nil }
    if row.storage == 0 { row.storage = nil }
    if row.tariff == 0 { row.tariff = nil }
    if row.subunit == 0 { row.subunit = nil }
    return row
  }
}

extension JSON {
  package init(_ value: MBusRecord.Value) {
    switch value {
    case .empty, .invalid: self = .null
    case .number(let number): self = .number(number.description)
    case .text(let octets):
      self = .string(String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) })).printable)
    case .time(let time): self = .string(time.description)
    case .octets(let octets): self = .string(Hex.text(octets))
    }
  }

  /// Null for no text.
  package static func text(_ text: String?) -> JSON {
    text.flatMap { $0.isEmpty ? nil : .string($0.printable) } ?? .null
  }
}
