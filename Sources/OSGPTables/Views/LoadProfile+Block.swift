// SPDX-License-Identifier: Apache-2.0
import C1219

extension LoadProfile {
  /// One block of the ring: the intervals of a day, mostly.
  public struct Block: Equatable, Sendable {
    /// Its place in the ring.
    public let index: Int
    /// When its newest recorded interval ended, in UTC; nil when none is recorded.
    public let end: Moment?
    /// Whether the last of its intervals is recorded.
    public let isComplete: Bool
    /// The channels' values at the end of the block. None where the meter does not record them, and before the end.
    public let endReadings: [Raw]
    /// Those that are recorded, oldest first. Octets of others mean nothing.
    public let intervals: [Interval]
  }

  public struct Interval: Equatable, Sendable {
    /// Its place in the block.
    public let index: Int
    /// In UTC; `end.secondsSince2000` counts the seconds.
    ///
    /// Reckoned back from the block's end in whole intervals, also where the clock was set, as ``status`` tells.
    public let end: Moment
    public let status: CommonStatus
    /// One for each channel.
    public let values: [Value]
    /// As it is recorded.
    let octets: [UInt8]
  }

  /// What one channel has recorded for an interval.
  public struct Value: Equatable, Sendable {
    /// INT32, or four octets where ``Channel/isOctets`` says so.
    public let raw: Raw
    public let status: ChannelStatus
    /// Whether it was measured: not a zero in place of what was not, and not encrypted.
    public let isMeasured: Bool
  }

  /// A block from its octets, the first of which is the block's; intervals that they do not hold whole are left out.
  public func block(_ index: Int, _ octets: [UInt8]) throws(Problem) -> Block {
    guard octets.count >= headerOctets else { throw .short(block: index) }
    return try block(index, header: octets, body: octets[headerOctets...], first: 0)
  }

  /// A block from the octets of a planned read's header and body.
  public func block(_ read: Read, header: [UInt8], body: [UInt8]) throws(Problem) -> Block {
    guard header.count >= headerOctets else { throw .short(block: read.block) }
    return try block(read.block, header: header, body: body[...], first: read.intervals.lowerBound)
  }

  private func block(
    _ index: Int, header: [UInt8], body: ArraySlice<UInt8>, first: Int
  ) throws(Problem) -> Block {
    // Without blocks nobody knows where anything is.
    let recorded = (0..<(blocks > 0 ? intervals : 0)).filter {
      header[statusOffset + $0 / 8] >> UInt8($0 % 8) & 1 == 1
    }
    guard let newest = recorded.last else {
      return Block(index: index, end: nil, isComplete: false, endReadings: [], intervals: [])
    }
    guard let end = Moment(Array(header.prefix(5))) else { throw .noEndTime(block: index) }
    let isComplete = newest == intervals - 1
    let held = first..<first + body.count / intervalOctets
    return Block(
      index: index, end: end, isComplete: isComplete,
      endReadings: hasEndReadings && isComplete ? channels.indices.map { raw($0, header[...], 5 + 4 * $0) } : [],
      intervals: recorded.filter(held.contains).map { i in
        interval(
          i, end: end.adding(seconds: Int64(i - newest) * Int64(interval)),
          body.dropFirst((i - first) * intervalOctets).prefix(intervalOctets))
      })
  }

  private func interval(_ index: Int, end: Moment, _ octets: ArraySlice<UInt8>) -> Interval {
    // The status nibbles, the high one of an octet before the low one: for all channels, then for each.
    func nibble(_ n: Int) -> UInt8 { octets[octets.startIndex + n / 2] >> (n % 2 == 0 ? 4 : 0) & 0x0F }
    return Interval(
      index: index, end: end, status: CommonStatus(rawValue: nibble(0)),
      values: channels.indices.map { channel in
        let (raw, status) = (raw(channel, octets, valueOffset + 4 * channel), ChannelStatus(code: nibble(channel + 1)))
        // A meter may record 0 and no status for an interval without a read of the device.
        let mayBeUnread = channels[channel].pollInterval != nil && raw == .octets([0, 0, 0, 0])
        return Value(raw: raw, status: status, isMeasured: status.isMeasured && !mayBeUnread)
      }, octets: Array(octets))
  }

  private func raw(_ channel: Int, _ octets: ArraySlice<UInt8>, _ offset: Int) -> Raw {
    let four = octets.dropFirst(offset).prefix(4)
    if channels[channel].isOctets { return .octets(Array(four)) }
    return .integer(Int64(Int32(truncatingIfNeeded: four.reversed().reduce(0) { $0 << 8 | Int64($1) })))
  }
}
