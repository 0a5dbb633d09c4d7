// SPDX-License-Identifier: Apache-2.0
import C1219

/// One data set of the load profile: what its channels record, how often, and where the octets are.
///
/// It holds until the meter is reconfigured, so BT61, BT62, ET57 and ET66 are read once for each ``configuration``. Before
/// each read of blocks BT63 and ET21 are read anew, and tell by ``plan(bt63:et21:after:)`` what to read of ``table``.
public struct LoadProfile: Sendable {
  /// 0…3 for data set 1…4.
  public let set: Int
  /// How many blocks the ring has room for; 0 for a data set that is not in use.
  public let blocks: Int
  /// Intervals in a block.
  public let intervals: Int
  /// Seconds from the end of one interval to that of the next.
  public let interval: Int
  public let channels: [Channel]
  public let hasEndReadings: Bool
  /// Another one after each reconfiguration of the load profile.
  public let configuration: UInt32
  /// Octets of a block, of what stands in it before the first interval, and of an interval.
  public let blockOctets, headerOctets, intervalOctets: Int
  /// Octets from the start of a block to its simple status.
  let statusOffset: Int
  /// Octets from the start of an interval to the first channel's value.
  let valueOffset: Int

  /// BT64 to BT67.
  public var table: TableID { .basic(64 + UInt16(set)) }

  /// An interval's length as tables have it: in minutes, but 84 for a day (guide, BT61). ANSI compliance knows minutes only.
  static func seconds(_ minutes: Int, isANSI: Bool) -> Int { minutes == 84 && !isANSI ? 86_400 : 60 * minutes }

  /// - Parameters:
  ///   - set: 0…3 for data set 1…4.
  ///   - et66: for channels with sources 112…163, which it maps.
  ///   - et57: for channels of M-Bus devices: what their data types stand for.
  ///   - et34: for the same: how often the devices are read.
  ///   - unit: what energy registers count.
  public init(
    set: Int, bt61: Decoded, bt62: Decoded, et21: Decoded, et66: Decoded? = nil, et57: Decoded? = nil,
    et34: Decoded? = nil, unit: EnergyRegisterUnit = .unknown
  ) throws(Problem) {
    let actual = DataSetEntry(bt61, set)
    let control = DataSetEntry(bt62, set)
    let state = DataSetEntry(et21, set)
    guard (0..<4).contains(set) else { throw .absent(bt61.layout.table) }
    self.set = set
    blocks = try actual.number("Number of Blocks")
    intervals = try actual.number("Number of Intervals")
    let channels = try actual.number("Number of Channels")
    let minutes = try actual.number("Maximum Interval Time")
    hasEndReadings = bt61.flag(named: "End Reading Supported") == true
    configuration = UInt32(truncatingIfNeeded: try state.number("Load Profile Configuration ID"))

    interval = Self.seconds(minutes, isANSI: try state.number("LPO – ANSI Compliance") == 1)
    guard intervals <= 1440 else { throw .impossible(bt61.layout.table, "Number of Intervals", intervals) }
    guard channels <= 16 else { throw .impossible(bt61.layout.table, "Number of Channels", channels) }
    guard blocks == 0 || interval > 0 else { throw .impossible(bt61.layout.table, "Maximum Interval Time", minutes) }

    let sources = control.integers("Interval Source")
    let (scalars, divisors) = (control.integers("Scalars"), control.integers("Divisors"))
    guard sources.count == channels else { throw .contradictory(bt62.layout.table, bt61.layout.table) }
    let interval = self.interval
    self.channels = sources.indices.map { i in
      var channel = Channel(
        UInt8(truncatingIfNeeded: sources[i]), et66, et57, unit,
        scalar: scalars.count == channels ? scalars[i] : 1, divisor: divisors.count == channels ? divisors[i] : 1)
      if case .mbus(let device, _) = channel.source,
        let minutes = et34?.integers(named: "Load Profile Poll Rate", entry: device).first, 60 * minutes > interval
      {
        channel.pollInterval = 60 * Int(minutes)
      }
      return channel
    }

    blockOctets = try state.number("Block Size")
    headerOctets = try state.number("Interval 0 Offset from Block")
    intervalOctets = try state.number("Interval Size")
    statusOffset = try state.number("Simple Status Offset From Block")
    valueOffset = try state.number("Channel 0 Offset from Interval")
    guard blocks > 0 else { return }
    // The sizes are the meter's own; that they have room for everything shows that both tables are of one configuration.
    guard try state.number("Number of Channels") == channels, try state.number("Interval Time") == minutes,
      statusOffset >= 5 + (hasEndReadings ? 4 * channels : 0), headerOctets >= statusOffset + (intervals + 7) / 8,
      valueOffset >= channels / 2 + 1, intervalOctets >= valueOffset + 4 * channels,
      blockOctets >= headerOctets + intervals * intervalOctets,
      // The offset of a partial read has 24 bits.
      blockOctets <= 0x100_0000 / blocks
    else { throw .contradictory(et21.layout.table, bt61.layout.table) }
  }

  public enum Problem: Error, Sendable {
    /// The table does not tell of this data set, or ends before it does.
    case absent(TableID)
    /// The two tables do not fit each other: the meter was reconfigured between the reads. Read them again.
    case contradictory(TableID, TableID)
    /// No meter can have this value in this field.
    case impossible(TableID, StaticString, Int)
    /// The octets end within the header of the block with this index.
    case short(block: Int)
    /// Intervals are recorded in the block with this index, but its end time is no date.
    case noEndTime(block: Int)
  }
}

/// The fields of one data set in a table that has an entry for each.
struct DataSetEntry {
  let table: Decoded
  let index: Int

  init(_ table: Decoded, _ index: Int) {
    self.table = table
    self.index = index
  }

  func integers(_ name: StaticString) -> [Int64] { table.integers(named: name, entry: index) }

  func number(_ name: StaticString) throws(LoadProfile.Problem) -> Int {
    guard let number = integers(name).first else { throw .absent(table.layout.table) }
    return Int(clamping: number)
  }

  func moment(_ name: StaticString) -> Moment? {
    guard case .octets(let octets)? = table.values(named: name, entry: index).first else { return nil }
    return Moment(octets)
  }
}

#if !hasFeature(Embedded)
  extension LoadProfile.Problem: CustomStringConvertible {
    public var description: String {
      switch self {
      case .absent(let table): "\(table) does not tell of this data set."
      case .contradictory(let a, let b):
        "\(a) and \(b) do not fit each other: the load profile was reconfigured between the reads."
      case .impossible(let table, let field, let value):
        "\(table) says that \"\(field)\" is \(value), which no load profile can have."
      case .short(let block): "Block \(block) is shorter than its header."
      case .noEndTime(let block): "The end time of block \(block) is no date."
      }
    }
  }
#endif
