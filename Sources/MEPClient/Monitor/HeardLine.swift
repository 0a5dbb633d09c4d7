// SPDX-License-Identifier: Apache-2.0
import MEP

/// One wire of a line that is listened to: the octets that wait to become frames, and when each of them was there.
struct HeardLine: Sendable {
  struct Found {
    /// With its length field.
    let octets: [UInt8]
    let isFrame: Bool
    /// Whether it has the form of one.
    let isLikely: Bool
    let start: Instant
    let end: Instant
    /// The longest pause between two of its octets.
    let longestGap: Instant.Span
  }

  /// The octets that wait; the first stands where a frame may begin.
  private var octets: [UInt8] = []
  /// When each of them was there.
  private var moments: [Instant] = []
  private var lastOctet = Instant(microseconds: 0)
  private let octet: Int64

  private static let backlog = 2 * (MessageLimit.lengthField + MessageLimit.message)

  /// - Parameter octet: how long an octet takes, in microseconds; 0 where that is not known.
  init(octet: Int64) { self.octet = octet }

  var isEmpty: Bool { octets.isEmpty }

  /// Whether what waits is one frame by its length field.
  var isWhole: Bool { octets.count > MessageLimit.lengthField && announced + MessageLimit.lengthField == octets.count }

  /// When what waits will not become more; nil where nothing waits.
  func quietAt(_ silence: Instant.Span) -> Instant? { isEmpty ? nil : lastOctet + silence }

  /// Octets that came together were on the line one after the other, and the last of them is there now.
  mutating func append(_ more: [UInt8], at now: Instant) {
    for i in more.indices {
      let before = Int64(more.count - 1 - i) * octet
      moments.append(max(lastOctet, Instant(microseconds: now.microseconds - before)))
      lastOctet = moments[moments.count - 1]
    }
    octets += more
  }

  /// The next frame, or octets in front of one that belong to none; nil while more may come.
  ///
  /// - Parameter isLikely: whether a message can be one.
  mutating func next(isQuiet: Bool, _ isLikely: (ArraySlice<UInt8>) -> Bool) -> Found? {
    if isEmpty { return nil }
    var trial = FrameBuffer(shortest: 1)
    trial.append(octets)
    var length = 0
    func search() -> FrameBuffer.Step {
      trial.next(patient: !isQuiet) { message in
        guard isLikely(message) else { return false }
        length = message.count + MessageLimit.lengthField
        return true
      }
    }
    var step = search()
    while isQuiet, step == .wait, !trial.isEmpty {
      trial.silence()
      step = search()
    }
    let skipped = trial.takeSkipped()
    switch step {
    case .message, .alert:
      if step == .alert { length = Frame.alert.count }
      // The frame itself comes the next time.
      return skipped > 0 ? take(skipped, isFrame: false) : take(length, isFrame: true, isLikely: true)
    case .wait:
      // Noise without an end must not be searched through again and again.
      if !isQuiet, skipped > Self.backlog { return take(skipped, isFrame: false) }
      guard isQuiet else { return nil }
      // Whatever it is, its length field may say that it is one frame, or would have been one.
      let isOne = octets.count > MessageLimit.lengthField && (1...MessageLimit.message).contains(announced)
      return take(octets.count, isFrame: isOne && announced + MessageLimit.lengthField >= octets.count)
    }
  }

  /// What the length field says.
  private var announced: Int { Int(octets[0]) << 8 | Int(octets[1]) }

  private mutating func take(_ count: Int, isFrame: Bool, isLikely: Bool = false) -> Found {
    let taken = Array(octets.prefix(count))
    let times = moments.prefix(count)
    octets.removeFirst(count)
    moments.removeFirst(count)
    let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
    return Found(
      octets: taken, isFrame: isFrame, isLikely: isLikely, start: times.first ?? lastOctet,
      end: times.last ?? lastOctet,
      longestGap: gaps.max() ?? .zero)
  }
}
