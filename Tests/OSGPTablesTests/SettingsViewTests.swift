// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// What a meter is fitted with, and what it demands of who connects.
@Suite struct SettingsViewTests {
  @Test func hardwareOfTheThirdGeneration() throws {
    // Pulse input 1, disconnect, relay 1; M-Bus, MEP 1, two lines; external CT and, reserved then, the second MEP port.
    let decoded = try ConfigurationTests.decoded(
      .et29, ConfigurationTests.third, [(0, [0x62, 0x45, 0x82]), (5, [0x82])])
    let hardware = try #require(HardwareSettings(decoded))
    #expect(
      hardware.options.map(\.description) == [
        "Pulse Input 1", "Disconnect and Buzzer", "Control Relay 1", "M-Bus Module", "MEP Client 1 Port",
        "Two Line Disconnect", "External CT", "Polyphase",
      ])
    #expect(hardware.mepPorts == [true] && hardware.phases == .poly)
    #expect(hardware.hasExternalCT && hardware.hasDisconnect)
    #expect(hardware.controlRelays.map(\.number) == [1] && hardware.controlRelays.allSatisfy { $0.isLatching == nil })
    #expect(hardware.ports.isEmpty && hardware.battery == nil && hardware.lineSensor == nil)
  }

  @Test func hardwareOfTheFourthGeneration() throws {
    let octets: [(at: Int, [UInt8])] = [
      // Both relays; cover tamper; the second MEP port. Pulse input 1 tells nothing.
      (0, [0xC2, 0x02, 0x80]), (5, [0x81]), (24, [2, 1, 2, 2, 1, 1, 3, 3, 0]),
      // Backlight, supercapacitor; tamper 1, security chip, relay 2 latching.
      (33, [0x68, 0x49, 0, 0]), (47, [0x41]),
    ]
    let hardware = try #require(
      HardwareSettings(try ConfigurationTests.decoded(.et29, ConfigurationTests.fourth, octets)))
    #expect(
      hardware.options.map(\.description) == [
        "Control Relay 1", "Control Relay 2", "Cover Tamper", "MEP Client 2 Port", "Single Phase", "Power Boost Relay",
        "Backlight LCD Present", "External Tamper Input 1", "Security Chip",
      ])
    #expect(hardware.mepPorts == [false, true] && hardware.phases == .single)
    #expect(!hardware.hasExternalCT && !hardware.hasDisconnect)
    #expect(hardware.controlRelays.map(\.number) == [1, 2])
    #expect(hardware.controlRelays.map(\.isLatching) == [false, true])
    #expect(hardware.ports.map(\.mepClient) == [2, 1, nil])
    #expect(hardware.ports.map(\.board) == [2, 2, 3] && hardware.ports.map(\.kind) == [1, 1, 3])
    #expect(hardware.battery == .supercapacitor && hardware.lineSensor == .pcbCoil)
    #expect(hardware.neutralSensor == .earthFaultTransformer)

    // 4.0 has no second relay yet, and no types of relays.
    let early = try #require(
      HardwareSettings(try ConfigurationTests.decoded(.et29, FirmwareVersion(4, 0), octets)))
    #expect(early.controlRelays.map(\.number) == [1] && early.controlRelays.allSatisfy { $0.isLatching == nil })
    #expect(early.mepPorts == [false, true])
  }

  @Test func hardwareThatWasNotReadIsUnknown() throws {
    let layout = try ConfigurationTests.layout(.et29, nil)
    #expect(HardwareSettings(Decoded(layout: layout, octets: [UInt8](repeating: 0, count: 5))) == nil)
    let short = try #require(HardwareSettings(Decoded(layout: layout, octets: [UInt8](repeating: 0xFF, count: 20))))
    #expect(short.battery == nil && short.ports.isEmpty && short.phases == nil && short.mepPorts == [true, true])
  }

  private func security(_ firmware: FirmwareVersion?, _ ports: [UInt8], optical: UInt8 = 0) throws -> SecuritySettings {
    SecuritySettings(
      ports: try ConfigurationTests.decoded(.et97, firmware, ports.isEmpty ? [] : [(122, ports)]),
      configuration: try ConfigurationTests.decoded(
        .et55, firmware,
        ports.isEmpty ? [] : [(20, [30, 60, 5, 10]), (200, [optical]), (201, [0x58, 0x02]), (203, [0x2C, 0x01])]),
      status: try ConfigurationTests.decoded(
        .et54, firmware, [(82, [0x10, 0x27, 0, 0]), (86, [0x00, 0, 0, 0x80]), (90, [0x05])]),
      system: try ConfigurationTests.decoded(.et04, firmware, [(123, [0x40, 0x42, 0x0F, 0]), (127, [2])]))
  }

  @Test func securityOfTheFourthGeneration() throws {
    let security = try security(ConfigurationTests.fourth, [0, 1, 0], optical: 0x01)
    #expect(security.tls.optical == false && security.tls.mep1 == true && security.tls.mep2 == false)
    #expect(security.tls.isRequired(ofClient: 1) == true && security.tls.isRequired(ofClient: 2) == false)
    #expect(security.tls.isRequired(ofClient: 0) == nil && security.tls.isRequired(ofClient: 3) == nil)
    #expect(security.isOpticalDisabled == false)
    #expect(security.opticalSession?.isLimited == true)
    #expect(security.opticalSession?.timeout == 600 && security.opticalSession?.holdOff == 300)
    #expect(security.plcLockout?.threshold == 30 && security.plcLockout?.minutes == 60)
    #expect(security.opticalLockout?.threshold == 5 && security.opticalLockout?.minutes == 10)
    #expect(security.plcMode == .aes128 && security.supportedPLCModes == 5 && security.maximumKeyUses == 1_000_000)
    #expect(security.unicastKeyUses == 10_000 && security.broadcastKeyUses == 0x8000_0000)
  }

  @Test(arguments: [([1, 0, 0], 0), ([0, 1, 0], 1), ([0, 0, 1], 2)] as [([UInt8], Int)])
  func eachPortHasItsOctet(ports: [UInt8], n: Int) throws {
    let security = try security(ConfigurationTests.fourth, ports, optical: 0x02)
    #expect([security.tls.optical, security.tls.mep1, security.tls.mep2] == (0..<3).map { $0 == n })
    #expect(security.isOpticalDisabled == true && security.opticalSession?.isLimited == false)
  }

  @Test func whatOlderFirmwareDoesNotHaveIsUnknown() throws {
    let security = try security(ConfigurationTests.third, [])
    #expect(security.tls.optical == nil && security.tls.mep1 == nil && security.tls.mep2 == nil)
    #expect(security.isOpticalDisabled == nil)
    #expect(security.opticalSession == nil && security.opticalLockout == nil && security.plcLockout == nil)
    #expect(security.plcMode == .aes128)
    let unread = SecuritySettings(ports: nil, configuration: nil, status: nil, system: nil)
    #expect(unread.plcMode == nil && unread.maximumKeyUses == nil && unread.tls.mep1 == nil)
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func hostileOctets(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func hostile(_ table: Table) throws -> Decoded {
      let layout = try ConfigurationTests.layout(table, nil)
      return Decoded(layout: layout, octets: random.octets(.random(in: 0...layout.octets, using: &random)))
    }
    let hardware = try hostile(.et29)
    #expect((HardwareSettings(hardware) != nil) == (hardware.octets.count >= 6), "seed \(seed)")
    let configuration = try hostile(.et55)
    let status = try hostile(.et54)
    let unit = EnergyRegisterUnit(configuration: configuration)
    #expect(unit == .unknown || [1, 10, 100].contains(unit.multiplier), "seed \(seed)")
    let ports = try hostile(.et97)
    let security = SecuritySettings(
      ports: ports, configuration: configuration, status: status, system: try hostile(.et04))
    #expect((security.tls.mep1 != nil) == (ports.octets.count >= 124), "seed \(seed)")
  }
}
