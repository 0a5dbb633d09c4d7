// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Logging
import MEP
import MEPSimulator
import MEPTransport

struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Is a meter: answers others on a TCP port or on a pseudo-terminal.",
    discussion: """
      A house lives behind it, from a seed. --listen and --pty together may be given
      once for each MEP port that the profile has. Ctrl-C ends it; so does the end of
      its standard input, where that is a pipe.
        mep simulate --profile gen3 --mbk-file mbk --mak-file mak --pty /tmp/meter

      Scenario files. \(Scenario.grammar)
      """)

  @Option(help: ArgumentHelp("The kind of meter: " + Profile.all.map(\.name).joined(separator: ", ") + "."))
  var profile = "gen3"

  @Option(help: ArgumentHelp("The meter's basic key, in a file that only you can read.", valueName: "path"))
  var mbkFile: String

  @Option(help: ArgumentHelp("The meter's advanced key, likewise.", valueName: "path"))
  var makFile: String

  @Option(help: ArgumentHelp("Answer on a TCP port, as a serial bridge would.", valueName: "tcp://host:port"))
  var listen: [String] = []

  @Option(help: ArgumentHelp("Answer on a pseudo-terminal, with a link to it at this path.", valueName: "link"))
  var pty: [String] = []

  @Option(help: "The same seed gives the same house.")
  var seed: UInt64 = 1

  @Option(help: "How many times as fast as ours the meter's time runs.")
  var speed: Double = 1

  @Option(
    help: ArgumentHelp("The meter's time at the start, such as 2026-10-25T00:00Z; else it is now.", valueName: "utc"))
  var start: String?

  @Option(
    help: ArgumentHelp(
      "Lived through from the start before it answers, such as 30d, so that there is a history; without --start it "
        + "ends now.", valueName: "span"))
  var lived: String?

  @Option(help: ArgumentHelp("What the grid does when: a file, see above.", valueName: "path"))
  var scenario: String?

  @Flag(help: "Values stand still; gen3 then shows one reading of a real meter.")
  var frozen = false

  @Option(help: "The line's rate; 0 for no pace at all.")
  var baud = 9600

  @Option(
    help: ArgumentHelp("Which number 0x0C reports: the last one taken or the next to use.", valueName: "last|next"))
  var seqReport = SequenceReport.last

  @Flag(name: .shortAndLong, help: "Tell of every exchange; twice (-vv) with every octet.")
  var verbose: Int

  func validate() throws {
    if listen.isEmpty, pty.isEmpty {
      throw Failure(.wrongUse, "Answer where? Give --listen tcp://127.0.0.1:7000 or --pty PATH.")
    }
    guard baud == 0 || (50...4_000_000).contains(baud) else {
      throw Failure(.wrongUse, "--baud takes 50 to 4000000, or 0.")
    }
    // The house is lived through second by second before a request is answered.
    guard speed > 0, speed <= 1_000_000 else { throw Failure(.wrongUse, "--speed takes more than 0, up to 1000000.") }
    if frozen, speed != 1 { throw Failure(.wrongUse, "--frozen and --speed exclude each other: give one of them.") }
    let kind = try Profile.required(profile)
    guard listen.count + pty.count <= kind.ports else {
      throw Failure(
        .wrongUse,
        "A \(kind.name) has \(kind.ports == 1 ? "one MEP port" : "\(kind.ports) MEP ports"): "
          + "give no more of --listen and --pty together.")
    }
    if let start, Scenario.moment(start) == nil {
      throw Failure(.wrongUse, "--start takes a time in UTC, such as 2026-10-25T00:00Z.")
    }
    if let lived, Scenario.span(lived) == nil {
      throw Failure(.wrongUse, "--lived takes a span, such as 90s, 10m, 2h or 30d.")
    }
    _ = try addresses()
  }

  /// To be read once: it may be a pipe.
  private func plot() throws -> Scenario {
    guard let path = scenario else { return Scenario() }
    guard let text = Files.text(path) else {
      throw Failure(.wrongUse, "The scenario \(path) cannot be read: check its path.")
    }
    do throws(ScenarioError) { return try Scenario(parsing: text) } catch {
      throw Failure(.wrongUse, "\(path): \(error.description)")
    }
  }

  func run() async throws {
    // Looked up before time passes: later a pipe that has ended would pass for one that never was.
    let input = Interrupt.openInput
    let plot = try plot()
    let named = try Profile.required(profile)
    let kind = frozen && named.name == Profile.gen3.name ? .gen3Frozen : named
    let basic = try Key.read(mbkFile)
    let advanced = try Key.read(makFile)
    var log = Logger(label: "mep.simulator")
    log.logLevel = verbose > 1 ? .trace : verbose == 1 ? .debug : .info
    let speed = frozen ? 0 : speed
    let past = lived.flatMap { Scenario.span($0) } ?? 0
    let clock =
      start.flatMap { Scenario.moment($0) }.map { VirtualClock(start: $0.secondsSince2000 + past, speed: speed) }
      ?? VirtualClock.system(speed: speed)
    let meter = try SimulatedMeter(
      kind, seed: seed, scenario: plot, start: clock.now() - past, log: log, clock: { clock.now() })
    await meter.advance()
    let ends = try open()
    defer { for end in ends { end.close() } }
    let (logger, seed, report, baud) = (log, seed, seqReport.value, baud)
    try await Interrupt.goOn(atEndOf: input) {
      try await withThrowingTaskGroup(of: Void.self) { (group: inout ThrowingTaskGroup<Void, any Error>) in
        for (i, end) in ends.enumerated() {
          let port = SimulatedPort(
            i + 1, of: meter, basic: basic, advanced: advanced, seed: seed, report: report, baud: baud, log: logger)
          Exit.complain("\(kind.name), MEP port \(i + 1): --meter '\(end.address)'. Ctrl-C ends it.")
          group.addTask { try await end.serve(port, baud: baud) }
        }
        try await group.waitForAll()
      }
    }
  }

  private enum End: Sendable {
    case listener(TCPListener)
    case terminal(PseudoTerminal, String)

    var address: String {
      switch self {
      case .listener(let listener): "tcp://\(listener.host):\(listener.port)"
      case .terminal(_, let path): "serial:\(path)"
      }
    }

    func serve(_ port: SimulatedPort, baud: Int) async throws(LinkError) {
      switch self {
      case .listener(let listener): try await port.serve(listener)
      case .terminal(let terminal, _): try await port.serve(baud == 0 ? terminal.link : terminal.link(at: baud))
      }
    }

    func close() {
      switch self {
      case .listener(let listener): listener.close()
      case .terminal(let terminal, _): terminal.close()
      }
    }
  }

  private func addresses() throws -> [(host: String, port: Int)] {
    try listen.map { text in
      do throws(MeterAddressError) {
        if case .tcp(let host, let port) = try MeterAddress(text) { return (host, port) }
      } catch  where text.hasPrefix("tcp:") {
        throw Failure(.wrongUse, error.description)
      } catch {}
      throw Failure(.wrongUse, "--listen takes a TCP address, such as tcp://127.0.0.1:7000, not \"\(text)\".")
    }
  }

  private func open() throws -> [End] {
    let addresses = try addresses()
    do throws(LinkError) {
      var ends: [End] = []
      for (host, port) in addresses { ends.append(.listener(try TCPListener(host: host, port: port))) }
      for path in pty { ends.append(.terminal(try PseudoTerminal(symlink: path), path)) }
      return ends
    } catch {
      throw Failure(.other, error.description)
    }
  }
}

enum SequenceReport: String, ExpressibleByArgument {
  case last, next

  var value: ServerConnection.SequenceReport { self == .last ? .last : .next }
}
