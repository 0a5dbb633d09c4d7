// SPDX-License-Identifier: Apache-2.0
import C1219

/// The places that a meter has for the devices behind it: four for M-Bus, then one for each MEP client.
enum Slots {
  static let mbus = 0...3
  /// Handles below are those of M-Bus devices.
  static let firstClientHandle = 1000
  static let count = Count.field(Reference(.et11, "Number of Devices"))

  static let baudRates = [
    Meaning(0, "9600"), Meaning(1, "300"), Meaning(2, "600"), Meaning(3, "1200"), Meaning(4, "2400"),
    Meaning(5, "4800"), Meaning(6, "9600"), Meaning(7, "14400"), Meaning(8, "19200"), Meaning(9, "28800"),
    Meaning(10, "38400"), Meaning(11, "57600"), Meaning(12, "115200"),
  ]
}
