// SPDX-License-Identifier: Apache-2.0
import MEPClient
import MEPTransport
import OSGPTables

extension MBusDevices.Device {
  static let columns: [Listing.Column] =
    [
      .init("slot", "Slot"), .init("handle", "Handle"), .init("kind", "Kind"), .init("state", "State"),
      .init("medium", "Medium"), .init("identification", "Identification"), .init("manufacturer", "Manufacturer"),
      .init("customer", "Customer"), .init("alarms", "Alarms"), .init("read_local", "Read (local)"),
      .init("untrusted", "Not to be trusted"),
    ] + MBusRow.columns

  /// For a person: who it is, then its values in columns.
  var lines: [String] {
    var head = "Slot \(slot + 1)  " + (medium?.words.description ?? kindWords)
    if let identification { head += " \(Hex.text(identification))" }
    if let maker = read?.maker { head += " (\(maker.printable))" }
    if let customerName, !customerName.isEmpty { head += " \"\(customerName.printable)\"" }
    head += ", handle \(handle), \(state.words)"
    var lines = [head]
    if let lastRead { lines.append("  Read at \(lastRead) (local), \(scheduleWords)") }
    lines += alarmWords.map { "  Alarm: \($0)" }
    if let failure = read?.securityFailure { lines.append("  Not to be trusted: \(failure)") }
    let rows = read?.rows ?? []
    var values = Listing(MBusRow.columns)
    for row in rows { values.add(row.shown.cells) }
    if !rows.isEmpty { lines += values.text.map { "  " + $0 } }
    return lines
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
}

extension MBusRow {
  static let columns: [Listing.Column] = [
    .init("quantity", "Quantity"), .init("value", "Value"), .init("unit", "Unit"), .init("function", "Function"),
    .init("storage", "Storage"), .init("tariff", "Tariff"), .init("subunit", "Subunit"), .init("error", "Error"),
  ]

  var cells: [JSON] { published.map(\.1) }
}
