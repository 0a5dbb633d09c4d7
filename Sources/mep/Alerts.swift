// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables

struct Alerts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells why the meter alerts the client at this port.",
    discussion: """
      A scheduled read that is due, an on-demand request, a change at the M-Bus, or
      of a source that the meter watches (ET71). Nothing is answered or cleared.
      --follow tells what stands now, then what is new, until Ctrl-C:
        mep alerts --follow --json
      The meter signals alerts to a client that is registered only (ET50). For others
      their flags in ET13 are read every --interval seconds.
      """)

  @Flag(help: "Wait for alerts, and tell each as it comes.")
  var follow = false

  @Option(help: ArgumentHelp("With --follow: look without a signal every so often.", valueName: "seconds"))
  var interval: Double = 30

  @Flag(help: "JSON: one object a line.")
  var json = false

  @OptionGroup var options: MeterOptions

  func validate() throws {
    guard interval >= 1, interval <= 86_400 else {
      throw Failure(.wrongUse, "--interval takes 1 to 86400 seconds.")
    }
  }

  func run() async throws {
    guard follow else {
      let alerts = try await options.withMeter { try await $0.readAlerts() }
      if alerts.isEmpty, !json { Output.line("No reason for an alert stands.") }
      for alert in alerts { show(alert) }
      return
    }
    let (command, interval) = (self, Instant.Span.milliseconds(Int64(interval * 1000)))
    // What was told stays told when the link is opened again.
    try await KeepOn.run(from: MeterAlerts.Iterator?.none) { told, attempts in
      try await command.options.withMeter { meter in
        if attempts.hasBegun { _ = try await meter.port() } else { try await command.tellWhetherSignalled(meter) }
        // The meter has answered.
        attempts.note()
        var alerts = told ?? meter.alerts(every: interval).makeAsyncIterator()
        defer { told = alerts }
        alerts.goOn(with: meter)
        while let alert = try await alerts.next() { command.show(alert) }
      }
    }
  }

  private func tellWhetherSignalled(_ meter: Meter) async throws(MeterError) {
    let path = "mep_inbound_configuration[\(try await meter.port() - 1)].mep_device_registered"
    let registered = try await meter.read(.et50, paths: [path])
    guard registered.places.first?.integer(in: registered.octets) == 0 else { return }
    Exit.complain("no client is registered at this port (ET50), so no signals come: looking now and then instead.")
  }

  private func show(_ alert: MeterAlert) {
    if json {
      let members = [("at", JSON.string(Clock.now())), ("reason", .string(alert.reason))] + alert.members
      Output.line(JSON.object(members))
    } else {
      Output.line("\(Clock.timeOfDay())  \(alert.words)")
    }
  }
}

extension MeterAlert {
  private var flag: MEPAlerts {
    switch self {
    case .scheduledRead: .scheduledRead
    case .onDemandRequest: .onDemandRequest
    case .mbusChange: .mbusChange
    case .deltaData: .deltaData
    }
  }

  /// A published name.
  var reason: String { flag.names[0] }

  var members: [(String, JSON)] {
    switch self {
    case .scheduledRead(let downlink): [("downlink", .string(Hex.text(downlink)))]
    case .onDemandRequest(let request):
      [
        ("transaction", .integer(Int64(request.transaction))), ("request", .string(request.kind.words.description)),
        ("data", .string(Hex.text(request.octets))),
      ]
    case .mbusChange(let status): [("control_status", .array(status.map { .integer(Int64($0)) }))]
    case .deltaData(let alerts): [("sources", .array(alerts.map(\.json)))]
    }
  }

  /// The reason and what ends it, then what it is about.
  var words: String {
    let (why, remedy) = flag.reasons[0]
    let what =
      switch self {
      case .scheduledRead(let downlink) where downlink.contains { $0 != 0 }: ["downlink data " + Hex.text(downlink)]
      case .scheduledRead: [] as [String]
      case .onDemandRequest(let request):
        [
          "transaction \(request.transaction), \(request.kind.words)"
            + (request.octets.isEmpty ? "" : " " + Hex.text(request.octets))
        ]
      case .mbusChange(let status): ["control status by slot " + status.map { "\($0)" }.joined(separator: " ")]
      case .deltaData(let alerts):
        alerts.map(\.words)
      }
    return (["\(why): \(remedy)"] + what).joined(separator: "\n          ")
  }
}

extension OnDemandRequests.Request {
  /// What the request carries.
  var octets: [UInt8] {
    switch content {
    case .none: []
    case .data(let data), .codePacket(_, let data), .multicast(_, _, let data): data
    }
  }
}

extension DeltaDataAlert {
  /// Sources that clients post, and others beyond the list under BT22, have a number only.
  private var known: Source { RegisterSource.numbered(UInt8(exactly: source) ?? .max) }
  private var name: String {
    let name = known.name.description
    return name.isEmpty ? "Source \(source)" : name
  }

  private func scaled(_ number: Int64) -> Decimal { known.quantity.value(of: number) }

  fileprivate var words: String {
    let unit = known.quantity.unit.symbol.description
    return "\(name): \(scaled(Int64(sample))) \(unit), told at \(scaled(Int64(comparison ?? 0))) \(unit)"
  }

  fileprivate var json: JSON {
    let unit = known.quantity.unit.symbol.description
    func number(_ value: Int64) -> JSON { .number(scaled(value).description) }
    return .object([
      ("source", .integer(Int64(source))), ("name", .string(name.slug)), ("value", number(Int64(sample))),
      ("comparison", number(Int64(comparison ?? 0))), ("delta", number(Int64(delta))), ("invalid", .bool(isInvalid)),
      ("unit", unit.isEmpty ? .null : .string(unit)),
    ])
  }
}
