// SPDX-License-Identifier: Apache-2.0
import C1219

extension LoadProfile {
  /// What to read of one block.
  public struct Read: Equatable, Sendable {
    /// The block's place in the ring.
    public let block: Int
    /// Counts the blocks that the meter has begun.
    public let sequence: UInt32
    /// The intervals to read.
    public let intervals: Range<Int>
    /// Where in the table the block's header is, to be read before the body.
    public let header: Range<Int>
    /// Where in the table the intervals are.
    public let body: Range<Int>
  }

  /// Which interval was read last. It holds whatever becomes of the meter's clock.
  public struct Mark: Equatable, Sendable {
    public let configuration: UInt32
    /// The block's number among those that the meter has begun.
    public let sequence: UInt32
    /// The interval's place in the block.
    public let interval: Int
    /// UTC, as it was read.
    public let end: Moment
    /// As it was recorded.
    public let octets: [UInt8]

    public init(configuration: UInt32, sequence: UInt32, interval: Int, end: Moment, octets: [UInt8]) {
      self.configuration = configuration
      self.sequence = sequence
      self.interval = interval
      self.end = end
      self.octets = octets
    }

    /// Whether it is this interval, by its end or by what was recorded: the clock may have been set since, or late values
    /// of M-Bus devices filled in.
    public func isOf(_ interval: Interval) -> Bool {
      interval.index == self.interval && (interval.end == end || interval.octets == octets)
    }
  }

  public func mark(_ interval: Interval, of read: Read) -> Mark {
    Mark(
      configuration: configuration, sequence: read.sequence, interval: interval.index, end: interval.end,
      octets: interval.octets)
  }

  /// The reads that fetch what is recorded, oldest block first.
  ///
  /// While they go on the meter may begin a new block in the oldest one's place: see ``holds(_:bt63:)``.
  ///
  /// - Parameters:
  ///   - bt63: read just now.
  ///   - et21: read just now.
  ///   - after: the end, in UTC, of the newest interval that is not wanted. Blocks are skipped by the time at which they
  ///     would have ended without gaps between them, so none is missed, unless the clock was set back in the meantime.
  ///   - mark: what was read last; the first read begins with it, so that one can see whether it is still there. Where
  ///     it cannot be, all is read.
  public func plan(
    bt63: Decoded, et21: Decoded, after: Moment? = nil, behind mark: Mark? = nil
  ) throws(Problem) -> [Read] {
    guard blocks > 0, intervals > 0 else { return [] }
    guard let ring = Ring(bt63, entry: set) else { throw .absent(bt63.layout.table) }
    guard var blocks = ring.entries(of: blocks) else {
      throw .impossible(bt63.layout.table, "Last Block", ring.lastEntry)
    }
    if let mark, mark.configuration == configuration, let distance = ring.distance(from: mark.sequence) {
      blocks = Array(blocks.suffix(distance + 1))
    }
    guard try DataSetEntry(bt63, set).number("Interval Order") == 0 else {
      throw .impossible(bt63.layout.table, "Interval Order", 1)
    }
    let state = DataSetEntry(et21, set)
    let configuration = UInt32(truncatingIfNeeded: try state.number("Load Profile Configuration ID"))
    guard configuration == self.configuration else { throw .contradictory(et21.layout.table, TableID.basic(61)) }

    let after = after?.secondsSince2000
    let interval = Int64(interval)
    var recorded = intervals
    var isCertain = false
    if try state.number("Last Block Index") == ring.lastEntry {
      let last = try state.number("Last Interval Number")
      isCertain = last < intervals
      if isCertain { recorded = last + 1 }
    }
    // No interval of the block at hand, nor of any older one, ends later than this.
    var end = state.moment("Interval End Time (UTC)")?.secondsSince2000
    var reads: [Read] = []
    for block in blocks.reversed() {
      var first = mark?.sequence == block.sequence && mark?.configuration == configuration ? mark?.interval ?? 0 : 0
      // Between BT63 and ET21 a new block was begun, or the newest interval is not known: all of the block.
      if let after, let end, isCertain {
        guard end > after else { break }
        first = max(first, recorded - Int(clamping: (end - after + interval - 1) / interval))
      }
      reads.append(read(block, min(first, recorded)..<recorded))
      if let newest = end, isCertain {
        let start = newest - Int64(recorded) * interval
        let begun = reads.count == 1 ? state.moment("Block Start Time")?.secondsSince2000 : nil
        end = max(start, begun ?? start)
      }
      (recorded, isCertain) = (intervals, true)
    }
    return reads.reversed()
  }

  /// Whether the block of a read is still in the ring, by a BT63 that was read after it. If not, what was read is worth
  /// nothing, for it may be half one block and half another.
  public func holds(_ read: Read, bt63: Decoded) -> Bool {
    guard let ring = Ring(bt63, entry: set) else { return false }
    return ring.lastSequence &- read.sequence < UInt32(truncatingIfNeeded: min(blocks, ring.validEntries))
  }

  private func read(_ block: Ring.Entry, _ intervals: Range<Int>) -> Read {
    let start = block.index * blockOctets
    let first = start + headerOctets
    return Read(
      block: block.index, sequence: block.sequence, intervals: intervals, header: start..<first,
      body: first + intervals.lowerBound * intervalOctets..<first + intervals.upperBound * intervalOctets)
  }
}

extension [LoadProfile.Read] {
  /// The octets of the table to read, in the order of the reads; neighbours are one range.
  public var ranges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    for range in flatMap({ [$0.header, $0.body] }) where !range.isEmpty {
      if let last = ranges.last, last.upperBound == range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        ranges.append(range)
      }
    }
    return ranges
  }
}
