// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP

/// Writes the octets that go over a link to a log, in hexadecimal, at the level `trace`.
public final class TracingLink: Link {
  private let link: any Link
  private let log: Logger

  public init(_ link: any Link, log: Logger = Logger(label: "mep.link")) {
    self.link = link
    self.log = log
  }

  public var description: String { link.description }

  public func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    let octets = try await link.receive(until: deadline)
    if !octets.isEmpty { trace(.received, octets) }
    return octets
  }

  public func send(_ octets: [UInt8]) async throws(LinkError) {
    trace(.sent, octets)
    try await link.send(octets)
  }

  public func close() { link.close() }

  private func trace(_ direction: Direction, _ octets: [UInt8]) {
    let text = Hex.text(octets, separator: " ")
    log.trace("\(direction) \(text)", metadata: ["link": "\(link)", "octets": "\(octets.count)"])
  }
}
