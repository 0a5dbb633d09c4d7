// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient

/// What is known now.
extension Endpoint {
  static let health = Endpoint(
    path: "/health",
    summary: """
      Whether all is well with the meters and the store: 200 while it is, 503 and what is wrong while it is not. Who is \
      passed on to may be away: that waits, and is told of.
      """,
    content: .json(
      .object([
        .init("meters", .map(.object([.init("online", .nullable(.flag)), .init("problem", .nullable(.text))]))),
        .init(
          "passing_on",
          .map(
            .object([
              .init("problem", .nullable(.text)), .init("waiting_since", .nullable(.time)),
              .init("last_success_at", .nullable(.time)),
            ]))),
      ]))
  ) { call throws(Refusal) in
    let (values, sinks, now) = (await call.gateway.values, await call.gateway.sinks, call.gateway.clock.now())
    let problems = values.sorted { $0.key < $1.key }.compactMap { name, live in
      live.ailment(at: now).map { "\(name): \($0)" }
    }
    guard problems.isEmpty else { throw Refusal(.unavailable, problems.joined(separator: " ")) }
    return .json(
      .object([
        (
          "meters",
          .object(
            values.sorted { $0.key < $1.key }.map { name, live in
              (name, .object([("online", live.isPresent.map { .bool($0) } ?? .null), ("problem", .null)]))
            })
        ), ("passing_on", .object(sinks.sorted { $0.key < $1.key }.map { ($0, $1.published) })),
      ]))
  }

  static let meters = Endpoint(
    path: "/api/v1/meters", summary: "The meters that this gateway reads.", content: .json(.array(LiveValues.schema))
  ) { call throws(Refusal) in
    let zone = call.gateway.zone.identifier
    return .json(.array(await call.gateway.values.sorted { $0.key < $1.key }.map { $1.about($0, in: zone) }))
  }

  static let meter = Endpoint(
    path: "/api/v1/meters/{meter}", summary: "What a meter is, and how it gets on.", content: .json(LiveValues.schema)
  ) { call throws(Refusal) in
    let (name, _, live) = try await call.meter()
    return .json(live.about(name, in: call.gateway.zone.identifier))
  }

  static let values = Endpoint(
    path: "/api/v1/meters/{meter}/values",
    summary:
      "What was measured last: each value with when, from where, and whether it is too old to be called present.",
    parameters: [Parameter("series", "Only these.", .names)],
    content: .json(
      .map(
        .object([
          .init("value", .number), .init("measured_at", .time), .init("origin", .choice(Origin.allCases.map(\.name))),
          .init("stale", .flag),
        ])))
  ) { call throws(Refusal) in
    let (_, _, live) = try await call.meter()
    let (names, now) = (call.names("series"), call.gateway.clock.now())
    return .json(
      .object(
        live.values.filter { names?.contains($0.key.name) != false }.sorted { $0.key.name < $1.key.name }.map {
          series, value in
          (
            series.name,
            .object([
              ("value", .number("\(series.decimal(value.number))")), ("measured_at", .string("\(value.time)")),
              ("origin", .string(value.origin.name)), ("stale", .bool(live.isStale(series, at: now))),
            ])
          )
        }))
  }
}

extension Endpoint {
  static let registers = Endpoint(
    path: "/api/v1/meters/{meter}/registers",
    summary: "What the meter's registers held last: of all tiers together (no tier), and of each.",
    content: .json(
      .array(
        .object([
          .init("series", .text), .init("tier", .nullable(.integer)), .init("value", .number),
          .init("measured_at", .time), .init("origin", .choice(Origin.allCases.map(\.name))),
        ])))
  ) { call throws(Refusal) in
    let values = try await call.meter().live.values.filter { !$0.key.isLive }
    return .json(
      .array(
        values.sorted { $0.key.name < $1.key.name }.map { series, value in
          .object([
            ("series", .string(series.name)), ("tier", series.tier.map { .integer(Int64($0)) } ?? .null),
            ("value", .number("\(series.decimal(value.number))")), ("measured_at", .string("\(value.time)")),
            ("origin", .string(value.origin.name)),
          ])
        }))
  }
}

extension SinkStatus {
  fileprivate var published: JSON {
    func time(_ time: Timestamp?) -> JSON { time.map { .string("\($0)") } ?? .null }
    return .object([
      ("problem", problem.map { .string($0) } ?? .null), ("waiting_since", time(waitingSince)),
      ("last_success_at", time(lastSuccess)),
    ])
  }
}

extension LiveValues {
  /// Nil where all is well.
  func ailment(at now: Timestamp) -> String? {
    if let words = problem ?? keeping.words { return words }
    guard isPresent == true else { return "It has not answered yet." }
    // A series may have ended: the newest of them tells.
    guard schedule.intervals[.present] != nil,
      let newest = values.filter({ $0.key.isLive }).max(by: { $0.value.time < $1.value.time })
    else { return nil }
    return isStale(newest.key, at: now) ? "What it measures now has not been read for a while." : nil
  }

  fileprivate static let schema = Schema.object([
    .init("name", .text), .init("online", .nullable(.flag)), .init("manufacturer", .nullable(.text)),
    .init("model", .nullable(.text)), .init("firmware", .nullable(.text)), .init("serial_number", .nullable(.text)),
    .init("problem", .nullable(.text)), .init("not_read", .map(.text)), .init("store_problem", .nullable(.text)),
    .init("last_reading_at", .nullable(.time)), .init("clock_ahead_s", .nullable(.number)),
    .init("held_readings", .integer), .init("last_held", .nullable(.text)), .init("lost_readings", .integer),
    .init("recorded_through", .nullable(.time)), .init("recorded_share", .nullable(.number)),
    .init("generation", .nullable(.integer)), .init("time_zone", .text), .init("supports", .array(.text)),
    .init("security", .nullable(.choice(["digest", "encrypted", "tls"]))),
    .init("access", .nullable(.choice(["MBK", "MAK"]))), .init("requests", .integer), .init("retries", .integer),
    .init("digest_failures", .integer), .init("resynchronizations", .integer),
  ])

  /// What the meter is known to have.
  private var supports: [String] { (identity?.features ?? []).map(\.rawValue) + (line.security == .tls ? ["tls"] : []) }

  fileprivate func about(_ name: String, in zone: String) -> JSON {
    func text(_ value: (some CustomStringConvertible)?) -> JSON { value.map { .string("\($0)") } ?? .null }
    let members: [(String, JSON)] = [
      ("name", .string(name)), ("online", isPresent.map { .bool($0) } ?? .null),
      ("manufacturer", text(identity?.manufacturer)), ("model", text(identity?.model)),
      ("firmware", text(identity?.firmware)),
      ("serial_number", text(identity?.utilitySerialNumber ?? identity?.serialNumber)), ("problem", text(problem)),
      ("not_read", .object(failures.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.rawValue, .string($1)) })),
      ("store_problem", text(keeping.words)), ("last_reading_at", text(values.values.map(\.time).max())),
      ("clock_ahead_s", clockAhead.map { .number("\(Decimal($0, exponent: -3))") } ?? .null),
      ("held_readings", .integer(Int64(held))), ("last_held", text(lastHeld)),
      ("lost_readings", .integer(Int64(keeping.lost))), ("recorded_through", text(recorded?.through)),
      ("recorded_share", recorded.map { .number("\(Decimal(Int64($0.share * 1000), exponent: -3))") } ?? .null),
    ]
    let facts: [(String, JSON)] = [
      ("generation", identity?.generation.map { .integer(Int64($0)) } ?? .null), ("time_zone", .string(zone)),
      ("supports", .array(supports.map { .string($0) })),
    ]
    return .object(members + facts + line.published)
  }
}

extension LineState {
  fileprivate var published: [(String, JSON)] {
    [
      ("security", security.map { .string($0.rawValue) } ?? .null),
      ("access", access.map { .string($0.keyName) } ?? .null), ("requests", .integer(Int64(requests))),
      ("retries", .integer(Int64(retries))), ("digest_failures", .integer(Int64(digestFailures))),
      ("resynchronizations", .integer(Int64(resynchronizations))),
    ]
  }
}
