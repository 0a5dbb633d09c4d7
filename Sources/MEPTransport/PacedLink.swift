// SPDX-License-Identifier: Apache-2.0
import MEP
import Synchronization

/// Gives a link the speed of a serial line at `baud`, ten bits an octet, in each direction by itself.
/// A pseudo-terminal, a TCP connection and a memory link have none of their own.
public final class PacedLink: Link {
  private struct Inbound {
    var octets: [UInt8] = []
    /// When the line has carried what was handed out.
    var free = Instant(microseconds: 0)
  }

  /// Octets that may wait for the line before no more are fetched.
  private static let backlog = 4096

  private let link: any Link
  private let baud: Int
  /// Octets go in pieces of 10 ms, which costs a hundred wake-ups a second and not a thousand.
  private let piece: Int
  private let inbound = Mutex(Inbound())
  private let outboundFree = Mutex(Instant(microseconds: 0))

  public init(_ link: any Link, baud: Int) {
    precondition(baud > 0, "a line has a speed")
    self.link = link
    self.baud = baud
    piece = max(1, baud / 1000)
  }

  public var description: String { "\(link) at \(baud) baud" }

  public func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    while true {
      guard let ripe = try await nextRipe(until: deadline) else { return [] }
      try await Instant.sleep(until: min(ripe, deadline ?? ripe))
      let octets = takeRipe()
      if !octets.isEmpty { return octets }
    }
  }

  public func send(_ octets: [UInt8]) async throws(LinkError) {
    // All moments count from the start, or each piece would add what its sleep lasted too long.
    let start = outboundFree.withLock { free in
      let start = max(free, .now())
      free = start + span(octets.count)
      return start
    }
    var sent = 0
    while sent < octets.count {
      let part = Array(octets[sent..<min(sent + piece, octets.count)])
      sent += part.count
      try await Instant.sleep(until: start + span(sent))
      try await link.send(part)
    }
  }

  public func close() { link.close() }

  /// When the line will have carried the next piece; nil if there is none at the deadline.
  private func nextRipe(until deadline: Instant?) async throws(LinkError) -> Instant? {
    let waiting = inbound.withLock { $0.octets.count }
    let isIdle = waiting == 0
    // What has come while the line is busy follows without a gap; if the link has ended, the rest comes first. Nothing
    // is fetched ahead of a line that is far behind: the sender has to wait.
    let arrived: [UInt8] =
      if isIdle { try await link.receive(until: deadline) } else if waiting > Self.backlog { [] } else {
        (try? await link.receive(until: .now())) ?? []
      }
    return inbound.withLock { inbound in
      if isIdle { inbound.free = max(inbound.free, .now()) }
      inbound.octets += arrived
      let ripe = inbound.free + span(min(piece, inbound.octets.count))
      if let deadline, deadline <= .now(), ripe > deadline { return nil }
      return inbound.octets.isEmpty ? nil : ripe
    }
  }

  /// What the line has carried by now.
  private func takeRipe() -> [UInt8] {
    inbound.withLock { inbound in
      let carried = max(0, (Instant.now() - inbound.free).microseconds) * Int64(baud) / 10_000_000
      let octets = Array(inbound.octets.prefix(Int(carried)))
      inbound.octets.removeFirst(octets.count)
      inbound.free = inbound.free + span(octets.count)
      return octets
    }
  }

  private func span(_ octets: Int) -> Instant.Span { .line(octets: octets, baud: baud) }
}
