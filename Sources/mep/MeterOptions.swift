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
      "The meter: serial:PATH?baud=9600&enable=rts, tcp://HOST:PORT, gateway:NAME for one that `mep serve` reads on this "
        + "computer, or sim:PROFILE?days=7 for a simulated meter behind which so much time has passed. Or set MEP_METER.",
      valueName: "address"))
  var meter: String?

  @Option(
    help: ArgumentHelp(
      "A file that only you can read, with the key as your grid company gave it. Or set MEP_KEY_FILE; or have a service "
        + "manager give the credential \(Key.credential).",
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

  @Option(
    help: ArgumentHelp(
      "Write what goes over the line to a new .mepcap file, for `mep decode` and `mep monitor`. It holds digests: show it "
        + "only to whom you would show the key.", valueName: "file"))
  var capture: String?

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

  /// As much as was asked for.
  func log(otherwise level: Logger.Level) -> Logger {
    var log = Logger(label: "mep")
    log.logLevel = verbose > 1 ? .trace : verbose == 1 ? .debug : level
    return log
  }

  /// Everything that can be wrong in what was typed is found here, before anything is opened.
  func source() throws -> MeterSource { try sources()[0] }

  /// As ``source()``, and behind it the same with what else the key file could mean.
  func sources() throws -> [MeterSource] {
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
    let profile = try address.profile()
    let keys: [AccessKey]
    if case .gateway(let name) = address {
      // It has the key.
      _ = try Sockets.path(of: name)
      keys = [AccessKey(dummy: 1)]
    } else {
      keys = try Key.readings(Key.file(keyFile), otherwise: profile == nil ? nil : AccessKey(dummy: 1))
    }
    let log = log(otherwise: .warning)
    let file = try capture.map { try CaptureFile.made($0, .mepcap) }
    return keys.map {
      MeterSource(
        address: address, profile: profile, key: $0, access: access?.level, security: security, capture: file, log: log)
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
extension KeyLevel: ExpressibleByArgument {}

/// Reads key files.
enum Key {
  /// The file that was named, the one that MEP_KEY_FILE names, or the one that a service manager has put there.
  static func file(_ named: String?) -> String? {
    if let path = named ?? environment("MEP_KEY_FILE") { return path }
    guard let folder = environment("CREDENTIALS_DIRECTORY") else { return nil }
    let path = folder + "/" + credential
    return access(path, F_OK) == 0 ? path : nil
  }

  /// The name of the credential (`LoadCredential=mep.key:/etc/mep/mep.key`).
  static let credential = "mep.key"

  static func read(_ path: String?) throws -> AccessKey { try readings(path)[0] }

  /// The key, and what else the file could mean.
  static func readings(_ path: String?, otherwise dummy: AccessKey? = nil) throws -> [AccessKey] {
    guard let path else {
      if let dummy { return [dummy] }
      throw Failure(
        .wrongUse,
        "Which key? Put it into a file that only you can read and give --key-file, or set MEP_KEY_FILE. "
          + "Your grid company has the key (MBK) of your meter.")
    }
    do throws(KeyFileError) { return try KeyFile.readings(path) } catch {
      throw Failure(.wrongUse, error.description)
    }
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
