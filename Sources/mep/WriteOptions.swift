// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPClient

/// The flags of commands that write: those of a meter, and the care for its memory.
struct WriteOptions: ParsableArguments {
  @OptionGroup var options: MeterOptions

  @Flag(help: "Write on when the day's budget of what wears the meter's memory is spent.")
  var wearAnyway = false

  /// Opens the meter for what is to be brought to its end: Ctrl-C ends the program once what was begun is done and told.
  func change(_ body: @escaping @Sendable (Meter) async throws -> Void) async throws {
    let options = self
    Output.isHeedless.store(true, ordering: .relaxed)
    // What is wrong with what was typed is said before anything is waited for.
    _ = try options.options.source()
    try await Interrupt.run { try await options.withMeter(body) }
  }

  /// As ``MeterOptions/withMeter(_:)``; what is written to this meter is counted, from one run to the next.
  func withMeter<T>(_ body: (Meter) async throws -> T) async throws -> T {
    // A simulated meter inside this program is new each time.
    let ledger = try options.source().isSimulated ? WearLedger() : WearLedger(folder: State.folder)
    return try await options.withMeter { meter in
      await meter.set(wear: ledger, anyway: wearAnyway)
      return try await body(meter)
    }
  }
}
