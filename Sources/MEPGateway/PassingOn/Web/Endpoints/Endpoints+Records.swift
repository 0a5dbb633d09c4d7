// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

/// What the meter has written down.
extension Endpoint {
  static let quality = Endpoint(
    path: "/api/v1/meters/{meter}/quality",
    summary:
      "What the meter counts of the mains since the grid company reset it, and the thresholds from which on it does.",
    content: .json(
      .object([
        .init("read_at", .nullable(.time)),
        .init(
          "statistics",
          .array(
            .object([
              .init("statistic", .text), .init("phase", .nullable(.choice(["L1", "L2", "L3"]))),
              .init("count", .nullable(.integer)), .init("time", .nullable(.time)),
              .init("voltage_v", .nullable(.number)), .init("frequency_hz", .nullable(.number)),
              .init("maximum_percent", .nullable(.number)), .init("average_percent", .nullable(.number)),
              .init("drp_percent", .nullable(.number)), .init("drc_percent", .nullable(.number)),
              .init("now", .nullable(.flag)), .init("threshold_percent", .nullable(.number)),
              .init("threshold_s", .nullable(.integer)),
            ]))),
      ]))
  ) { call throws(Refusal) in
    let quality = try await call.meter().live.quality
    return .json(
      .object([
        ("read_at", quality.map { .string("\($0.at)") } ?? .null),
        (
          "statistics",
          .array(
            quality?.0.statistics.map { .object($0.published { Timestamp(utc: $0).description }) } ?? [])
        ),
      ]))
  }

  private static let limit = Parameter("limit", "The newest so many: 100 where it is not said.", .count(1...10_000))

  static let events = Endpoint(
    path: "/api/v1/meters/{meter}/events", summary: "What happened to the meter, the oldest first.",
    parameters: period + [limit],
    content: .json(
      .array(
        .object([
          .init("time", .nullable(.time)), .init("number", .integer), .init("event", .text),
          .init("details", .nullable(.text)), .init("user", .nullable(.text)),
          .init("kind", .choice(["standard", "manufacturer"])), .init("id", .integer), .init("argument", .text),
        ])))
  ) { call throws(Refusal) in
    let (_, id, _) = try await call.meter()
    var range: Range<Timestamp>?
    if call.time("from") ?? call.time("to") != nil { range = try call.range(Int64.max / 4) }
    do throws(StoreError) {
      let entries = try await call.gateway.store.events(of: id, range, limit: call.count("limit") ?? 100)
      return .json(.array(entries.map { .object($0.published { Timestamp(utc: $0).description }) }))
    } catch { throw Refusal(error) }
  }

  static let outages = Endpoint(
    path: "/api/v1/meters/{meter}/outages",
    summary: "When power was out, the oldest first: by the meter's local clock, and in UTC by the house's time zone.",
    parameters: [limit],
    content: .json(
      .array(
        .object([
          .init("number", .integer), .init("start", .nullable(.time)), .init("end", .nullable(.time)),
          .init("start_local", .nullable(.text)), .init("end_local", .nullable(.text)),
          .init("duration_s", .nullable(.integer)),
        ])))
  ) { call throws(Refusal) in
    let (_, id, _) = try await call.meter()
    let zone = call.gateway.zone
    func local(_ time: WrittenTime?) -> JSON { time.map { .string($0.moment.description) } ?? .null }
    func utc(_ time: WrittenTime?) -> Timestamp? { time.map { Timestamp(local: $0.moment, in: zone) } }
    do throws(StoreError) {
      let outages = try await call.gateway.store.outages(of: id, limit: call.count("limit") ?? 100)
      return .json(
        .array(
          outages.map { number, start, end in
            let (from, to) = (utc(start), utc(end))
            return .object([
              ("number", .integer(number)), ("start", from.map { .string("\($0)") } ?? .null),
              ("end", to.map { .string("\($0)") } ?? .null), ("start_local", local(start)), ("end_local", local(end)),
              ("duration_s", from.flatMap { from in to.map { .integer(($0 - from) / 1000) } } ?? .null),
            ])
          }))
    } catch { throw Refusal(error) }
  }
}
