// SPDX-License-Identifier: Apache-2.0
import MEPClient

extension Discovery {
  /// What a meter costs, and what a kWh does; nothing where nobody said.
  var costs: [(String, JSON)] {
    guard let tariff else { return [] }
    var sensors: [(String, JSON)] = []
    for (step, words) in [("day", "today"), ("month", "this month")] {
      sensors.append(money("cost", of: step, "Cost \(words)", tariff.currency))
      if tariff.isExportPaid { sensors.append(money("income", of: step, "Income \(words)", tariff.currency)) }
    }
    sensors.append(price("import", "Import price", tariff.currency))
    if tariff.isExportPaid { sensors.append(price("export", "Export price", tariff.currency)) }
    return sensors
  }

  /// The last that is known stays true, as that of a register does: it says of when it is.
  private func money(_ name: String, of step: String, _ words: String, _ currency: String) -> (String, JSON) {
    sensor(
      "\(name)_\(step)", words, at: "\(base)/\(meter)/cost", "value_json.get('\(step)', {}).get('\(name)')",
      [
        ("dev_cla", .string("monetary")), ("unit_of_meas", .string(currency)), ("stat_cla", .string("total")),
        ("lrst_val_tpl", .string("{{ value_json.get('\(step)', {}).get('start', '') }}")), ("sug_dsp_prc", .integer(2)),
      ])
  }

  private func price(_ name: String, _ words: String, _ currency: String) -> (String, JSON) {
    sensor(
      "price_\(name)", words, at: "\(base)/price", "value_json.get('now', {}).get('\(name)')",
      [
        ("unit_of_meas", .string("\(currency)/kWh")), ("stat_cla", .string("measurement")),
        ("sug_dsp_prc", .integer(3)), ("avty_t", .string(base + "/status")),
      ])
  }

  private func sensor(
    _ name: String, _ words: String, at topic: String, _ value: String, _ more: [(String, JSON)]
  ) -> (String, JSON) {
    let fields: [(String, JSON)] = [
      ("p", .string("sensor")), ("uniq_id", .string("\(id)_\(name)")), ("name", .string(words)),
      ("stat_t", .string(topic)), ("val_tpl", .string("{{ \(value) }}")),
    ]
    return (name, .object(fields + more))
  }
}

extension Tariff {
  fileprivate var isExportPaid: Bool { versions.contains { !$0.exported.isEmpty } }
}
