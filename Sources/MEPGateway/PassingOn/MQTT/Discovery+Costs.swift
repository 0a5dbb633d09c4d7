// SPDX-License-Identifier: Apache-2.0
import MEPClient

extension Discovery {
  /// What a meter costs, and what a kWh does. What nobody says, or says any more, is taken out of Home Assistant.
  var costs: [(String, JSON)] {
    let currency = tariff?.currency ?? ""
    let spans = [("day", "today"), ("month", "this month")]
    let bought =
      spans.map { money("cost", of: $0, "Cost \($1)", currency) } + [price("import", "Import price", currency)]
    let sold =
      spans.map { money("income", of: $0, "Income \($1)", currency) } + [price("export", "Export price", currency)]
    return (tariff == nil ? gone(bought) : bought) + (tariff?.isExportPaid == true ? sold : gone(sold))
  }

  private func gone(_ sensors: [(String, JSON)]) -> [(String, JSON)] {
    sensors.map { ($0.0, .object([("p", .string("sensor"))])) }
  }

  /// What today has cost is no longer that once the gateway is gone over midnight.
  private func money(_ name: String, of step: String, _ words: String, _ currency: String) -> (String, JSON) {
    sensor(
      "\(name)_\(step)", words, at: "\(base)/\(meter)/cost", "value_json.get('\(step)', {}).get('\(name)')",
      [
        ("dev_cla", .string("monetary")), ("unit_of_meas", .string(currency)), ("stat_cla", .string("total")),
        ("lrst_val_tpl", .string("{{ value_json.get('\(step)', {}).get('start', '') }}")), ("sug_dsp_prc", .integer(2)),
        ("avty_t", .string(base + "/status")),
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
