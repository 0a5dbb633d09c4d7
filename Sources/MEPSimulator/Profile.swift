// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// A kind of meter: what it is called, how it is dimensioned and which tables it has.
public struct Profile: Sendable {
  public private(set) var name: String
  /// One line for a list of profiles.
  public private(set) var summary: String
  public let manufacturer: String
  public let model: String
  public let firmware: FirmwareVersion
  public let hardware: FirmwareVersion
  /// MEP ports.
  public private(set) var ports: Int
  public var tiers: Int
  /// The sources of BT22 and BT27, in the order of BT23 and BT28.
  public var summations: [UInt8]
  public var presentValues: [UInt8]
  /// The sources of demands, 8 to 11: the greatest averages of 15 minutes.
  public var demands: [UInt8] = []
  /// What one of these sources had at the time of a demand, which is told by its index.
  public var coincidents: [(source: UInt8, demand: Int)] = []
  public let imageCRC: UInt16
  /// Values that never change, by source; nil for a meter that lives.
  public let frozen: [UInt8: Int64]?
  /// Wh or varh that one count of the energy registers stands for: 1, 10 or 100 (ET55). Set when a meter is made.
  public var energyUnit = 1
  /// Entries of the event log, BT74.
  public var events = 100
  /// Entries of the alternate event log, ET79; 0 where it is disabled.
  public var alternateEvents = 0
  /// Millionths by which the clock is fast; negative where it is slow.
  public var clockDrift = 0
  /// The logs of ET36.
  public var adjustableLogs = AdjustableLog.factory.dimensioned(.et81, entries: 20)
  /// What is at the M-Bus, in the slots from the first one on; nil where a device was removed.
  var devices: [MBusDevice.Kind?] = []
  /// Entries of ET74.
  var extendedReads = 0

  /// Every profile by its name.
  public static let all = [gen3, gen3Old, gen3Demand, gen3CT, gen4, gen4Compatible, module, gen3Frozen]

  /// The slots that M-Bus devices are in.
  var deviceSlots: [Int] { devices.indices.filter { devices[$0] != nil } }

  /// What is in a slot of ET13, ET14 and ET16.
  func device(in slot: Int) -> MBusDevice.Kind? { slot < devices.count ? devices[slot] : nil }

  public static func named(_ name: String) -> Profile? { all.first { $0.name == name } }

  public static let gen3 = Profile(
    name: "gen3", summary: "83331-3I, firmware 3.84.6: 11 summations, 4 tiers, 55 present values",
    manufacturer: "ELON", model: "83331-3I", firmware: FirmwareVersion(3, 84, 6), hardware: FirmwareVersion(3, 0, 0),
    ports: 1, tiers: 4, summations: Sources.summations, presentValues: Array(Sources.presentValues.prefix(55)),
    imageCRC: 55331, frozen: nil,
    adjustableLogs: AdjustableLog.factory.dimensioned(.et81, entries: 20).dimensioned(.et45, entries: 16),
    devices: [.water, .heat], extendedReads: 12)

  public static let gen3Old = Profile(
    name: "gen3-old", summary: "83331-3I, firmware 3.30: 11 summations, 4 tiers, 26 present values",
    manufacturer: "ELON", model: "83331-3I", firmware: FirmwareVersion(3, 30, 0), hardware: FirmwareVersion(3, 0, 0),
    ports: 1, tiers: 4, summations: Sources.summations, presentValues: Array(Sources.presentValues.prefix(26)),
    imageCRC: 21930, frozen: nil, clockDrift: -8)

  public static let gen3Demand = Profile(
    name: "gen3-demand", summary: "gen3 with two demands and four coincident values, and a log of demand resets",
    manufacturer: "ELON", model: "83331-3I", firmware: FirmwareVersion(3, 84, 6), hardware: FirmwareVersion(3, 0, 0),
    // With demands there are 15 summations, and two coincident values for each demand (guide, BT21 and BT23).
    ports: 1, tiers: 4, summations: Sources.summations + Sources.quadrants.prefix(4),
    presentValues: Array(Sources.presentValues.prefix(55)), demands: [8, 9],
    coincidents: [(source: 10, demand: 0), (11, 0), (10, 1), (11, 1)], imageCRC: 55331, frozen: nil,
    adjustableLogs: AdjustableLog.factory.dimensioned(.et81, entries: 20).dimensioned(.et41, entries: 12))

  /// What is special of it is all in ET29 and ET55: as for BT23, current transformers are reckoned in.
  public static let gen3CT = {
    var profile = gen3
    profile.name = "gen3-ct"
    profile.summary = "gen3 behind current transformers, its energy registers in units of 10 Wh and 10 varh"
    profile.energyUnit = 10
    return profile
  }()

  public static let gen4 = Profile(
    name: "gen4", summary: "83334, firmware 4.30, two MEP ports: 19 summations, 8 tiers, 84 present values",
    manufacturer: "NES", model: "83334", firmware: FirmwareVersion(4, 30, 0), hardware: FirmwareVersion(4, 0, 0),
    ports: 2, tiers: 8, summations: Sources.summations + Sources.quadrants, presentValues: Sources.presentValues,
    imageCRC: 17185, frozen: nil, events: 200, alternateEvents: 100,
    adjustableLogs: AdjustableLog.factory.dimensioned(.et81, entries: 50).dimensioned(.et45, entries: 16),
    devices: [.water, .heat], extendedReads: 12)

  /// For a client that knows nothing of a second port: the guide's backward-compatible mode.
  public static let gen4Compatible = {
    var profile = gen4
    profile.name = "gen4-compatible"
    profile.summary = "gen4 in the mode for one client only, with the tables of one port"
    profile.ports = 1
    return profile
  }()

  /// It leaves the nine newest present values out of a full read (guide, BT28).
  public static let module = Profile(
    name: "module", summary: "CPM 6010 OSGP module, firmware 1.32: 11 summations, 4 tiers, 64 present values",
    manufacturer: "ELON", model: "CPM6010", firmware: FirmwareVersion(1, 32, 0), hardware: FirmwareVersion(1, 0, 0),
    ports: 1, tiers: 4, summations: Sources.summations,
    presentValues: Array(Sources.presentValues.prefix(55) + Sources.presentValues.suffix(9)), imageCRC: 4711,
    frozen: nil, devices: [.water], extendedReads: 12)

  /// A reading that the owner of a real meter published; without tiers.
  public static let gen3Frozen = Profile(
    name: "gen3-frozen", summary: "gen3 without tiers, its registers those of one reading of a real meter",
    manufacturer: "ELON", model: "83331-3I", firmware: FirmwareVersion(3, 84, 6), hardware: FirmwareVersion(3, 0, 0),
    ports: 1, tiers: 0, summations: Sources.summations, presentValues: Array(Sources.presentValues.prefix(55)),
    imageCRC: 55331, frozen: Sources.realReading)

  /// What a client learns from this meter's dimension tables.
  public var dimensions: Dimensions {
    get throws(LayoutError) {
      var dimensions = Dimensions(firmware: firmware)
      // The catalogue has some tables before those that shape them.
      let shaping = Catalogue.tables.filter { has($0) && Catalogue.shapesOthers($0.id) }
      for table in shaping.flatMap({ $0.dimensionTables + [$0] }) where !dimensions.knows(table.id) {
        dimensions.learn(try sheet(of: table, in: dimensions).decoded)
      }
      return dimensions
    }
  }

  /// Whether the meter has a table at all.
  public func has(_ table: Table) -> Bool {
    table.isThere(in: firmware) && (table.id != Table.et85.id || ports == 2)
  }

  /// Octets at the end of a table that only partial reads give: the present values 75 to 83 of modules (guide, BT28).
  func leavesOut(ofFullRead table: TableID) -> Int {
    firmware.isModule && table == Table.bt28.id ? 4 * max(0, presentValues.count - 55) : 0
  }

  /// Whether it can count its energy in other units than Wh and varh (ET55).
  var hasEnergyUnit: Bool { isFrom(3, 70, module: FirmwareVersion(1, 20)) }

  /// Whether its firmware has what came with a version of meters, or with that of modules.
  func isFrom(_ major: UInt8, _ minor: UInt8, module: FirmwareVersion?) -> Bool {
    firmware.isFrom(FirmwareVersion(major, minor), module: module)
  }

  /// A table as this meter comes from the factory.
  func sheet(of table: Table, in dimensions: Dimensions) throws(LayoutError) -> Sheet {
    var sheet = try Sheet(table, in: dimensions)
    for part in Self.parts { try part.fill(&sheet, for: self) }
    if table.describesItself { try sheet.grow() }
    return sheet
  }

  /// What the meter is made of, in the order in which its parts are told what happens.
  static let parts: [any Part.Type] = [
    IdentityPart.self, RegistersPart.self, ClockPart.self, PortsPart.self, ClientsPart.self, CalendarPart.self,
    RelayPart.self,
    // Registers are copied before demands are reset.
    HistoryPart.self, DemandPart.self, DisplayPart.self,
    AdjustableLogsPart.self, EventLogPart.self, OutagePart.self, QualityPart.self,
    MBusPart.self, OnDemandPart.self, AlertPart.self, DeltaDataPart.self,
    LoadProfilePart.self, TransactionPart.self, InterfacePart.self,
  ]
}

extension Profile: CustomStringConvertible {
  public var description: String { name }
}
