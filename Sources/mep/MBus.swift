// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport
import OSGPTables

struct MBus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mbus",
    abstract: "Shows the devices behind the meter and what they were last read.",
    discussion: """
      M-Bus devices, such as water and heat meters, and MEP clients. The meter reads
      them by its schedule; nothing is asked of them here. Times are the meter's
      local ones. --json and --csv have one row a record:
        mep mbus
        mep mbus --json | jq 'select(.quantity == "volume")'
      """)

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: MeterOptions

  func validate() throws {
    if listing.utc { throw Failure(.wrongUse, "The meter has these times in its local time only: leave --utc out.") }
  }

  func run() async throws {
    let progress = Progress("Reading devices")
    defer { progress.end() }
    let devices = try await options.withMeter { try await $0.readDevices(progress: progress.report) }
    progress.end()
    let shown = devices.devices.filter { $0.isOccupied || $0.read != nil }
    if !listing.json, !listing.csv {
      if shown.isEmpty { Output.line("There is no device behind this meter.") }
      for (i, device) in shown.enumerated() { Output.line((i > 0 ? "\n" : "") + device.lines.joined(separator: "\n")) }
      return
    }
    var table = Listing(MBusDevices.Device.columns)
    for device in shown {
      let rows = device.rows
      for row in rows.isEmpty ? [Row()] : rows { table.add(device.cells + row.cells) }
    }
    table.print(listing, empty: "")
  }
}

/// A value that a device has sent.
private struct Row {
  var quantity: String?
  var value = JSON.null
  var unit: String?
  var function: String?
  var storage: UInt64?
  var tariff: UInt32?
  var subunit: UInt16?
  var error: String?

  var cells: [JSON] {
    func text(_ text: String?) -> JSON { text.flatMap { $0.isEmpty ? nil : .string($0.printable) } ?? .null }
    return [
      text(quantity), value, text(unit), text(function), storage.map { .integer(Int64(clamping: $0)) } ?? .null,
      tariff.map { .integer(Int64($0)) } ?? .null, subunit.map { .integer(Int64($0)) } ?? .null, text(error),
    ]
  }
}

extension MBusDevices.Device {
  fileprivate static let columns: [Listing.Column] =
    [
      .init("slot", "Slot"), .init("handle", "Handle"), .init("kind", "Kind"), .init("state", "State"),
      .init("medium", "Medium"), .init("identification", "Identification"), .init("manufacturer", "Manufacturer"),
      .init("customer", "Customer"), .init("alarms", "Alarms"), .init("read_local", "Read (local)"),
    ] + recordColumns

  private static let recordColumns: [Listing.Column] = [
    .init("quantity", "Quantity"), .init("value", "Value"), .init("unit", "Unit"), .init("function", "Function"),
    .init("storage", "Storage"), .init("tariff", "Tariff"), .init("subunit", "Subunit"), .init("error", "Error"),
  ]

  fileprivate var cells: [JSON] {
    func text(_ text: String?) -> JSON { text.map { .string($0.printable) } ?? .null }
    return [
      .integer(Int64(slot + 1)), .integer(Int64(handle)), text(kindWords), text(state.words.description),
      text(medium?.words.description), text(identification.map { Hex.text($0) }), text(manufacturer),
      text(customer.flatMap { $0.isEmpty ? nil : Self.latin($0) }), .array(alarmWords.map { .string($0) }),
      text(lastRead?.description),
    ]
  }

  /// For a person: who it is, then its values in columns.
  fileprivate var lines: [String] {
    var head = "Slot \(slot + 1)  " + (medium?.words.description ?? kindWords)
    if let identification { head += " \(Hex.text(identification))" }
    if let manufacturer { head += " (\(manufacturer.printable))" }
    if let customer, !customer.isEmpty { head += " \"\(Self.latin(customer).printable)\"" }
    head += ", handle \(handle), \(state.words)"
    var lines = [head]
    if let lastRead { lines.append("  Read at \(lastRead) (local), \(scheduleWords)") }
    lines += alarmWords.map { "  Alarm: \($0)" }
    if let failure = read?.securityFailure { lines.append("  Not to be trusted: \(failure)") }
    var values = Listing(Self.recordColumns)
    for row in rows { values.add(row.shownCells) }
    if !rows.isEmpty { lines += values.text.map { "  " + $0 } }
    return lines
  }

  private var kindWords: String {
    switch kind {
    case .mbus: "M-Bus device"
    case .client(let port): "MEP client \(port)"
    }
  }

  private var manufacturer: String? {
    for case .variable(let header, _) in telegrams { return String(decoding: header.manufacturer, as: UTF8.self) }
    return nil
  }

  private var alarmWords: [String] {
    (alarms + deviceAlarms.words + (telegrams.first?.alarms ?? [])).map(\.description)
  }

  private var scheduleWords: String {
    guard let schedule else { return "schedule not known" }
    func two(_ n: UInt8) -> String { n < 10 ? "0\(n)" : "\(n)" }
    let time = "\(two(schedule.hour)):\(two(schedule.minute))"
    let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    switch schedule.frequency {
    case .hourly: return "read each hour at minute \(schedule.minute)"
    case .daily: return "read each day at \(time)"
    case .weekly:
      let day = Int(schedule.day) - 32
      return "read each \(days.indices.contains(day) ? days[day] : "week on day \(schedule.day)") at \(time)"
    case .monthly: return "read on day \(max(1, schedule.day)) of each month at \(time)"
    case .never: return "not read by schedule"
    case .unknown(let code): return "read by schedule \(code), which the guide does not have"
    }
  }

  fileprivate var rows: [Row] {
    if case .client(_, let data)? = read?.data {
      return [Row(quantity: "data of the client", value: .string(Hex.text(data)))]
    }
    return telegrams.flatMap { telegram -> [Row] in
      switch telegram {
      case .variable(_, .records(let records)): records.records.map(Row.init) + Row.rest(records)
      case .variable(_, .encrypted(let octets)): [Row(quantity: "encrypted", value: .string(Hex.text(octets)))]
      case .fixed(let data): data.counters.map(Row.init)
      case .damaged(let octets): [Row(quantity: "damaged telegram", value: .string(Hex.text(octets)))]
      }
    }
  }

  /// ISO 8859-1.
  private static func latin(_ octets: [UInt8]) -> String {
    String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
  }
}

extension Row {
  fileprivate init(_ record: MBusRecord) {
    let qualifiers = record.qualifiers.map { " \($0)" }.joined()
    self.init(
      quantity: "\(record.quantity)\(qualifiers)", value: Self.json(record.value), unit: record.unitText,
      function: record.function.words.description, storage: record.storage, tariff: record.tariff,
      subunit: record.subunit, error: record.error?.description)
  }

  fileprivate init(_ counter: MBusFixedData.Counter) {
    self.init(
      quantity: counter.quantity.description, value: Self.json(counter.value), unit: counter.unit.symbol.description,
      storage: counter.isStored ? 1 : 0)
  }

  /// What only the manufacturer can read, and what nobody can.
  fileprivate static func rest(_ records: MBusRecords) -> [Row] {
    var rows: [Row] = []
    if let data = records.manufacturerData {
      rows.append(Row(quantity: "manufacturer specific", value: .string(Hex.text(data))))
    }
    if !records.undecoded.isEmpty {
      rows.append(Row(quantity: "not decoded", value: .string(Hex.text(records.undecoded))))
    }
    return rows
  }

  /// The same for a person: nothing where it says nothing, the unit beside its value.
  fileprivate var shownCells: [JSON] {
    var row = self
    if row.function == MBusRecord.Function.instantaneous.words.description { row.function = nil }
    if row.storage == 0 { row.storage = nil }
    if row.tariff == 0 { row.tariff = nil }
    if row.subunit == 0 { row.subunit = nil }
    return row.cells
  }

  private static func json(_ value: MBusRecord.Value) -> JSON {
    switch value {
    case .empty, .invalid: .null
    case .number(let number): .number(number.description)
    case .text(let octets):
      .string(String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) })).printable)
    case .time(let time): .string(time.description)
    case .octets(let octets): .string(Hex.text(octets))
    }
  }
}
