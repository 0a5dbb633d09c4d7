// SPDX-License-Identifier: Apache-2.0
import C1219

/// Typed view of ET42: what there is to read, and how large it is. Sizes are in octets.
public struct InterfaceDefinition: Equatable, Sendable {
  /// The number that whoever configured the meter's billing gave to the configuration (BIDN).
  public let billingNumber: Int
  /// The active load profile data sets whose octets are there, number 1 first.
  public let dataSets: [DataSet]
  /// The logs that ET36 dimensions, in its order; older firmware has fewer.
  public let logs: [Log]
  /// BT74: its entries, and the octets of each that are its argument.
  public let historyEntries: Int?
  public let historyArgumentSize: Int?
  /// Entries of ET74, ET77 and ET79; nil where firmware is too old to tell.
  public let recurringReadEntries: Int?
  public let secondaryDisplayEntries: Int?
  public let alternateHistoryEntries: Int?
  /// Wh or varh that 1 in an energy register stands for: 1, 10 or 100; nil where firmware is too old to tell.
  public let energyRegisterUnit: Int?
  /// Decimal digits of the energy registers, in Wh, before they begin anew; nil where firmware is too old to tell.
  public let rolloverDigits: Int?

  public struct DataSet: Equatable, Sendable {
    /// 1 to 4.
    public let number: Int
    public let blockSize: Int
    public let blocks: Int
    public let intervalsPerBlock: Int
    public let intervalSize: Int
    /// Seconds from the start of one interval to that of the next.
    public let interval: Int
    /// The extended source of each channel (ET66).
    public let sources: [UInt16]
  }

  public struct Log: Equatable, Sendable {
    public let table: TableID
    public let entries: Int
    public let entrySize: Int
  }

  /// From ET42; nil where its octets end before the sources of data set 1.
  public init?(_ table: Decoded) {
    guard let number = table.first("Billing Interface Definition Number"), let first = DataSet(first: table)
    else { return nil }
    billingNumber = number
    var dataSets = [first]
    var entry = 0
    for (number, flag) in Self.flags where table.first(flag) == 1 {
      if let dataSet = DataSet(number, table, entry: entry) { dataSets.append(dataSet) }
      entry += 1
    }
    self.dataSets = dataSets
    logs = Self.logs.compactMap { id, entries, size in
      guard let entries = table.first(entries), let size = table.first(size) else { return nil }
      return Log(table: id, entries: entries, entrySize: size)
    }
    historyEntries = table.first("History Log Count")
    historyArgumentSize = table.first("History Log Entry Size")
    recurringReadEntries = table.first("ET74 Entry Count")
    secondaryDisplayEntries = table.first("ET77 Entry Count")
    alternateHistoryEntries = table.first("ET79 Entry Count")
    energyRegisterUnit = table.first("Energy Register Unit")
    rolloverDigits = table.first("Accumulator Rollover Digit")
  }

  private static let flags: [(Int, StaticString)] = [
    (2, "Data Set 2 Active"), (3, "Data Set 3 Active"), (4, "Data Set 4 Active"),
  ]

  private static let logs: [(TableID, StaticString, StaticString)] = [
    (.extended(31), "OTR Log Count", "OTR Entry Size"),
    (.extended(32), "M-Bus OTR Log Count", "M-Bus OTR Entry Size"),
    (.extended(38), "Config ID Log Count", "Config ID Entry Size"),
    (.extended(41), "Demand Reset Log Count", "Demand Reset Entry Size"),
    (.extended(45), "M-Bus Recurring Log Count", "M-Bus Recurring Entry Size"),
    (.extended(75), "LP Change Log Count", "LP Change Log Entry Size"),
    (.extended(81), "Power Outage Log Count", "Power Outage Log Entry Size"),
  ]
}

extension InterfaceDefinition.DataSet {
  /// Data set 1, which stands in the fixed section.
  fileprivate init?(first table: Decoded) {
    guard let blockSize = table.first("Load Profile Block Size"),
      let blocks = table.first("Load Profile Number of Blocks"),
      let intervals = table.first("Load Profile Intervals Per Block"),
      let size = table.first("Load Profile Interval Size"),
      let duration = table.first("Load Profile Interval Duration"),
      let options = table.first("Load Profile Options"),
      let channels = table.first("Load Profile Number of Channels")
    else { return nil }
    let sources = table.integers(named: "Load Profile Extended Sources")
    self.init(1, blockSize, blocks, intervals, size, duration, options, channels, sources)
  }

  /// One of the others, which stand behind the lists.
  fileprivate init?(_ number: Int, _ table: Decoded, entry: Int) {
    guard let blockSize = table.first("Block Size", entry: entry),
      let blocks = table.first("Number of Blocks", entry: entry),
      let intervals = table.first("Intervals Per Block", entry: entry),
      let size = table.first("Interval Size", entry: entry),
      let duration = table.first("Interval Duration", entry: entry),
      let options = table.first("Options", entry: entry),
      let channels = table.first("Number of Channels", entry: entry)
    else { return nil }
    let sources = table.integers(named: "Extended Sources", entry: entry)
    self.init(number, blockSize, blocks, intervals, size, duration, options, channels, sources)
  }

  private init?(
    _ number: Int, _ blockSize: Int, _ blocks: Int, _ intervals: Int, _ size: Int, _ duration: Int, _ options: Int,
    _ channels: Int, _ sources: [Int64]
  ) {
    guard sources.count == channels else { return nil }
    self.init(
      number: number, blockSize: blockSize, blocks: blocks, intervalsPerBlock: intervals, intervalSize: size,
      interval: LoadProfile.seconds(duration, isANSI: options & 0b1000 != 0),
      sources: sources.map { UInt16(truncatingIfNeeded: $0) })
  }
}

extension Decoded {
  fileprivate func first(_ name: StaticString, entry: Int? = nil) -> Int? {
    integers(named: name, entry: entry).first.map { Int(clamping: $0) }
  }
}
