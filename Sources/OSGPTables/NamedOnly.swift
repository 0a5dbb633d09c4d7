// SPDX-License-Identifier: Apache-2.0
import C1219

extension Catalogue {
  /// Tables that the guide names and does not describe: their octets can be read, and nobody says what they mean. In the
  /// order of the numbers. Names are those of Appendix C, else of Table A.1 of the Optical Port Programmer's Guide.
  public static let namedOnly: [Table] = [
    other(.basic(5), page: 203, "Holds an identification; BT00 says whether as characters or BCD."),
    other(.basic(6), page: 203, "Holds an identification; BT00 says whether as characters or BCD."),
    other(.basic(13), page: 120, "Octets 4 and 5: the demand sub-interval and its multiplier (ET42)."),
    other(.basic(16), page: 186, "Numbers the sources that ET62 formats by."),
    other(.basic(29), page: 206, "Of the decade of the registers, which BT21 dimensions."),
    other(.basic(51), page: 228, "Of the decade of time, which BT50 dimensions."),
    listed(.extended(1), "Pulse Output Options", page: 269, write: .advanced, "Configures the S0 output."),
    listed(
      .extended(2), "RTC Calibration", page: 266, write: .advanced, "The Optical guide calls it Battery Information."),
    listed(
      .extended(5), "Control Output Settings", page: 266, write: .advanced,
      "Octet 0: a power threshold (ET80); 8 to 23: prepay rates of tiers 1 to 4 (ET55); bit 0 of 25: whether ET46 counts."
    ),
    listed(.extended(6), "Pulse Inputs", page: 266, write: .advanced, "Configures the pulse inputs."),
    listed(
      .extended(7), "LCD Display Configuration Table", page: 266, write: .advanced, memory: .write,
      "Formats and source ID codes of the display; BT30 dimensions it."),
    other(.extended(10), page: 64, "Records power outages, as ET09 does; ET04 says how many."),
    other(.extended(12), page: 64, "Registers of total energy or daily consumption; ET04 says how many."),
    other(.extended(20), page: 135, "One-time reads that are under way; both MEP ports share it."),
    other(.extended(22), page: 85, "Its first array has as many octets as \"ET22 Alarm Size\" in ET11 says."),
    other(.extended(28), page: 137, "Named once, for the type of a transaction: perhaps a misprint."),
    listed(
      .extended(30), "Maximum Power or Current Level Control", page: 267, write: .none,
      "Configures and tells the maximum power and current thresholds."),
    other(.extended(32), page: 114, "The log of M-Bus one-time reads; ET36 dimensions it."),
    other(.extended(38), page: 114, "The log of configuration IDs; ET36 dimensions it."),
    listed(
      .extended(40), "Demand Configuration", page: 267, write: .advanced, memory: .write,
      "The time of day of demand resets."),
    other(.extended(48), page: 85, "Tells whether demand is configured; ET11 says how many entries it has."),
    listed(
      .extended(67), "Display Source ID Mapping Table", page: 267, write: .advanced,
      "Maps display source IDs to extended ones; BT30 dimensions it."),
    listed(
      .extended(76), "Externally Configurable Hardware Options", page: 268, write: .advanced,
      "Control Point and OSGP Modules from 1.11: a writable map of ET29. Bit 13 of octet 0: separate zero cross signal."
    ),
    listed(
      .extended(77), "Secondary Display List", page: 268, write: .advanced, memory: .write,
      "Firmware 3.70 and later; ET54 says how many entries it has."),
    other(.extended(92), "P2P Connection Configuration", page: 197, "P2P meters only; ET90 dimensions it."),
    other(.extended(93), "P2P Connection Status", page: 197, "P2P meters only; ET90 dimensions it."),
    other(.extended(94), "P2P Gateway Module Configuration", page: 197, "P2P meters only; ET90 dimensions it."),
    other(.extended(95), "P2P Gateway Module Status", page: 197, "P2P meters only; ET90 dimensions it."),
    other(.extended(96), "P2P Gateway Module Socket Status", page: 197, "P2P meters only; ET90 dimensions it."),
    other(
      .extended(98), "P2P AT Command Response", page: 198,
      "P2P meters with firmware 4.20 and later; ET90 says how long it is."),
  ]

  /// A table that the guides name, whether they describe it or not.
  public static func named(_ id: TableID) -> Table? { table(id) ?? namedOnly.first { $0.id == id } }

  /// One that Appendix C lists, and so tells the access of.
  private static func listed(
    _ id: TableID, _ name: StaticString, page: Int, write: Table.Access, memory: Table.NonVolatileMemory = [],
    _ remark: StaticString
  ) -> Table {
    Table(id, name, page: page, write: write, memory: memory, remark: remark, [])
  }

  /// One that it does not list.
  private static func other(
    _ id: TableID, _ name: StaticString = "", page: Int, _ remark: StaticString
  ) -> Table {
    Table(id, name, page: page, read: .unstated, write: .unstated, remark: remark, [])
  }
}
