// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEP
import MEPClient
import MEPTransport
import OSGPTables

struct DeviceServe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Answers what the grid asks of the device at this port, until Ctrl-C.",
    discussion: """
      Posts what --data-file holds at that moment, or what --command writes to its
      standard output. Nothing else is ever posted, and each post is shown. The
      command finds in its environment MEP_WORK (scheduled_read or
      on_demand_request), and MEP_REQUEST and MEP_TRANSACTION of a request; what the
      grid sends is its input. When it fails, nothing is posted.

      What a post (EP39) looks like is not public. --unproven sends this program's
      guess, which no meter has proven.
        mep device serve --unproven --data-file reading.bin
      """)

  @Flag(help: "Post by a guess of what EP39 looks like.")
  var unproven = false

  @Option(help: ArgumentHelp("Post the octets of this file.", valueName: "path"))
  var dataFile: String?

  @Option(help: ArgumentHelp("Post what this line of shell writes.", valueName: "line"))
  var command: String?

  @Flag(help: "The data have the device's alarms with them.")
  var withAlarms = false

  @Flag(help: "Clear M-Bus alerts when they have been shown.")
  var clearMbus = false

  @Flag(help: "Clear delta data alerts when they have been shown.")
  var clearDelta = false

  @Flag(help: "JSON: one object a line.")
  var json = false

  @OptionGroup var options: WriteOptions

  func validate() throws {
    guard (dataFile == nil) != (command == nil) else {
      throw Failure(.wrongUse, "Post what? Give either --data-file or --command.")
    }
  }

  func run() async throws {
    var clearing: MEPAlerts = []
    if clearMbus { clearing.insert(.mbusChange) }
    if clearDelta { clearing.insert(.deltaData) }
    let (command, alerts) = (self, clearing)
    try await KeepOn.run(from: (), until: Self.isFinal) { _, attempts in
      try await command.options.withMeter { meter in
        let device = try await MEPDevice(meter)
        attempts.note()
        try await device.serve(
          MEPDevice.Service(
            unproven: command.unproven, clearing: alerts, tell: { command.show($0) },
            answer: { work in
              attempts.note()
              let data = await command.data(for: work)
              return data.map { MEPDevice.Answer.data($0, withAlarms: command.withAlarms) }
            }))
      }
    }
  }

  /// What another try would find again.
  private static func isFinal(_ error: MeterError) -> Bool {
    switch error {
    case .device, .unproven: true
    default: false
    }
  }

  private func data(for work: MEPDevice.Work) async -> [UInt8]? {
    if let path = dataFile {
      guard let octets = Files.octets(path) else {
        Exit.complain("\(path) cannot be read: check its path.")
        return nil
      }
      return octets
    }
    guard let command else { return nil }
    let output = await ShellCommand(line: command).output(environment: work.environment, input: work.octets)
    if output == nil, !Task.isCancelled { Exit.complain("the command failed.") }
    return output
  }

  private func show(_ event: MEPDevice.Event) {
    if json {
      Output.line(JSON.object([("at", .string(Clock.now())), ("event", .string(event.name))] + event.members))
    } else {
      Output.line("\(Clock.timeOfDay())  \(event.words)")
    }
  }
}

extension MEPDevice.Work {
  /// Published names.
  fileprivate var name: String {
    switch self {
    case .scheduledRead: "scheduled_read"
    case .request: "on_demand_request"
    }
  }

  fileprivate var octets: [UInt8] {
    switch self {
    case .scheduledRead(let downlink): downlink
    case .request(let request): request.octets
    }
  }

  fileprivate var environment: [(String, String)] {
    guard case .request(let request) = self else { return [("MEP_WORK", name)] }
    return [
      ("MEP_WORK", name), ("MEP_REQUEST", request.kind.words.slug), ("MEP_TRANSACTION", "\(request.transaction)"),
    ]
  }

  fileprivate var words: String {
    guard case .request(let request) = self else { return "the scheduled read" }
    return "\(request.kind.words), transaction \(request.transaction)"
  }

  fileprivate var members: [(String, JSON)] {
    guard case .request(let request) = self else { return [("work", .string(name))] }
    return [
      ("work", .string(name)), ("request", .string(request.kind.words.description)),
      ("transaction", .integer(Int64(request.transaction))),
    ]
  }
}

extension MEPDevice.Event {
  /// A published name.
  fileprivate var name: String {
    switch self {
    case .posted: "posted"
    case .notPosted: "not_posted"
    case .waiting: "waiting"
    case .alert: "alert"
    case .cleared: "cleared"
    case .deltaAlertsTaken: "delta_alerts_taken"
    }
  }

  fileprivate var members: [(String, JSON)] {
    switch self {
    case .posted(let post, let work): work.members + [("ep39", .string(Hex.text(post.octets)))]
    case .notPosted(let work, let reason): work.members + [("reason", .string(reason.name))]
    case .waiting(let request): [("transaction", .integer(Int64(request.transaction)))]
    case .alert(let alert): [("reason", .string(alert.reason))] + alert.members
    case .cleared(let alerts): [("alerts", .array(alerts.names.map { .string($0) }))]
    case .deltaAlertsTaken(let others): [("sources", .array(others.map { .integer(Int64($0.source)) }))]
    }
  }

  fileprivate var words: String {
    switch self {
    case .posted(let post, let work):
      "posted to \(work.words): \(post.octets.count) octets by EP39\n          \(Hex.text(post.octets))"
    case .notPosted(let work, let reason): "nothing posted to \(work.words): \(reason.words)"
    case .waiting(let request):
      "waits: another device's request is in front (\(request.kind.words), transaction \(request.transaction))"
    case .alert(let alert): alert.words
    case .cleared(let alerts): "cleared: " + alerts.reasons.map(\.why.description).joined(separator: ", ")
    case .deltaAlertsTaken(let others): MEPDevice.Problem.deltaAlertsTaken(others).description
    }
  }
}

extension MEPDevice.Reason {
  /// A published name.
  fileprivate var name: String {
    switch self {
    case .noAnswer: "no_answer"
    case .late: "late"
    case .tooLong: "too_long"
    case .refused: "refused"
    }
  }

  fileprivate var words: String {
    switch self {
    case .noAnswer: "there are no data"
    case .late: "the data came too late"
    case .tooLong(let octets, let limit): "\(octets) octets are longer than the meter takes (\(limit))"
    case .refused(let answer):
      "the meter did not take it, result \(answer.result), \"\(Procedure.ep39.words(for: answer.result))\""
    }
  }
}
