// SPDX-License-Identifier: Apache-2.0
import MEPClient

/// What was kept.
extension Endpoint {
  static let period = [
    Parameter("from", "From when on; without a zone, by the house's clock.", .time),
    Parameter("to", "Until when; else now.", .time),
  ]
  private static let range = period + [Parameter("series", "Only these.", .names)]

  static let history = Endpoint(
    path: "/api/v1/meters/{meter}/history",
    summary:
      "What was used, and between what values moved, step by step. Steps of which nothing is known are left out.",
    parameters: [
      Parameter("by", "The step: hour where it is not said.", .choice(Step.allCases.map(\.rawValue)))
    ] + range,
    content: .json(
      .object([
        .init("meter", .text), .init("by", .choice(Step.allCases.map(\.rawValue))), .init("time_zone", .text),
        .init(
          "spans",
          .array(
            .object(
              [
                .init("start", .time), .init("end", .time), .init("whole", .flag, isRequired: false),
                .init("origins", .array(.choice(Origin.allCases.map(\.name)))),
              ], others: .number))),
      ]))
  ) { call throws(Refusal) in
    let (name, id, _) = try await call.meter()
    let (step, zone): (Step, _) = (call.choice("by") ?? .hour, call.gateway.zone)
    let range = try call.range(step.shown)
    guard (range.upperBound - range.lowerBound) / step.shortest <= greatest else {
      throw Refusal(.badRequest, "These are more than \(greatest) steps: ask for fewer, or for coarser ones.")
    }
    do throws(StoreError) {
      let spans = try await call.gateway.store.history(
        of: id, range, series: call.names("series"), by: step, in: zone)
      return .json(
        .object([
          ("meter", .string(name)), ("by", .string(step.rawValue)), ("time_zone", .string(zone.identifier)),
          ("spans", .array(spans.map { .object($0.fields) })),
        ]))
    } catch { throw Refusal(error) }
  }

  static let readings = Endpoint(
    path: "/api/v1/meters/{meter}/readings",
    summary: "Readings as they were, while they are kept; the oldest where there are too many.",
    parameters: range + [Parameter("limit", "At most so many: 1000 where it is not said.", .count(1...greatest))],
    content: .json(
      .object([
        .init("meter", .text),
        .init(
          "readings",
          .array(
            .object(
              [.init("measured_at", .time), .init("origin", .choice(Origin.allCases.map(\.name)))], others: .number))),
        .init("more", .flag),
      ]))
  ) { call throws(Refusal) in
    let (name, id, _) = try await call.meter()
    let (range, limit) = (try call.range(600_000), call.count("limit") ?? 1000)
    do throws(StoreError) {
      let found = try await call.gateway.store.readings(
        of: id, range, series: call.names("series"), limit: limit + 1)
      return .json(
        .object([
          ("meter", .string(name)), ("readings", .array(found.prefix(limit).map { .object($0.fields) })),
          ("more", .bool(found.count > limit)),
        ]))
    } catch { throw Refusal(error) }
  }

  static let export = Endpoint(
    path: "/api/v1/meters/{meter}/export",
    summary: "All that was kept, as a file of any length: CSV, or a JSON object a line.",
    parameters: [
      Parameter(
        "by", "The step, or every reading; hour where it is not said.", .choice(Export.Detail.allCases.map(\.rawValue))),
      Parameter("format", "csv where it is not said.", .choice(Export.Format.allCases.map(\.rawValue))),
    ] + range, content: .text(Export.Format.allCases.map(\.mediaType))
  ) { call throws(Refusal) in
    let (_, id, _) = try await call.meter()
    let format: Export.Format = call.choice("format") ?? .csv
    let gateway = call.gateway
    do throws(StoreError) {
      let export = try await Export(
        gateway.store, id, from: call.time("from"), to: call.time("to"), series: call.names("series"),
        by: call.choice("by") ?? .hour, format, in: gateway.zone)
      return .stream(type: format.mediaType) { [export] write in
        var export = export
        while let text = try await export.lines() { try await write(text) }
      }
    } catch { throw Refusal(error) }
  }

  /// Steps, or readings, in one answer.
  private static let greatest = 20_000
}

extension Call {
  /// From when until when: a span before its end where the beginning is not said.
  func range(_ span: Int64) throws(Refusal) -> Range<Timestamp> {
    let to = time("to") ?? gateway.clock.now()
    let from = time("from") ?? to + -span
    guard from < to else { throw Refusal(.badRequest, "from (\(from)) is not before to (\(to)).") }
    return from..<to
  }
}

extension Step {
  /// Milliseconds of the shortest that there is.
  fileprivate var shortest: Int64 {
    switch self {
    case .minute: 60_000
    case .quarter: 900_000
    case .hour: 3_600_000
    case .day: 82_800_000
    case .month: 28 * 86_400_000 - 3_600_000
    case .year: 365 * 86_400_000 - 3_600_000
    }
  }

  /// Milliseconds that are shown where nobody says from when on.
  fileprivate var shown: Int64 {
    switch self {
    case .minute: 3 * 3_600_000
    case .quarter, .hour: 86_400_000
    case .day: 31 * 86_400_000
    case .month: 366 * 86_400_000
    case .year: 3660 * 86_400_000
    }
  }
}
