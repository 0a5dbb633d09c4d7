// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Glibc
import Logging
import MEPClient
import MEPGateway
import MEPTransport
import Synchronization

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The gateway: reads meters for years, keeps what they measure, and passes it on.",
    discussion: """
      It reads what its configuration file names; `mep config check` looks through
      that first, and a SIGHUP has it read again. While it names no meter, the log
      tells the address of a page that finds out what is missing, and names one.
      Without a file, one meter is read:
        mep serve --meter sim:gen3
      Ctrl-C, or a service manager, ends it when what it has read is on the disk.
      Meanwhile the other commands ask its meters by --meter gateway:
      """)

  @Option(
    help: ArgumentHelp(
      "With --meter: the port at which it answers over HTTP on this computer, instead of 8337; 0 for any that is free, "
        + "off for none.", valueName: "port"))
  var web: String?

  @OptionGroup var file: ConfigurationFile
  @OptionGroup var options: MeterOptions

  func run() async throws {
    let log = options.log(otherwise: .info)
    let setUp = try options.meter == nil && web == nil ? file.setUp() : nil
    let first = try setUp == nil ? plan() : nil
    let hangUps = HangUps()
    let note: @Sendable () -> Void = { hangUps.note() }
    try await Interrupt.goOn(hangUp: note) {
      try await withTaskCancellationHandler {
        var plan = first
        if let setUp { plan = try await setUp.run(log) { await changed(hangUps, log) } }
        if let plan { try await go(on: plan, hangUps, log) }
      } onCancel: {
        ServiceManager.isEnding()
      }
    }
  }

  private func go(on first: Plan, _ hangUps: HangUps, _ log: Logger) async throws {
    var (present, former): (Plan, Plan?) = (first, nil)
    while true {
      let begun = ContinuousClock.now
      do {
        let next = try await Service(plan: present, log: log).run { await changed(hangUps, log) }
        guard let next else { return }
        (present, former) = (next, present)
      } catch {
        // A port that is taken, say, is only found when it is begun with.
        guard let before = former, .now - begun < .seconds(10) else { throw error }
        log.error("the configuration is as it was before: \(error)")
        (present, former) = (before, nil)
      }
    }
  }

  /// What is to be done, once somebody has changed it and said so; what is wrong changes nothing.
  private func changed(_ hangUps: HangUps, _ log: Logger) async -> Plan? {
    for await _ in hangUps.next() {
      hangUps.taken()
      do {
        let plan = try plan()
        log.notice("the configuration was read again")
        return plan
      } catch { log.error("the configuration is as it was before: \(error)") }
    }
    return nil
  }

  private func plan() throws -> Plan {
    guard options.meter == nil else { return try Plan(of: try options.source(), web: web) }
    if web != nil { throw Failure(.wrongUse, "--web goes with --meter: a configuration file says it under web:.") }
    return try Plan(try file.read())
  }
}

/// Each SIGHUP, for whoever waits for it, or does so next: a stream ends for good with the task that hears it.
private final class HangUps: Sendable {
  private let state = Mutex<(isNoted: Bool, waiting: AsyncStream<Void>.Continuation?)>((false, nil))

  func note() {
    state.withLock {
      $0.isNoted = true
      $0.waiting?.yield()
    }
  }

  /// What it was sent for is about to be done.
  func taken() { state.withLock { $0.isNoted = false } }

  /// One that nobody has taken, and those from now on.
  func next() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    state.withLock {
      $0.waiting = continuation
      if $0.isNoted { continuation.yield() }
    }
    return stream
  }
}

/// What a gateway is to do.
struct Plan: Sendable {
  var configuration: Configuration
  let sources: [Gateway.Source]
  /// Whether nothing of it is to stay.
  var isPassing = false

  init(_ configuration: Configuration) throws {
    self.configuration = configuration
    var flaws: [ConfigurationFlaw] = []
    /// What a text of the configuration leads to.
    func found<T>(by text: String, _ find: () throws -> T) -> T? {
      do { return try find() } catch {
        flaws.append(configuration.flaw("\(error)", of: text))
        return nil
      }
    }
    sources = configuration.meters.compactMap { house in
      guard found(by: house.address.description, { try house.address.profile() }) != nil,
        let source = found(by: house.keyFile ?? house.name, { try MeterSource(house) })
      else { return nil }
      return Gateway.Source(house.name, schedule: house.schedule, history: house.history, source)
    }
    let broker = configuration.mqtt?.broker
    let engines = configuration.engines.flatMap { [$0.access.file, $0.certificates] }
    for case let path? in [broker?.passwordFile, broker?.certificates] + engines {
      _ = found(by: path) {
        if Files.text(path) == nil {
          throw Failure(.wrongUse, "\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
      }
    }
    if let path = configuration.web?.passwordFile { _ = found(by: path) { try PasswordFile(path) } }
    if !flaws.isEmpty { throw Failure(.wrongUse, ConfigurationFlaws(flaws).description) }
  }

  /// To read one meter.
  ///
  /// - Parameter web: the port to answer at, or "off".
  init(of source: MeterSource, web: String?) throws {
    if case .gateway = source.address {
      throw Failure(.wrongUse, "A gateway cannot read by a gateway: give the line itself.")
    }
    let port = web.flatMap { Int($0) }
    if let web, web != "off", port.map({ (0...65_535).contains($0) }) != true {
      throw Failure(.wrongUse, "--web takes a port from 0 to 65535, or off, and not \"\(web)\".")
    }
    // Each meter has a store of its own; one that ends with this program leaves none.
    isPassing = source.isSimulated
    let name = source.address.description.split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    let folder = isPassing ? try Self.passingFolder() : State.folder
    configuration = Configuration(storePath: "\(folder)/\(name).db")
    sources = [Gateway.Source("meter", source)]
    if web == "off" { configuration.web = nil }
    if let port { configuration.web?.port = port }
  }

  /// Of a name that nobody could have made before.
  private static func passingFolder() throws -> String {
    var pattern = Array("\(FileManager.default.temporaryDirectory.path)/mep-XXXXXX".utf8CString)
    guard let made = mkdtemp(&pattern) else {
      throw Failure(.other, "No temporary folder can be made: \(String(cString: strerror(errno))).")
    }
    return String(cString: made)
  }
}

extension Gateway.Source {
  fileprivate init(
    _ name: String, schedule: Schedule = Schedule(), history: Int64? = nil, _ source: MeterSource
  ) {
    self.init(name, schedule: schedule, history: history) { () async throws(MeterError) in try await source.open() }
  }
}
