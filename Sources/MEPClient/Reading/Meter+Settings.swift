// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// What a meter is fitted with, and what it demands of who connects.
public struct MeterSettings: Sendable {
  /// ET29; nil where the meter keeps it to itself.
  public let hardware: HardwareSettings?
  /// ET97, ET55, ET54 and ET04.
  public let security: SecuritySettings
  public let energyUnit: EnergyRegisterUnit
}

extension Meter {
  /// Reads ET29, ET97, ET55, ET54 and ET04, those of them that the meter has.
  public func readSettings() async throws(MeterError) -> MeterSettings {
    let hardware = try await readIfKept(.et29).flatMap { HardwareSettings($0) }
    let (ports, configuration) = (try await readIfKept(.et97), try await readIfKept(.et55))
    let (status, system) = (try await readIfKept(.et54), try await readIfKept(.et04))
    return MeterSettings(
      hardware: hardware,
      security: SecuritySettings(ports: ports, configuration: configuration, status: status, system: system),
      energyUnit: try await readEnergyRegisterUnit())
  }
}
