// SPDX-License-Identifier: Apache-2.0
import MEP

/// Shows the octets that go over a link to a closure, with the moment at which they had left or were received.
public final class CapturingLink: Link {
  public typealias Capture = @Sendable (_ moment: Instant, _ direction: Direction, _ octets: [UInt8]) -> Void

  private let link: any Link
  private let capture: Capture

  public init(_ link: any Link, capture: @escaping Capture) {
    self.link = link
    self.capture = capture
  }

  public var description: String { link.description }

  public func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    let octets = try await link.receive(until: deadline)
    if !octets.isEmpty { capture(.now(), .received, octets) }
    return octets
  }

  public func send(_ octets: [UInt8]) async throws(LinkError) {
    try await link.send(octets)
    capture(.now(), .sent, octets)
  }

  public func close() { link.close() }
}
