// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// One data set of the load profile: a ring of blocks, as the octets of BT64 to BT67 have it.
struct LoadProfileSet: Sendable {
  /// How a data set is configured.
  struct Shape: Sendable {
    var blocks = 0
    /// Intervals in a block.
    var intervals = 0
    var minutes = 0
    var sources: [UInt8] = []

    /// Seconds.
    var interval: Int64 { minutes == wholeDay ? CivilTime.day : Int64(minutes) * 60 }
    /// Seconds of a block.
    var span: Int64 { interval * Int64(intervals) }
    var statusOctets: Int { (intervals + 7) / 8 }
    /// Octets from the start of a block to its first interval: the end time, then the simple status.
    var headerOctets: Int { 5 + statusOctets }
    /// Octets from the start of an interval to its first channel.
    var channelOffset: Int { sources.count / 2 + 1 }
    var intervalOctets: Int { channelOffset + 4 * sources.count }
    var blockOctets: Int { headerOctets + intervals * intervalOctets }
    var octets: Int { blocks * blockOctets }
    var hasMBus: Bool { sources.contains(where: ExtendedSource.mapped.contains) }
  }

  /// The code of an interval time.
  static let wholeDay = 84

  /// The hour (UTC) at which blocks are to start: midnight in Danish standard time.
  static let startHour: Int64 = 23

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
  var common: LoadProfile.CommonStatus = []
  var length = Status.none

  /// A ring that is full and has been for a while: what its intervals hold is told by ``recall(_:end:before:)``.
  init(_ shape: Shape, at second: Int64) {
    self.shape = shape
    octets = [UInt8](repeating: 0, count: shape.octets)
    sequence = UInt32(10 * shape.blocks + 7)
    (newest, end, blockStart) = (0, .max, 0)
    guard shape.blocks > 0 else { return }
    end = nextEnd(after: second)
    newest = end - shape.interval
    blockStart = start(of: newest)
    for age in 0..<shape.blocks {
      let recorded = age == 0 ? index(of: newest) + 1 : shape.intervals
      let block = sequence - UInt32(age)
      mark(blockStart - Int64(age) * shape.span + Int64(recorded) * shape.interval, block)
      put(
        (0..<shape.statusOctets).map { UInt8(1 << max(0, min(8, recorded - 8 * $0)) - 1) }, at: offset(of: block) + 5)
    }
  }

  var lastBlock: Int { shape.blocks == 0 ? 0 : Int(sequence) % shape.blocks }
  var lastInterval: Int { shape.blocks == 0 ? 0 : index(of: newest) }

  /// Intervals of the newest block that are marked as recorded.
  var recorded: Int {
    let status = offset(of: sequence) + 5
    return octets[status..<status + shape.statusOctets].reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// The end of the interval that goes on at a second.
  func nextEnd(after second: Int64) -> Int64 {
    second + shape.interval - (second - Self.startHour * 3600).floored(by: shape.interval).remainder
  }

  /// Whether an interval ends at a second.
  func isEnd(_ second: Int64) -> Bool { nextEnd(after: second) == second + shape.interval }

  /// When the block began that the interval with this end belongs to.
  func start(of end: Int64) -> Int64 {
    let origin = Self.startHour * 3600
    return (end - shape.interval - origin).floored(by: shape.span).quotient * shape.span + origin
  }

  /// Ends the interval in progress, or one that nobody saw pass, and begins the next one.
  mutating func record(_ values: [Value], _ common: LoadProfile.CommonStatus) {
    let start = start(of: end)
    if start != blockStart { begin(start) }
    store(values, common, end: end, sequence)
    newest = end
    mark(end, sequence)
    end += shape.interval
    self.common = []
    length = .none
  }

  /// Puts an interval into the ring that ended before the meter was looked at; unless its block is gone by now.
  mutating func recall(
    _ values: [Value], _ common: LoadProfile.CommonStatus, end: Int64,
    before first: (sequence: UInt32, blockStart: Int64)
  ) {
    let block = first.sequence - UInt32((first.blockStart - start(of: end)) / shape.span)
    if block + UInt32(shape.blocks) > sequence { store(values, common, end: end, block) }
  }

  /// Whether the meter can have recorded so long ago.
  func recalls(_ end: Int64, before blockStart: Int64) -> Bool {
    shape.blocks > 0 && start(of: end) > blockStart - Int64(shape.blocks) * shape.span
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
    put([UInt8](repeating: 0, count: shape.headerOctets), at: offset(of: sequence))
  }

  /// Octets from the start of the table to a block, by its number.
  private func offset(of block: UInt32) -> Int { Int(block) % shape.blocks * shape.blockOctets }

  private mutating func store(_ values: [Value], _ common: LoadProfile.CommonStatus, end: Int64, _ block: UInt32) {
    let (start, index) = (offset(of: block), index(of: end))
    var status = [UInt8](repeating: 0, count: shape.channelOffset)
    for (i, nibble) in ([common.rawValue] + values.map(\.status.rawValue)).enumerated() {
      status[i / 2] |= i % 2 == 0 ? nibble << 4 : nibble
    }
    put(
      status + values.flatMap { UInt32(truncatingIfNeeded: $0.integer).leastFirst },
      at: start + shape.headerOctets + index * shape.intervalOctets)
    let bit = start + 5 + index / 8
    put([octets[bit] | 1 << UInt8(index % 8)], at: bit)
  }

  private mutating func mark(_ end: Int64, _ block: UInt32) {
    put(Moment(secondsSince2000: end).shortOctets, at: offset(of: block))
  }

  private mutating func put(_ new: [UInt8], at offset: Int) {
    let range = offset..<offset + new.count
    octets.replaceSubrange(range, with: new)
    changed = min(changed?.lowerBound ?? offset, offset)..<max(changed?.upperBound ?? 0, range.upperBound)
  }
}
