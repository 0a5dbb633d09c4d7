// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Communication, thresholds and versions. Its end tells whether the meter's dimensions have changed.
  public static let et04 = Table(
    .extended(4), "System Information", page: 62, write: .advanced,
    [
      .uint32("Sequence Number", .meter),
      .octets("Transceiver ID", .exactly(6), .meter),
      .uint8("Subnet ID", .host),
      .uint8("Node ID", .host),
      .bits(
        "Neuron Control", octets: 1,
        [
          .flag(0, "Explicit Message Received", .meter),
          .flag(1, "Force Neuron Cnfg", .host),
          .flag(2, "Request Neuron State", .host),
          .flag(3, "Disable PLC Encryption", .host),
          .flag(4, "Disable Neuron EEPROM Lock", .host),
          .uint(
            5...7, "Neuron Phase", .meter,
            meanings: [
              Meaning(0, "no phase inversion present"), Meaning(1, "in phase, normal"),
              Meaning(2, "plus 120°, inverted"), Meaning(3, "minus 120°, normal"), Meaning(4, "180°, inverted"),
              Meaning(5, "plus 120°, normal"), Meaning(6, "minus 120°, inverted"), Meaning(7, "not applicable"),
            ]),
        ]),
      .uint8("Rated Frequency", .host, factory: 50, Quantity(.hertz)),
      .octets("Program ID (Firmware Version ID)", .exactly(8), .meter),
      .octets("Self-Identification", .exactly(30), .meter),
      .uint8("PK Access", .host, meanings: [Meaning(0, "enabled"), Meaning(1, "disabled")]),
      .uint8("Max Power Outages Recorded", .program, factory: 10, limit: 100),
      .bits("Unused", octets: 1, [.fill(0...7, "Unused", factory: 4)]),
      .uint8("Max Nbr of TE Registers", .program, factory: 4),
      .uint16("Registration Current", .host, factory: 10, .milliampere),
      .uint16("Max Current", .host, factory: 100, Quantity(.ampere)),
      .uint16("Rated Voltage", .host, factory: 230, Quantity(.volt)),
      .bits(
        "Inactive Phases", octets: 1,
        [
          .flag(0, "Inactive Voltage Phase L1", .host),
          .flag(1, "Inactive Voltage Phase L2", .host),
          .flag(2, "Inactive Voltage Phase L3", .host),
          .flag(3, "Separate Voltage and Current Inactive Phases", .host),
          .flag(4, "Inactive Current Phase L1", .host),
          .flag(5, "Inactive Current Phase L2", .host),
          .flag(6, "Inactive Current Phase L3", .host),
          .fill(7...7, "Reserved"),
        ]),
      .int16("DST Off Time Delta", .host, .minute),
      .uint8("Self-Read Hour", .host),
      .uint8("Self-Read Minute", .host),
      .uint8("Stop Mode Config", .host, meanings: [Meaning(0, "never"), Meaning(255, "at once")]),
      .octets("Mfg Status", .exactly(3), .host),
      .bits(
        "Access and Test Point", octets: 1,
        [
          .flag(0, "RK BP10 + EP16 Access", .host, meanings: [Meaning(0, "enabled"), Meaning(1, "disabled")]),
          .flag(1, "Test Point", .host),
          .flag(2, "Test Point Confirmed", .host),
          .flag(3, "LP Use Skipped", .host),
          .fill(4...7, "Reserved"),
        ]),
      .uint8(
        "Neuron State", .meter,
        meanings: [
          Meaning(2, "has application, unconfigured"), Meaning(3, "applicationless, unconfigured"),
          Meaning(4, "configured, online"), Meaning(6, "hard offline"), Meaning(12, "configured, soft offline"),
          Meaning(140, "configured, in bypass mode"), Meaning(255, "no reply"),
        ]),
      .uint8(
        "Phase Rotation Changed", .meter,
        meanings: [Meaning(0, "L1L2L3"), Meaning(1, "L3L2L1"), Meaning(2, "unknown")]),
      .uint16("PLC Comm Inactive Time Threshold", .host, .minute),
      .longTime("Broadcast Receipt"),
      .uint32("Broadcast Base", .host),
      .uint16("Broadcast Delta", .host),
      .uint16("Reverse Energy Alarm Current Threshold", .fixed, factory: 1000, .milliampere),
      .uint8(
        "PLC Signal Quality Status", .meter,
        meanings: [
          Meaning(0, "no traffic"), Meaning(1, "traffic for others only"), Meaning(2, "margin up to 9 dB"),
          Meaning(3, "margin 12 or 15 dB"), Meaning(4, "margin from 18 dB"),
          Meaning(5, "no message lately, last with a margin up to 9 dB"),
          Meaning(6, "no message lately, last with a margin of 12 or 15 dB"),
          Meaning(7, "no message lately, last with a margin from 18 dB"),
        ]),
      .uint16("Auto Discovery Ta", .host, Quantity(.bitTime)),
      .uint16("Auto Discovery To", .host, .millisecond),
      .uint8("Auto Discovery Disable", .host),
      .int16("Amplifier Gain Detect Sensitivity", .host),
      .uint16("Events Outage Threshold", .host, .seconds),
      .uint16("NVM Size", .fixed),
      .uint8("Safe Image Locked", .host),
      .uint32("MEP Seq Nbr", .meter),
      .reserved(.exactly(2), "Unused"),
      .uint8("Premise Power Generation", .host, meanings: [Meaning(0, "off"), Meaning(1, "on")]),
      .uint8("Power Outage Detection Threshold", .host, factory: 72, Quantity(.percent)),
      .uint8("Phase Loss Threshold", .host, factory: 61, Quantity(.percent)),
      .uint8("Meter Form", .meter),
      .uint8("Clock Error Tier", .host),
      .uint16("C12.19 Compliance", .host),
      .uint8("IDT Version", .meter),
      .uint8("Tilt Timer", .host, factory: 30, .seconds),
      .uint16("Minimum Registration Current", .host, factory: 17, .milliampere),
      .uint8("Registration Current Fraction", .host, factory: 17, Quantity(.ampere, exponent: -4)),
      .bits("Phase Loss Alarm", octets: 1, [.flag(0, "Constant Phase Loss Alarm", .host), .fill(1...7, "Reserved")]),
      .uint8("Power Up Wait Time", .host),
      .when(
        .any([.version(3, 13), .firmware(3, 80)]),
        [
          .uint32("Maximum Key Usage Count", .fixed, factory: 1_000_000),
          .uint8(
            "Security Mode", .meter, meanings: [Meaning(0, "RC4"), Meaning(2, "OSGP-AES-128-PSK")]),
          .uint8("FCM Message Count", .meter),
        ]),
      .when(
        .firmware(4, 0),
        [
          .array("MEP Sequence Numbers", .exactly(2), of: [.uint32("", .meter)]),
          .uint8("Reverse Energy Alarm Time Threshold (Milliseconds)", .unstated, .millisecond),
          .uint16("Reverse Energy Alarm Time Threshold (Seconds)", .unstated, factory: 10, .seconds),
        ]),
    ])
}
