// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import Glibc
import Logging
import MEP
import MEPClient
import MEPSimulator
import MEPTransport

/// The flags that every command has which talks to a meter.
struct MeterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The meter: serial:PATH?baud=9600&enable=rts, tcp://HOST:PORT, or sim:PROFILE?days=7 for a simulated meter behind "
        + "which so much time has passed. Or set MEP_METER.",
      valueName: "address"))
  var meter: String?

  @Option(
    help: ArgumentHelp(
      "A file that only you can read, with the key as your grid company gave it. Or set MEP_KEY_FILE.",
      valueName: "path"))
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      "The key's level, if you know it: what it does not allow is then refused before it is sent, and TLS tries one "
        + "key only.",
      valueName: "mbk|mak"))
  var access: KeyLevel?

  @Option(
    help: ArgumentHelp(
      "How what is asked is protected. auto: TLS where the meter speaks it, else digests, but never again digests "
        + "where it has spoken TLS. encrypted: digests and RC4, never proven on a real meter.",
      valueName: Security.allCases.map(\.rawValue).joined(separator: "|")))
  var security = Security.auto

  @Flag(name: .shortAndLong, help: "Tell what happens on the line; twice (-vv) with every octet.")
  var verbose: Int

  /// Opens the meter, hands it to `body` and closes it, however `body` ends.
  func withMeter<T>(_ body: (Meter) async throws -> T) async throws -> T {
    let meter = try await source().open()
    defer { meter.close() }
    do {
      let result = try await body(meter)
      await meter.leave()
      return result
    } catch {
      await meter.leave(after: error)
      throw error
    }
  }

  /// Everything that can be wrong in what was typed is found here, before anything is opened.
  func source() throws -> MeterSource {
    guard let text = meter ?? environment("MEP_METER") else {
      throw Failure(
        .wrongUse,
        "Which meter? Give --meter or set MEP_METER, such as serial:/dev/ttyUSB0?enable=rts. "
          + "To try it without one: --meter sim:gen3")
    }
    let address: MeterAddress
    do throws(MeterAddressError) { address = try MeterAddress(text) } catch {
      throw Failure(.wrongUse, error.description)
    }
    var profile: Profile?
    if case .sim(let name, _) = address { profile = try .required(name) }
    let key = try Key.read(
      keyFile ?? environment("MEP_KEY_FILE"), otherwise: profile == nil ? nil : AccessKey(dummy: 1))
    var log = Logger(label: "mep")
    log.logLevel = verbose > 1 ? .trace : verbose == 1 ? .debug : .warning
    return MeterSource(
      address: address, profile: profile, key: key, access: access?.level, security: security, log: log)
  }
}

/// Which of the two keys a file holds.
enum KeyLevel: String, ExpressibleByArgument {
  case mbk, mak

  var level: AccessLevel { self == .mbk ? .basic : .advanced }
}

/// A meter that can be opened, and opened again.
struct MeterSource: Sendable {
  fileprivate let address: MeterAddress
  /// What to simulate, for an address that says so.
  fileprivate let profile: Profile?
  fileprivate let key: AccessKey
  fileprivate let access: AccessLevel?
  fileprivate let security: Security
  fileprivate let log: Logger

  /// Whether the meter lives and dies with this program.
  var isSimulated: Bool { profile != nil }

  func open() async throws(MeterError) -> Meter {
    let link: any Link
    do throws(LinkError) { link = try await connect() } catch { throw .link(error) }
    let traced = log.logLevel == .trace ? TracingLink(link, log: log) : link
    let meter = Meter(over: traced, key: key, security: security, access: access, timers: timers, log: log)
    guard security.asksForTLS else { return meter }
    do throws(MeterError) {
      // A simulated meter inside this program is new each time.
      if isSimulated {
        try await meter.begin()
      } else {
        try await meter.begin(remembering: TLSMemory(folder: State.folder), at: address.description)
      }
    } catch {
      meter.close()
      throw error
    }
    return meter
  }

  private var timers: Timers {
    switch address {
    case .serial(_, let baud, _): Timers(baud: baud)
    case .tcp: Timers()
    case .sim: .unpaced
    }
  }

  private func connect() async throws(LinkError) -> any Link {
    switch address {
    case .serial(let path, let baud, let enable): return try SerialLink.open(path, baud: baud, enable: enable, log: log)
    case .tcp(let host, let port): return try await TCPLink.connect(host: host, port: port, baud: 9600)
    case .sim(_, let days):
      let clock = VirtualClock.system()
      let start = clock.now() - Int64(days) * 86_400
      guard let profile,
        let meter = try? SimulatedMeter(
          profile, scenario: days == 0 ? Scenario() : .past, start: start, log: log, clock: { clock.now() })
      else { preconditionFailure("every profile can be laid out") }
      await meter.advance()
      // Its key is the one that was given, if any, at the level that was said.
      return access == .advanced ? meter.connect(basic: AccessKey(dummy: 0), advanced: key) : meter.connect(basic: key)
    }
  }
}

extension Meter {
  /// Says good-bye where there is a session, though the program may be about to end; not where nobody is left to hear it.
  func leave(after error: (any Error)? = nil) async {
    if case MeterError.link(let error)? = error, error != .cancelled { return }
    await Task { await endSession() }.value
  }
}

extension Security: ExpressibleByArgument {}

/// Reads key files.
enum Key {
  static func read(_ path: String?, otherwise dummy: AccessKey? = nil) throws -> AccessKey {
    guard let path else {
      if let dummy { return dummy }
      throw Failure(
        .wrongUse,
        "Which key? Put it into a file that only you can read and give --key-file, or set MEP_KEY_FILE. "
          + "Your grid company has the key (MBK) of your meter.")
    }
    let octets: [UInt8]
    do throws(KeyFileError) { octets = try KeyFile.read(path) } catch { throw Failure(.wrongUse, error.description) }
    guard let key = AccessKey(octets) else { throw Failure(.wrongUse, "\(path) holds no key.") }
    return key
  }
}

extension Profile {
  static func required(_ name: String) throws -> Profile {
    if let profile = named(name) { return profile }
    throw Failure(
      .wrongUse,
      "There is no profile \"\(name)\". There are: " + all.map(\.name).joined(separator: ", ") + ".")
  }
}

extension VirtualClock {
  /// The meter's clock set by this machine's.
  static func system(speed: Double = 1) -> VirtualClock {
    VirtualClock(start: Int64(time(nil)) - epoch, speed: speed)
  }
}

func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
