// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient

/// What is known now.
extension Endpoint {
  static let health = Endpoint(
    path: "/health", summary: "Whether all is well: 200 while it is, 503 and what is wrong while it is not.",
    content: .json(
      .object([
        .init("meters", .map(.object([.init("online", .nullable(.flag)), .init("problem", .nullable(.text))])))
      ]))
  ) { call throws(Refusal) in
    let (values, now) = (await call.gateway.values, call.gateway.clock.now())
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
        )
      ]))
  }

  static let meters = Endpoint(
    path: "/api/v1/meters", summary: "The meters that this gateway reads.", content: .json(.array(LiveValues.schema))
  ) { call throws(Refusal) in
    .json(.array(await call.gateway.values.sorted { $0.key < $1.key }.map { $1.about($0) }))
  }

  static let meter = Endpoint(
    path: "/api/v1/meters/{meter}", summary: "What a meter is, and how it gets on.", content: .json(LiveValues.schema)
  ) { call throws(Refusal) in
    let (name, _, live) = try await call.meter()
    return .json(live.about(name))
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

extension LiveValues {
  /// Nil where all is well.
  func ailment(at now: Timestamp) -> String? {
    if let words = problem ?? keeping.words { return words }
    guard isPresent == true else { return "It has not answered yet." }
    let isOld = values.keys.contains { isStale($0, at: now) }
    return isOld ? "What it measures now has not been read for a while." : nil
  }

  fileprivate static let schema = Schema.object([
    .init("name", .text), .init("online", .nullable(.flag)), .init("manufacturer", .nullable(.text)),
    .init("model", .nullable(.text)), .init("firmware", .nullable(.text)), .init("serial_number", .nullable(.text)),
    .init("problem", .nullable(.text)), .init("store_problem", .nullable(.text)),
    .init("last_reading_at", .nullable(.time)), .init("clock_ahead_s", .nullable(.number)),
    .init("held_readings", .integer), .init("last_held", .nullable(.text)), .init("lost_readings", .integer),
  ])

  fileprivate func about(_ name: String) -> JSON {
    func text(_ value: (some CustomStringConvertible)?) -> JSON { value.map { .string("\($0)") } ?? .null }
    return .object([
      ("name", .string(name)), ("online", isPresent.map { .bool($0) } ?? .null),
      ("manufacturer", text(identity?.manufacturer)), ("model", text(identity?.model)),
      ("firmware", text(identity?.firmware)),
      ("serial_number", text(identity?.utilitySerialNumber ?? identity?.serialNumber)), ("problem", text(problem)),
      ("store_problem", text(keeping.words)), ("last_reading_at", text(values.values.map(\.time).max())),
      ("clock_ahead_s", clockAhead.map { .number("\(Decimal($0, exponent: -3))") } ?? .null),
      ("held_readings", .integer(Int64(held))), ("last_held", text(lastHeld)),
      ("lost_readings", .integer(Int64(keeping.lost))),
    ])
  }
}
