// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables

/// A meter at a time that a test sets, and a client of it.
struct LoadProfileBench {
  let start: Moment
  let clock: SetClock
  let simulator: SimulatedMeter
  let wire: Wire
  let meter: Meter

  /// - Parameter preceding: called before each answer.
  init(
    _ profile: Profile, at start: Moment, key: AccessKey = advancedKey,
    preceding: (@Sendable (Request, SetClock) async -> Void)? = nil
  ) throws {
    let clock = SetClock(start.secondsSince2000)
    simulator = try SimulatedMeter(profile, clock: { clock.now() })
    (self.start, self.clock, wire) = (start, clock, Wire(key: key))
    let handler = Preceded(simulator.port(1)) { request in await preceding?(request, clock) }
    meter = Meter(at: wire.tap(plug(handler)), key: key)
  }

  /// The registers of the sources 0 to 3.
  func energies() async throws(MeterError) -> [Int64] {
    let selection = try await meter.read(.bt23, paths: ["summations"])
    return selection.places.prefix(4).map { $0.integer(in: selection.octets) ?? -1 }
  }

  static func integer(_ raw: Raw) -> Int64? { if case .integer(let integer) = raw { integer } else { nil } }
}
