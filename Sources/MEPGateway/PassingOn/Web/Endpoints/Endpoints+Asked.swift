// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

/// How the meter is set up, asked while somebody waits for it.
extension Endpoint {
  static let calendar = Endpoint(
    path: "/api/v1/meters/{meter}/calendar",
    summary:
      "Which tier holds when, read from the meter now: seasons, days, dates, summer time, relays; by its local clock.",
    content: .json(
      .object([
        .init("clock_local", .text), .init("daylight_saving", .flag), .init("season", .integer),
        .init("special_schedule", .nullable(.integer)), .init("tier", .integer), .init("tier_drive", .text),
        .init("next_change_local", .nullable(.text)), .init("next_tier", .nullable(.integer)),
        .init("override_tier", .nullable(.integer)), .init("override", .nullable(.text)), .init("zone_s", .integer),
        .init("daylight_saving_s", .integer), .init("daylight_saving_begins_local", .nullable(.text)),
        .init("daylight_saving_ends_local", .nullable(.text)), .init("calendar_id", .integer),
        // Each day by its name: "monday", "special_0".
        .init("seasons", .array(.object([.init("season", .integer)], others: switches("tier", .integer)))),
        .init(
          "dates",
          .array(
            .object([.init("next", .nullable(.text)), .init("rule", .text), .init("effects", .array(.text))]))),
        .init(
          "relays",
          .array(
            .object([
              .init("relay", .integer), .init("schedule", .integer),
              .init("switches", switches("state", .choice(["open", "closed"]))),
            ]))),
        .init("relay_status", .array(.text)), .init("read_at", .time),
      ]))
  ) { call throws(Refusal) in
    let (calendar, relays) = try await call.ask { meter throws(MeterError) in
      (try await meter.readCalendar(), try await meter.readRelays())
    }
    return .json(.object(calendar.published + relays.published + [call.readAt]))
  }

  private static func switches(_ name: String, _ state: Schema) -> Schema {
    .array(.object([.init("time", .text), .init(name, state)]))
  }

  static let profile = Endpoint(
    path: "/api/v1/meters/{meter}/profile",
    summary:
      "How the load profile is set up, read from the meter now: what it records, how many intervals there is room for, and "
      + "from when to when there are some.",
    content: .json(
      .object([
        .init("set", .integer), .init("interval_s", .integer), .init("capacity", .integer),
        .init("from", .nullable(.time)), .init("to", .nullable(.time)),
        .init("channels", .array(.object([.init("name", .text), .init("unit", .nullable(.text))]))),
        .init("read_at", .time),
      ]))
  ) { call throws(Refusal) in
    let setup = try await call.ask { meter throws(MeterError) in try await meter.readLoadProfileSetup() }
    guard setup.profile.blocks > 0 else {
      throw Refusal(.notFound, "The meter records no load profile: its data set 1 is not in use.")
    }
    return .json(.object(setup.published { Timestamp(utc: $0).description } + [call.readAt]))
  }

  static let devices = Endpoint(
    path: "/api/v1/meters/{meter}/devices",
    summary:
      "What is behind the meter, such as water and heat meters, and what it was last read: a row a value. The meter is asked "
      + "now, the devices are not; their times are by the meter's local clock.",
    content: .json(
      .array(
        .object([
          .init("slot", .integer), .init("handle", .integer), .init("kind", .text), .init("state", .text),
          .init("medium", .nullable(.text)), .init("identification", .nullable(.text)),
          .init("manufacturer", .nullable(.text)), .init("customer", .nullable(.text)),
          .init("alarms", .nullable(.array(.text))), .init("read_local", .nullable(.text)),
          .init("untrusted", .nullable(.text)), .init("quantity", .nullable(.text)), .init("value", .any),
          .init("unit", .nullable(.text)), .init("function", .nullable(.text)), .init("storage", .nullable(.integer)),
          .init("tariff", .nullable(.integer)), .init("subunit", .nullable(.integer)),
          .init("error", .nullable(.text)), .init("read_at", .time),
        ])))
  ) { call throws(Refusal) in
    let devices = try await call.ask { meter throws(MeterError) in try await meter.readDevices() }
    let readAt = call.readAt
    return .json(.array(devices.published.map { .object($0 + [readAt]) }))
  }

  static let display = Endpoint(
    path: "/api/v1/meters/{meter}/display",
    summary:
      "What the meter's display goes through, read from the meter now: the numbers of its sources, which the guide does not "
      + "explain, and the message; and after how many digits of Wh a register begins anew.",
    content: .json(
      .object([
        .init("register_digits", .nullable(.integer)), .init("source_s", .nullable(.integer)),
        .init("sources", .array(.integer)),
        .init(
          "message",
          .nullable(
            .object([
              .init("id", .text), .init("text", .text), .init("start", .nullable(.time)),
              .init("end", .nullable(.time)), .init("state", .choice(ScheduledMessage.State.allCases.map(\.rawValue))),
              .init("can_be_overridden", .flag),
            ]))), .init("read_at", .time),
      ]))
  ) { call throws(Refusal) in
    let display = try await call.ask { meter throws(MeterError) in try await meter.readDisplay() }
    let members = display.published(otherwise: call.gateway.clock.now().utc) { Timestamp(utc: $0).description }
    return .json(.object(members + [call.readAt]))
  }
}

extension Call {
  /// Asks the meter between its readings, which nobody can keep it from.
  func ask<T: Sendable>(
    _ body: @Sendable (Meter) async throws(MeterError) -> T
  ) async throws(Refusal) -> T {
    let (name, _, _) = try await meter()
    let found: T?
    do throws(MeterError) { found = try await gateway.ask(name, body) } catch { throw Refusal(error) }
    guard let found else {
      throw Refusal(.unavailable, "\(name) is being asked already: ask again in a moment.", retryAfter: 5)
    }
    return found
  }

  var readAt: (String, JSON) { ("read_at", .string("\(gateway.clock.now())")) }
}

extension Refusal {
  fileprivate init(_ error: MeterError) {
    switch error {
    case .link: self.init(.unavailable, error.description)
    case .refused, .layout(.absent), .loadProfile(.absent): self.init(.notFound, error.description)
    default: self.init(.badGateway, error.description)
    }
  }
}
