// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Tariffs by consumption, the scheduled message on the display, thresholds of alarms, the unit of energy registers.
  public static let et55 = Table(
    .extended(55), "Meter Configuration", page: 145, write: .advanced,
    MeterConfiguration.tariffsAndPLC + MeterConfiguration.message + MeterConfiguration.overPower
      + MeterConfiguration.alarms + MeterConfiguration.voltageQuality + MeterConfiguration.fourthGeneration)
}

/// The parts of ET55. Each generation of the firmware added some.
private enum MeterConfiguration {
  static let tariffsAndPLC: [Element] = [
    .reserved(3),
    .bits(
      "Tariffs Enabled", octets: 1,
      [
        .fill(0...0, "Reserved"),
        .flag(1, "Consumption Based Tariff Enabled", .host),
        .fill(2...4, "Reserved"),
        .flag(5, "Step Tariff Enabled", .host),
        .fill(6...7, "Reserved"),
      ]),
    // For each minute of a clock adjustment by EP16.
    .uint8("Delta Time Adjustment Increment", .host, .seconds),
    .reserved(9),
    // In dB. How a negative value such as the factory's -84 dB is stored is not said.
    .uint8("Signal Strength Threshold", .host),
    .uint16("PLC Active Timeout", .host, factory: 60, .minute),
    .reserved(3),
    .when(
      .firmware(4, 30),
      [
        .uint8("PLC Failed Authentication Lockout Threshold", .host),
        .uint8("PLC Failed Authentication Lockout Duration", .host, .minute),
        .uint8("Optical Failed Authentication Lockout Threshold", .host),
        .uint8("Optical Failed Authentication Lockout Duration", .host, .minute),
      ],
      otherwise: [.reserved(4)]),
    .reserved(28),
  ]

  /// With firmware that has Free Text, the FTa message received last is here: its OBIS code in place of the ID.
  static let message: [Element] = [
    .when(
      .firmware(4, 0), [.text("Scheduled LCD Message ID", octets: 5, .host)],
      otherwise: [.text("Scheduled LCD Message ID", octets: 4, .host)]),
    // Bit 0 is the point of the right-most character.
    .uint8("Scheduled LCD Message ID Decimal Point State", .host),
    .text("Scheduled LCD Message Text", octets: 8, .meter),
    .longTime("Scheduled LCD Message Display Start Time"),
    .longTime("Scheduled LCD Message Display End Time"),
    .bits(
      "Scheduled LCD and FTa Message Override Control", octets: 1,
      [
        .flag(0, "Disable Message Override", .host),
        .flag(1, "Message Overridden", .host),
        .flag(2, "Disable Scheduled LCD Message In Scrolling List", .host),
        .fill(3...7, "Reserved"),
      ]),
  ]

  static let overPower: [Element] = [
    .uint16("Phase Loss Threshold Seconds", .host, factory: 10, .seconds),
    .bits(
      "Tariffs Disabled", octets: 1,
      [
        .fill(0...0, "Reserved", factory: 1),
        .flag(1, "Disable Consumption Based Tariff"),
        .fill(2...2, "Reserved"),
        .flag(3, "Disable Step Tariff"),
        .fill(4...7, "Reserved"),
      ]),
    .uint32("Over Power Threshold", .host, .watts),
    .uint16("Over Power Time Threshold", .host, .seconds),
    .uint8("Over Power Threshold Tier", .host),
    .uint8(
      "Over Power Source", .host,
      meanings: [
        Meaning(0, "forward + reverse power"), Meaning(1, "forward power"), Meaning(2, "forward - reverse power"),
      ]),
    .reserved(4),
    .uint8("Transformer Secondary Rated Current", .host, factory: 1, Quantity(.ampere)),
    .uint32("Clock Error Calendar ID", .host),
    .uint32("Over Power Calendar ID", .host),
    .reserved(1),
  ]

  /// Before the cover's thresholds are changed, EP03 is to clear the alarm, and they are to be set to 0.
  static let alarms: [Element] = [
    // Of the lower terminal cover; with 4.0x of the upper meter cover.
    .uint16("General Cover Removed Detection Threshold", .host, factory: 10, .seconds),
    .when(
      .firmware(3, 40, module: FirmwareVersion(1, 0)),
      [
        // This and the mask mean nothing from 4.0 on.
        .uint16("Power Quality Cover Removed Detection Threshold", .host, factory: 10, .seconds),
        .bits(
          "Cover Tamper Power Quality Events Mask", octets: 2,
          [
            .flag(0, "Phase Loss", .host),
            .flag(1, "Current on Missing Or Unused Phase", .host),
            .flag(2, "Subsequent Power Outage", .host),
            .flag(3, "Preceding or Coincident Power Outage", .host),
            .fill(4...15, "Reserved"),
          ]),
      ]),
    .when(
      .firmware(3, 50, module: FirmwareVersion(1, 20)),
      [
        .uint8(
          "Primary Load Profile Index", .host,
          meanings: [
            Meaning(0, "data set 1"), Meaning(1, "data set 2"), Meaning(2, "data set 3"), Meaning(3, "data set 4"),
          ]),
        // More than 512 disables the event.
        .int16("High Frequency Noise Detection Threshold", .host),
        .uint16("High Frequency Noise Detection Time Threshold", .host, .seconds),
        .when(
          .firmware(4, 0), [.uint16("Earth Fault Detection Current Threshold", .host, .milliampere)],
          otherwise: [.reserved(2)]),
        .reserved(1),
        .when(.firmware(4, 0), [.uint16("Earth Fault Time Threshold", .host)], otherwise: [.reserved(2)]),
      ]),
    .when(
      .firmware(3, 60, module: FirmwareVersion(1, 20)),
      [
        .uint16("Broken MV Conductor Detection Time Threshold", .meter, factory: 600),
        .uint16("Zero Fault Detection Time Threshold", .meter, factory: 10, .seconds),
        .uint8("Normal Voltage Upper Limit", .meter, factory: 115, Quantity(.percent)),
        .uint8("Normal Voltage Lower Limit", .meter, factory: 85, Quantity(.percent)),
        .uint8("Low Voltage Higher Limit", .meter, factory: 60, Quantity(.percent)),
        .uint8("Voltage Fluctuation Limit", .meter, factory: 5, Quantity(.percent)),
      ]),
  ]

  static let voltageQuality: [Element] = [
    .when(
      .firmware(3, 70, module: FirmwareVersion(1, 20)),
      [
        // Not listed, but the offsets leave it free.
        .reserved(1),
        // Wh of credit for each kWh, at most 1 000 000.
        .array("Prepay Tier 5…8 Rates", .exactly(4), of: [.uint32("", .host, .thousandths)]),
        .uint16("Reverse Energy Alarm Current Threshold", .fixed, factory: 1000, .milliampere),
        // In energy register units: see EnergyRegisterUnit.
        .array(
          "Step Tariff Thresholds", .minus(.field(Reference(.bt20, "Number of Tiers")), 1),
          of: [.uint32("", .host, .wattHours)]),
        .uint8(
          "Step Tariff Source", .host,
          meanings: [
            Meaning(0, "forward active energy"), Meaning(1, "reverse active energy"),
            Meaning(2, "forward + reverse active energy"), Meaning(3, "forward - reverse active energy"),
          ]),
        .uint32("Step Tariff TOU ID", .host),
        .uint8("Step Tariff Reset Day", .host, factory: 1),
        .uint8("Step Tariff Reset Hour", .host),
        .uint8("Step Tariff Reset Minute", .host),
        .uint8("Step Tariff Reset Second", .host),
        .reserved(1),
        // 10 to 800.
        .uint16("Number of Mains Cycles Used For Consecutive RMS Voltage Calculation", factory: 15),
        // Up to 60 s a divisor of 60, from there full minutes that divide an hour, then full hours that divide a day.
        .uint16("Number of Seconds For Average RMS Voltage Calculations", factory: 600, .seconds),
        .uint16("Number of Average RMS Voltage Used for nlc and nlp calculation", factory: 1008),
        .uint32("Delta ADSUP", .unstated, .millivolt),
        .uint32("Delta ADINF", .unstated, .millivolt),
        .uint32("Delta PRSUP", .unstated, .millivolt),
        .uint32("Delta PRINF", .unstated, .millivolt),
        // These two in cycles of the mains.
        .uint16("Momentary Voltage Disturbance (MVD) Detection Time Threshold Lower Limit", factory: 1),
        .uint16("MVD Detection Time Threshold Upper Limit", factory: 180),
        .uint8("MVD Interruption Sag Low Vrms Threshold", factory: 10, Quantity(.percent)),
        .uint8("MVD Sag High Vrms Threshold", factory: 90, Quantity(.percent)),
        .uint8("MVD Swell Low Vrms Threshold", factory: 110, Quantity(.percent)),
        .uint8(
          "Energy Register Unit", factory: 1,
          meanings: [
            Meaning(1, "1 Wh, 1 varh"), Meaning(10, "10 Wh, 10 varh"), Meaning(100, "100 Wh, 100 varh"),
          ]),
      ])
  ]

  static let fourthGeneration: [Element] = [
    .when(
      .firmware(4, 0),
      [
        .bits(
          "Flags For MEP", octets: 1,
          [
            .uint(
              0...1, "House Icon Control",
              meanings: [Meaning(0, "no client"), Meaning(1, "MEP client 1"), Meaning(2, "MEP client 2")]),
            // From 4.30 on.
            .flag(2, "M-Bus Discovery Auto-Confirmation"),
            .fill(3...7, "Reserved"),
          ]),
        .bits(
          "Optical Configuration Settings", octets: 1,
          [
            .flag(0, "Enable Optical D.O.S. Timer", .host),
            .flag(1, "Disable Optical Port", .host),
            .fill(2...7, "Reserved"),
          ]),
        .uint16("Optical Session Timeout", .host, factory: 600, .seconds),
        .uint16("Optical Session Hold-Off", .host, factory: 300, .seconds),
        .bits(
          "External Tamper Status", octets: 1,
          [
            .flag(0, "External Tamper 1 In Use", .host, factory: true),
            .flag(1, "External Tamper 2 In Use", .host, factory: true),
            .fill(2...7, "Reserved"),
          ]),
        // Below the first both inputs are connected, below the second input 2, below the third input 1, above it none.
        .array("Tamper ADC", .exactly(3), of: [.int16("", .host)]),
        .uint8("External Tamper Duration", .host, factory: 5, .seconds),
        // Of the upper meter cover; with 4.0x of the lower terminal cover.
        .uint16("General Cover Removed Detection Threshold 2", .host, factory: 10, .seconds),
        .uint16("Magnetic Tamper Duration", .host, factory: 10, .seconds),
        .uint8(
          "VA Power and Energy Calculation Method", .host,
          meanings: [Meaning(0, "Vrms × Irms"), Meaning(1, "√(W² + var²)")]),
        .bits(
          "Locked Flags", octets: 2,
          [.flag(0, "BEV Load Profile Lock Mode", .host), .fill(1...15, "Reserved")]),
        // The third octet of that threshold.
        .uint8("Most Significant Byte For Reverse Energy Alarm Current Threshold", .host),
      ])
  ]
}
