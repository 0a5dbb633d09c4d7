// SPDX-License-Identifier: Apache-2.0
import MEPClient

/// What is known of a meter now: each value with when it was measured and where it comes from.
public struct LiveValues: Sendable {
  public struct Value: Sendable, Equatable {
    public let number: Int64
    public let time: Timestamp
    public let origin: Origin
  }

  public private(set) var values: [Series: Value] = [:]
  /// Nil until the meter has answered once.
  public private(set) var identity: Identity?
  /// Whether the meter answers; nil until one of both is known.
  public private(set) var isPresent: Bool?
  /// Why it does not.
  public private(set) var problem: String?
  /// Readings that contradicted themselves, since the gateway began.
  public private(set) var held = 0
  public private(set) var lastHeld: String?
  /// Milliseconds by which the meter's clock is ahead.
  public private(set) var clockAhead: Int64?

  public init() {}

  public mutating func take(_ news: News) {
    switch news {
    case .present(let identity): (self.identity, isPresent, problem) = (identity, true, nil)
    case .away(let error): (isPresent, problem) = (false, error.description)
    case .reading(let reading), .jumped(let reading, _): take(reading)
    case .held(_, let reason): (held, lastHeld) = (held + 1, reason.description)
    case .clock(let ahead, _): clockAhead = ahead
    case .recorded, .events, .outages, .quality, .failed: break
    }
  }

  public mutating func take(_ reading: Reading) {
    for (series, number) in reading.values {
      values[series] = Value(number: number, time: reading.time, origin: reading.origin)
    }
  }
}
