// SPDX-License-Identifier: Apache-2.0

/// The length field around a message, and the alert, which is a length of zero.
public enum Frame {
  /// The octets of an alert.
  public static let alert: [UInt8] = [0, 0]

  /// A message with its length field, most significant octet first.
  public static func framed(_ message: [UInt8]) -> [UInt8] {
    UInt16(truncatingIfNeeded: message.count).octets + message
  }
}

/// Octets as they came off the line, waiting to become messages.
///
/// It never trusts a length field: a message is offered to the caller, who says by its digest whether it is one. What is
/// refused costs one octet, and the search goes on behind it; a stray octet therefore costs nothing but itself.
public struct FrameBuffer: Sendable {
  private var octets: [UInt8] = []
  private var start = 0
  /// Octets of the shortest message that can come, its length field apart.
  var shortest: Int
  /// Whether the buffer's first octet is where a frame must begin.
  private var aligned = true
  /// Octets thrown away since the last call of ``takeSkipped()``.
  private var skipped = 0

  public init(shortest: Int) { self.shortest = shortest }

  public var isEmpty: Bool { start == octets.count }
  /// Octets that wait.
  public var count: Int { octets.count - start }

  public mutating func append(_ more: some Sequence<UInt8>) {
    if start > MessageLimit.message {
      octets.removeFirst(start)
      start = 0
    }
    octets.append(contentsOf: more)
  }

  /// Where the search stands.
  public enum Step: Equatable, Sendable {
    /// A message that `accept` took.
    case message
    /// Two zero octets where a frame must begin.
    case alert
    /// More octets are needed.
    case wait
  }

  /// Searches for the next message; call again until it returns `.wait`.
  ///
  /// - Parameters:
  ///   - patient: more octets may follow at once, so two zeros may yet be one stray zero before a message.
  ///   - accept: takes a message (its length field taken off) by returning true.
  public mutating func next(patient: Bool, accept: (ArraySlice<UInt8>) -> Bool) -> Step {
    while true {
      if aligned, count >= 2, octets[start] == 0, octets[start + 1] == 0 {
        switch candidate(at: 1) {
        case .incomplete where patient: return .wait
        case .complete(let message) where accept(message):
          consume(through: message.endIndex, skipping: 1)
          return .message
        default:
          start += 2
          return .alert
        }
      }
      switch candidate(at: 0) {
      case .incomplete: return .wait
      case .complete(let message) where accept(message):
        consume(through: message.endIndex, skipping: 0)
        return .message
      default: skip()
      }
    }
  }

  /// The line fell silent: what is incomplete will stay so. Drops an octet, so that the search can go on behind it.
  public mutating func silence() {
    if isEmpty { aligned = true } else { skip() }
  }

  /// Drops everything, and expects a frame next.
  public mutating func clear() {
    skipped += count
    octets.removeAll(keepingCapacity: true)
    start = 0
    aligned = true
  }

  /// Drops `prefix` when the buffer begins with it: a line that echoes what was sent.
  public mutating func drop(prefix: [UInt8]) -> Bool {
    guard !prefix.isEmpty, count >= prefix.count, octets[start..<start + prefix.count].elementsEqual(prefix) else {
      return false
    }
    start += prefix.count
    return true
  }

  /// Whether what is here may be the beginning of `octets`.
  public func begins(_ whole: [UInt8]) -> Bool {
    count < whole.count && octets[start...].elementsEqual(whole.prefix(count))
  }

  public mutating func takeSkipped() -> Int {
    defer { skipped = 0 }
    return skipped
  }

  private enum Candidate {
    case impossible
    case incomplete
    case complete(ArraySlice<UInt8>)
  }

  private func candidate(at offset: Int) -> Candidate {
    guard count >= offset + MessageLimit.lengthField else { return .incomplete }
    let head = start + offset
    let length = Int(octets[head]) << 8 | Int(octets[head + 1])
    guard length >= shortest, length <= MessageLimit.message else { return .impossible }
    let body = head + MessageLimit.lengthField
    guard octets.count >= body + length else { return .incomplete }
    return .complete(octets[body..<body + length])
  }

  private mutating func consume(through end: Int, skipping: Int) {
    skipped += skipping
    start = end
    aligned = true
  }

  private mutating func skip() {
    start += 1
    skipped += 1
    aligned = false
  }
}
