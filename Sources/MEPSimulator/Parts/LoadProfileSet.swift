// SPDX-License-Identifier: Apache-2.0
import C1219

/// One data set of the load profile: a ring of blocks, as the octets of BT64 to BT67 have it.
struct LoadProfileSet: Sendable {
  /// How a data set is configured.
  struct Shape: Sendable {
    var blocks = 0
    /// Intervals in a block.
    var intervals = 0
    var minutes = 0
    var sources: [UInt8] = []

    var interval: Int64 { Int64(minutes) * 60 }
    var statusOctets: Int { (intervals + 7) / 8 }
    /// Octets from the start of a block to its first interval: the end time, then the simple status.
    var headerOctets: Int { 5 + statusOctets }
    /// Octets from the start of an interval to its first channel.
    var channelOffset: Int { sources.count / 2 + 1 }
    var intervalOctets: Int { channelOffset + 4 * sources.count }
    var blockOctets: Int { headerOctets + intervals * intervalOctets }
    var octets: Int { blocks * blockOctets }
  }

  /// The hour (UTC) at which blocks are to start: midnight in Danish standard time.
  static let startHour: Int64 = 23

  /// The flags of an interval that all channels share.
  struct Common: OptionSet, Sendable {
    let rawValue: UInt8
    static let daylightSaving = Common(rawValue: 1)
    static let powerFail = Common(rawValue: 2)
    static let clockForward = Common(rawValue: 4)
    static let clockBackward = Common(rawValue: 8)
  }

  /// What is to be said of a channel's value.
  enum Status: UInt8 {
    case none = 0
    case partial = 2
    case long = 3
    case skipped = 4
    case noMBusData = 15
  }

  struct Value: Sendable {
    var integer: Int64 = 0
    var status = Status.none
    static let skipped = Value(status: .skipped)
  }

  let shape: Shape
  private(set) var octets: [UInt8]
  /// Counts the blocks that were begun. A block's place in the ring follows from its number.
  private(set) var sequence: UInt32
  /// When the newest block began, in the meter's UTC.
  private(set) var blockStart: Int64
  /// The end of the newest interval that is recorded.
  private(set) var newest: Int64
  private(set) var unread = 1
  private(set) var hasOverflowed = false
  /// Octets that the table does not have yet.
  private var changed: Range<Int>?

  /// What is known of the interval in progress, and when it ends by the meter's clock.
  var end: Int64
  var common: Common = []
  var length = Status.none

  /// A ring that is full and has been for a while: what is in it is told by ``recall(_:end:)``.
  init(_ shape: Shape, at second: Int64) {
    self.shape = shape
    octets = [UInt8](repeating: 0, count: shape.octets)
    sequence = UInt32(10 * shape.blocks + 7)
    (newest, end, blockStart) = (0, .max, 0)
    guard shape.blocks > 0 else { return }
    newest = second.floored(by: shape.interval).quotient * shape.interval
    end = newest + shape.interval
    blockStart = start(of: newest)
  }

  var lastBlock: Int { shape.blocks == 0 ? 0 : Int(sequence) % shape.blocks }
  var lastInterval: Int { shape.blocks == 0 ? 0 : index(of: newest) }

  /// Intervals of the newest block that are marked as recorded.
  var recorded: Int {
    let status = lastBlock * shape.blockOctets + 5
    return octets[status..<status + shape.statusOctets].reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// When the block began that the interval with this end belongs to.
  func start(of end: Int64) -> Int64 {
    let (length, origin) = (shape.interval * Int64(shape.intervals), Self.startHour * 3600)
    return (end - shape.interval - origin).floored(by: length).quotient * length + origin
  }

  /// Ends the interval in progress, or one that nobody saw pass, and begins the next one.
  mutating func record(_ values: [Value], _ common: Common) {
    let start = start(of: end)
    if start != blockStart { begin(start) }
    store(values, common, end: end, sequence: sequence)
    newest = end
    mark(end, sequence: sequence)
    end += shape.interval
    self.common = []
    length = .none
  }

  /// Puts an interval into the ring that ended before the meter was looked at; unless its block is gone by now.
  mutating func recall(_ values: [Value], end: Int64, before first: (sequence: UInt32, blockStart: Int64)) {
    let age = (first.blockStart - start(of: end)) / (shape.interval * Int64(shape.intervals))
    let number = Int64(first.sequence) - age
    guard number + Int64(shape.blocks) > Int64(sequence) else { return }
    store(values, [], end: end, sequence: UInt32(number))
    // What came later in the block tells its end.
    if index(of: end) == shape.intervals - 1 || end == newest { mark(end, sequence: UInt32(number)) }
  }

  /// Whether the meter can have recorded so long ago.
  func recalls(_ end: Int64, before blockStart: Int64) -> Bool {
    shape.blocks > 0
      && start(of: end) > blockStart - Int64(shape.blocks) * shape.interval * Int64(shape.intervals)
  }

  /// What was recorded since this was asked last, and where it belongs.
  mutating func takeChanges() -> (offset: Int, octets: [UInt8])? {
    defer { changed = nil }
    return changed.map { ($0.lowerBound, Array(octets[$0])) }
  }

  /// The table may have lost everything.
  mutating func tellAll() { changed = octets.isEmpty ? nil : 0..<octets.count }

  private func index(of end: Int64) -> Int { Int((end - start(of: end)) / shape.interval) - 1 }

  /// The values of the block that was here remain, no longer marked as recorded.
  private mutating func begin(_ start: Int64) {
    blockStart = start
    sequence += 1
    if unread == shape.blocks { hasOverflowed = true } else { unread += 1 }
    put([UInt8](repeating: 0, count: shape.headerOctets), at: lastBlock * shape.blockOctets)
  }

  private mutating func store(_ values: [Value], _ common: Common, end: Int64, sequence: UInt32) {
    let (block, index) = (Int(sequence) % shape.blocks * shape.blockOctets, index(of: end))
    var common = common
    // Daylight saving time changes on the hour, which no interval has in its middle.
    if CivilTime.isDaylightSaving(utc: end - shape.interval) { common.insert(.daylightSaving) }
    var status = [UInt8](repeating: 0, count: shape.channelOffset)
    for (i, nibble) in ([common.rawValue] + values.map(\.status.rawValue)).enumerated() {
      status[i / 2] |= i % 2 == 0 ? nibble << 4 : nibble
    }
    put(
      status + values.flatMap { UInt32(truncatingIfNeeded: $0.integer).leastFirst },
      at: block + shape.headerOctets + index * shape.intervalOctets)
    let bit = block + 5 + index / 8
    put([octets[bit] | 1 << UInt8(index % 8)], at: bit)
  }

  private mutating func mark(_ end: Int64, sequence: UInt32) {
    put(Moment(secondsSince2000: end).shortOctets, at: Int(sequence) % shape.blocks * shape.blockOctets)
  }

  private mutating func put(_ new: [UInt8], at offset: Int) {
    let range = offset..<offset + new.count
    octets.replaceSubrange(range, with: new)
    changed = min(changed?.lowerBound ?? offset, offset)..<max(changed?.upperBound ?? 0, range.upperBound)
  }
}
