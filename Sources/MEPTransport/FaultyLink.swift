// SPDX-License-Identifier: Apache-2.0
import MEP
import Synchronization

/// A bad line around a good link: octets get lost, corrupted, doubled and delayed, the same ones for the same seed
/// however the octets are grouped.
public final class FaultyLink: Link {
  /// How bad one direction is.
  public struct Faults: Equatable, Sendable {
    /// The share of octets that get lost, 0 to 1.
    public var loss: Double
    /// The share of octets that arrive with one bit flipped, 0 to 1.
    public var corruption: Double
    /// The share of octets that arrive twice, 0 to 1.
    public var duplication: Double
    /// The longest delay before octets go on; each group gets a random one up to it.
    public var delay: Instant.Span

    public init(
      loss: Double = 0, corruption: Double = 0, duplication: Double = 0, delay: Instant.Span = .zero
    ) {
      self.loss = loss
      self.corruption = corruption
      self.duplication = duplication
      self.delay = delay
    }
  }

  private let link: any Link
  private let outbound: Mutex<FaultyLine>
  private let inbound: Mutex<FaultyLine>
  // Octets that have arrived below but are still delayed.
  private let held = Mutex<(octets: [UInt8], ripe: Instant)?>(nil)

  public init(_ link: any Link, seed: UInt64, sending: Faults = Faults(), receiving: Faults = Faults()) {
    self.link = link
    var seeds = SeededGenerator(seed: seed)
    outbound = Mutex(FaultyLine(sending, seed: seeds.next()))
    inbound = Mutex(FaultyLine(receiving, seed: seeds.next()))
  }

  /// The same faults in both directions.
  public convenience init(
    _ link: any Link, seed: UInt64, loss: Double = 0, corruption: Double = 0, duplication: Double = 0,
    delay: Instant.Span = .zero
  ) {
    let faults = Faults(loss: loss, corruption: corruption, duplication: duplication, delay: delay)
    self.init(link, seed: seed, sending: faults, receiving: faults)
  }

  public var description: String { "faulty \(link)" }

  public func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    while true {
      if let (octets, ripe) = held.withLock({ $0 }) {
        if let deadline, deadline < ripe {
          try await Instant.sleep(until: deadline)
          return []
        }
        try await Instant.sleep(until: ripe)
        held.withLock { $0 = nil }
        return octets
      }
      let arrived = try await link.receive(until: deadline)
      if arrived.isEmpty { return [] }
      let (octets, delay) = inbound.withLock { $0.carry(arrived) }
      if !octets.isEmpty { held.withLock { $0 = (octets, .now() + delay) } }
    }
  }

  public func send(_ octets: [UInt8]) async throws(LinkError) {
    let (octets, delay) = outbound.withLock { $0.carry(octets) }
    try await Instant.sleep(until: .now() + delay)
    if !octets.isEmpty { try await link.send(octets) }
  }

  public func close() { link.close() }
}

/// One direction of a bad line.
private struct FaultyLine {
  private let faults: FaultyLink.Faults
  private var generator: SeededGenerator
  // A generator of its own, or the grouping of octets would change which of them suffer.
  private var delays: SeededGenerator

  init(_ faults: FaultyLink.Faults, seed: UInt64) {
    self.faults = faults
    generator = SeededGenerator(seed: seed)
    delays = SeededGenerator(seed: ~seed)
  }

  mutating func carry(_ octets: [UInt8]) -> (octets: [UInt8], delay: Instant.Span) {
    let delay = Int64.random(in: 0...max(0, faults.delay.microseconds), using: &delays)
    return (octets.flatMap { carry($0) }, Instant.Span(microseconds: delay))
  }

  /// Draws the same number of times for each octet, so that more of one fault does not move the others.
  private mutating func carry(_ octet: UInt8) -> [UInt8] {
    let isLost = draw(faults.loss)
    let isCorrupt = draw(faults.corruption)
    let isDouble = draw(faults.duplication)
    let bit = UInt8(generator.next() % 8)
    if isLost { return [] }
    return Array(repeating: isCorrupt ? octet ^ 1 << bit : octet, count: isDouble ? 2 : 1)
  }

  /// True with that probability, from the 53 bits that fill a `Double`.
  private mutating func draw(_ probability: Double) -> Bool {
    Double(generator.next() >> 11) / Double(1 << 53) < probability
  }
}
