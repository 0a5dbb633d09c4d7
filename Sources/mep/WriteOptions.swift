// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import Glibc
import MEPClient
import MEPTransport

/// The flags of commands that write: those of a meter, and the care for its memory.
struct WriteOptions: ParsableArguments {
  @OptionGroup var options: MeterOptions

  @Flag(help: "Write on when the day's budget of what wears the meter's memory is spent.")
  var wearAnyway = false

  /// As ``MeterOptions/withMeter(_:)``; what was written today to this meter is counted, from one run to the next.
  func withMeter<T>(_ body: (Meter) async throws -> T) async throws -> T {
    try await options.withMeter { meter in
      // A simulated meter inside this program is new each time.
      guard !(try options.source().isSimulated) else {
        await meter.set(access: options.access?.level, wear: Wear(), anyway: wearAnyway)
        return try await body(meter)
      }
      let ledger = try await StateFolder.path(of: meter) + "/wear"
      await meter.set(
        access: options.access?.level, wear: Wear(text: StateFolder.read(ledger) ?? ""), anyway: wearAnyway)
      let result: Result<T, any Error>
      do { result = .success(try await body(meter)) } catch { result = .failure(error) }
      if let wear = await meter.wear { try StateFolder.write(wear.text, to: ledger) }
      return try result.get()
    }
  }
}

/// Where this program keeps what it must remember of meters: $XDG_STATE_HOME/mep, or ~/.local/state/mep.
enum StateFolder {
  /// The folder of one meter, by its utility serial number; it is made if need be.
  static func path(of meter: Meter) async throws -> String {
    let base =
      environment("STATE_DIRECTORY") ?? environment("XDG_STATE_HOME").map { $0 + "/mep" }
      ?? (environment("HOME") ?? ".") + "/.local/state/mep"
    let serial = try await meter.utilitySerialNumber().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    let path = base + "/" + (serial.isEmpty ? "unnamed" : serial)
    var made = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      made += part + "/"
      if mkdir(made, 0o700) != 0, errno != EEXIST {
        throw Failure(.other, "The folder \(made) cannot be made: \(String(cString: strerror(errno))).")
      }
    }
    return path
  }

  static func read(_ path: String) -> String? { Files.text(path) }

  /// Written beside the old one and put in its place, so that none of it is lost when the power fails.
  static func write(_ text: String, to path: String) throws {
    let new = path + ".new"
    let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Failure(.other, "\(new) cannot be written: \(String(cString: strerror(errno))).")
    }
    let failure = Output.put(text, on: descriptor)
    close(descriptor)
    guard failure == nil, rename(new, path) == 0 else {
      throw Failure(.other, "\(path) cannot be written: \(String(cString: strerror(failure ?? errno))).")
    }
  }
}
