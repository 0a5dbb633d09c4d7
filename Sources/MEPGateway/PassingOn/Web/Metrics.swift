// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient

/// What Prometheus scrapes: base units, counters that end in `_total`, and nothing that is stale.
enum Metrics {
  static let type = "text/plain; version=0.0.4; charset=utf-8"

  static func text(
    _ meters: [String: LiveValues], _ sinks: [String: SinkStatus] = [:], at now: Timestamp, version: String
  ) -> String {
    var families = Families()
    families.add("mep_build_info", "gauge", "The version that runs.", ["version": version], "1")
    for (name, live) in meters.sorted(by: { $0.key < $1.key }) {
      let meter = ["meter": name]
      families.add("mep_up", "gauge", "Whether the meter answers.", meter, live.isPresent == true ? "1" : "0")
      families.add(
        "mep_held_readings_total", "counter", "Readings that contradicted themselves.", meter, "\(live.held)")
      families.add(
        "mep_lost_readings_total", "counter", "Readings that there was no room for.", meter, "\(live.keeping.lost)")
      for (metric, words, count) in [
        ("requests", "Requests to the meter.", live.line.requests),
        ("retries", "Sendings beyond the first of a request.", live.line.retries),
        ("digest_failures", "Sendings whose answer had no digest that was right.", live.line.digestFailures),
        ("resynchronizations", "Sequence numbers that the meter replaced.", live.line.resynchronizations),
      ] {
        families.add("mep_line_\(metric)_total", "counter", words, meter, "\(count)")
      }
      if let last = live.values.values.map(\.time).max() {
        families.add(
          "mep_last_reading_timestamp_seconds", "gauge", "When the meter was read last.", meter,
          "\(Decimal(last.milliseconds, exponent: -3))")
      }
      if let ahead = live.clockAhead {
        families.add(
          "mep_clock_ahead_seconds", "gauge", "By how much the meter's clock is ahead.", meter,
          "\(Decimal(ahead, exponent: -3))")
      }
      // A counter that falls by what was not kept any more would be taken for one that began anew.
      let told = live.values.filter { $0.key.isLive && !live.isStale($0.key, at: now) }.merging(live.registers) { $1 }
      for (series, value) in told.sorted(by: { $0.key.name < $1.key.name }) {
        let metric = Metric(series)
        families.add(
          metric.name, series.isCounter ? "counter" : "gauge", metric.words, meter.merging(metric.labels) { $1 },
          "\(series.decimal(value.number * metric.factor))")
      }
    }
    for (name, sink) in sinks.sorted(by: { $0.key < $1.key }) {
      families.add(
        "mep_sink_up", "gauge", "Whether what is passed on is taken.", ["sink": name], sink.problem == nil ? "1" : "0")
      families.add(
        "mep_sink_passed_on_total", "counter", "Messages or points that were taken.", ["sink": name], "\(sink.passedOn)"
      )
      families.add(
        "mep_sink_refused_total", "counter", "Points that are refused for ever.", ["sink": name], "\(sink.refused)")
    }
    return families.text
  }

  /// Samples of a name stand together.
  private struct Families {
    private var order: [String] = []
    private var lines: [String: [String]] = [:]

    mutating func add(_ name: String, _ kind: String, _ help: String, _ labels: [String: String], _ value: String) {
      if lines[name] == nil {
        order.append(name)
        lines[name] = ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"]
      }
      let labels = labels.sorted { $0.key < $1.key }.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
      lines[name]?.append("\(name){\(labels)} \(value)")
    }

    var text: String { order.flatMap { lines[$0] ?? [] }.joined(separator: "\n") + "\n" }

    private static func escaped(_ text: String) -> String {
      text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
  }

  /// A series as Prometheus has it: "mep_voltage_volts" with a phase, "mep_fwd_active_energy_joules_total" with a tier.
  private struct Metric {
    let name: String
    let words: String
    var labels: [String: String] = [:]
    /// By how much a number is multiplied.
    let factor: Int64

    init(_ series: Series) {
      var words = series.name.split(separator: "_").map(String.init)
      let unit = words.last.flatMap { Self.units[$0] }
      if unit != nil { words.removeLast() }
      if let tier = words.firstIndex(of: "tier"), tier + 1 < words.count {
        labels["tier"] = words[tier + 1]
        words.removeSubrange(tier...tier + 1)
      }
      if let phase = words.firstIndex(where: { ["l1", "l2", "l3"].contains($0) }) {
        labels["phase"] = words.remove(at: phase).uppercased()
      }
      self.words = words.joined(separator: " ").prefix(1).uppercased() + words.joined(separator: " ").dropFirst() + "."
      // A phase is no part of the total, nor a tier of all tiers: they have a name of their own, so that sums are right.
      let kind = labels["phase"] != nil && Self.hasTotal(words) ? ["phase"] : labels["tier"] != nil ? ["tier"] : []
      name =
        (["mep"] + kind + words + (unit.map { [$0.name] } ?? []) + (series.isCounter ? ["total"] : [])).joined(
          separator: "_")
      factor = unit?.factor ?? 1
    }

    private static func hasTotal(_ words: [String]) -> Bool { words.last == "power" }

    private static let units: [String: (name: String, factor: Int64)] = [
      "wh": ("joules", 3600), "w": ("watts", 1), "v": ("volts", 1), "a": ("amperes", 1), "hz": ("hertz", 1),
      "s": ("seconds", 1), "min": ("seconds", 60), "h": ("seconds", 3600), "varh": ("varh", 1), "var": ("var", 1),
      "va": ("va", 1),
    ]
  }
}

extension Endpoint {
  static func metrics(_ version: String) -> Endpoint {
    Endpoint(path: "/metrics", summary: "For Prometheus.", content: .text(["text/plain"])) { call throws(Refusal) in
      .text(
        Metrics.text(
          await call.gateway.values, await call.gateway.sinks, at: call.gateway.clock.now(), version: version),
        type: Metrics.type)
    }
  }
}
