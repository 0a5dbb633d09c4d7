// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Synchronization

/// Loses what is sent or received, where told so.
final class DroppingLink: Link {
  private let base: any Link
  private let drops: @Sendable ([UInt8]) -> Bool
  private let received: @Sendable ([UInt8]) -> Bool
  var description: String { "dropping \(base)" }

  init(
    _ base: any Link, _ drops: @escaping @Sendable ([UInt8]) -> Bool,
    received: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
  ) {
    (self.base, self.drops, self.received) = (base, drops, received)
  }

  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    while true {
      let octets = try await base.receive(until: deadline)
      if octets.isEmpty || !received(octets) { return octets }
    }
  }

  func send(_ octets: [UInt8]) async throws(LinkError) { if !drops(octets) { try await base.send(octets) } }
  func close() { base.close() }
}

/// Flips a bit of one octet of all that is sent, or received.
final class FlippingLink: Link {
  private let base: any Link
  private let isSent: Bool
  private let position: Int
  private let passed = Mutex(0)
  var description: String { "octet \(position) \(isSent ? "sent" : "received")" }
  var hasFlipped: Bool { passed.withLock { $0 > position } }

  init(_ base: any Link, isSent: Bool, position: Int) {
    (self.base, self.isSent, self.position) = (base, isSent, position)
  }

  private func touched(_ octets: [UInt8]) -> [UInt8] {
    passed.withLock { passed in
      defer { passed += octets.count }
      var octets = octets
      if octets.indices.contains(position - passed) { octets[position - passed] ^= 1 << UInt8(position % 8) }
      return octets
    }
  }

  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    let octets = try await base.receive(until: deadline)
    return isSent ? octets : touched(octets)
  }

  func send(_ octets: [UInt8]) async throws(LinkError) { try await base.send(isSent ? touched(octets) : octets) }
  func close() { base.close() }
}
