// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What the meter is fitted with.
  public static let et29 = Table(
    .extended(29), "Hardware Configuration", page: 105,
    [
      .when(
        .firmware(4, 30), [hardwareOptions(pulseInputs: false, relay2: true, client2: true)],
        otherwise: [
          .when(
            .firmware(4, 0), [hardwareOptions(pulseInputs: false, relay2: false, client2: true)],
            otherwise: [hardwareOptions(pulseInputs: true, relay2: false, client2: false)])
        ]),
      .reserved(2),
      .when(
        .firmware(4, 0), [internalConfiguration(powerBoost: true)],
        otherwise: [internalConfiguration(powerBoost: false)]),
      .reserved(14),
      .when(
        .firmware(4, 0),
        [
          .reserved(4),
          .array(
            "Comm Assignment Matrix 1", .exactly(3),
            of: [
              .uint8(
                "Board", .fixed, meanings: [Meaning(1, "wireless"), Meaning(2, "wired"), Meaning(3, "PLC")]),
              .uint8("Port", .fixed, meanings: [Meaning(1, "MEP"), Meaning(2, "M-Bus"), Meaning(3, "PLC")]),
              .uint8("Sequence Number", .fixed),
            ]),
          .when(.firmware(4, 30), [extendedOptions(relayTypes: true)], otherwise: [extendedOptions(relayTypes: false)]),
          .reserved(10),
          .bits(
            "Current Sensors", octets: 1,
            [
              .uint(0...4, "Line Current Sensor", .fixed, meanings: [Meaning(0, "shunt"), Meaning(1, "PCB coil")]),
              .uint(
                5...7, "Neutral Current Sensor", .fixed,
                meanings: [Meaning(0, "shunt"), Meaning(1, "PCB coil"), Meaning(2, "earth fault transformer")]),
            ]),
          // Meters with a P2P modem only; the table of others ends before.
          .array(
            "Comm Assignment Matrix 2", .exactly(2),
            of: [
              .uint8(
                "Modem Board", .fixed,
                meanings: [
                  Meaning(0, "none"), Meaning(4, "modem"), Meaning(5, "PLC A-band"), Meaning(6, "PLC G3"),
                ]),
              .uint8("Modem Port", .fixed, meanings: [Meaning(3, "PLC"), Meaning(4, "modem"), Meaning(5, "optical")]),
              .uint8("Logical Port Number", .fixed),
            ]),
        ]),
    ])

  private static func hardwareOptions(pulseInputs: Bool, relay2: Bool, client2: Bool) -> Element {
    .bits(
      "Hardware Options", octets: 3,
      [
        .flag(0, "S0 / KYZ Output", .fixed),
        option(1, "Pulse Input 1", pulseInputs),
        option(2, "Pulse Input 2", pulseInputs),
        .fill(3...4, "Reserved"),
        .flag(5, "Disconnect and Buzzer", .fixed),
        .flag(6, "Control Relay 1", .fixed),
        option(7, "Control Relay 2", relay2),
        .flag(8, "M-Bus Module", .fixed),
        .flag(9, "Cover Tamper", .fixed),
        .flag(10, "MEP Client 1 Port", .fixed),
        .flag(11, "Disconnect Sensor", .fixed),
        .flag(12, "Magnetic Tamper", .fixed),
        .flag(13, "High Frequency Noise Detection Disabled", .fixed),
        .flag(14, "Two Line Disconnect", .fixed, factory: true),
        .flag(15, "No Metering", .fixed),
        .flag(16, "No LCD", .fixed),
        .flag(17, "External CT", .fixed),
        .flag(18, "Backup Power", .fixed),
        .flag(19, "External Disconnect Feedback", .fixed),
        .flag(20, "External Voltage", .fixed),
        .flag(21, "Voltage Signal ADC Input Inverted", .fixed),
        .flag(22, "Non-latching Relay", .fixed),
        option(23, "MEP Client 2 Port", client2),
      ])
  }

  private static func internalConfiguration(powerBoost: Bool) -> Element {
    .bits(
      "Internal Configuration", octets: 1,
      [
        .flag(0, "Single Phase"),
        .flag(1, "Polyphase"),
        .fill(2...5, "Reserved"),
        .flag(6, "Pulse Relay for Disconnect"),
        powerBoost ? .flag(7, "Power Boost Relay") : .fill(7...7, "Reserved"),
      ])
  }

  private static func extendedOptions(relayTypes: Bool) -> Element {
    .bits(
      "Extended Hardware Options", octets: 4,
      [
        .flag(
          0, "Two Disconnect Sensors", .fixed,
          meanings: [
            Meaning(0, "status not refreshed while they differ"), Meaning(1, "status refreshed while they differ"),
          ]),
        .flag(
          1, "Disconnect Toggle Button", .fixed, factory: true,
          meanings: [Meaning(0, "one button to open, one to close"), Meaning(1, "one button for both")]),
        .fill(2...2, "Reserved"),
        .flag(3, "Backlight LCD Present", .fixed),
        .flag(4, "Buzzer", .fixed),
        .uint(
          5...6, "Battery Type", .fixed, factory: 1,
          meanings: [Meaning(0, "none"), Meaning(1, "standard"), Meaning(3, "supercapacitor")]),
        .flag(7, "Earth Fault", .fixed),
        .flag(8, "External Tamper Input 1", .fixed),
        .flag(9, "External Tamper Input 2", .fixed),
        .flag(10, "S0 Pulse Output 2", .fixed),
        .flag(11, "Security Chip", .fixed),
        .flag(12, "Last Gasp Module", .fixed),
        option(13, "Control Relay 1 Type", relayTypes, latching),
        option(14, "Control Relay 2 Type", relayTypes, latching),
        .fill(15...31, "Reserved"),
      ])
  }

  private static let latching = [Meaning(0, "not latching"), Meaning(1, "latching")]

  /// A bit that not all firmware has.
  private static func option(_ bit: Int, _ name: StaticString, _ isThere: Bool, _ meanings: [Meaning] = []) -> Field {
    isThere ? .flag(bit, name, .fixed, meanings: meanings) : .fill(bit...bit, "Reserved")
  }
}
