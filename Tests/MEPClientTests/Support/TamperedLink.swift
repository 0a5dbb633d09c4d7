// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Synchronization

/// A link on which chosen frames get lost or damaged. What it decides by may also act: what it does happens before the
/// request leaves.
final class TamperedLink: Link {
  enum Fate: CaseIterable { case pass, loseRequest, damageRequest, loseAnswer, damageAnswer }

  /// - Parameter sending: counts from 1 the sendings of requests like this one: reads, or writes.
  typealias Decide = @Sendable (_ request: Request, _ sending: Int) async -> Fate

  private let link: any Link
  private let decide: Decide
  private let state = Mutex((reads: 0, writes: 0, fate: Fate.pass))

  init(_ link: any Link, _ decide: @escaping Decide) {
    self.link = link
    self.decide = decide
  }

  var description: String { "tampered \(link)" }

  func send(_ octets: [UInt8]) async throws(LinkError) {
    var octets = octets
    if let request = Exchange.open(message: octets[2...], key: advancedKey)?.exchange.request {
      let sending = state.withLock { state in
        if request.isRead { state.reads += 1 } else { state.writes += 1 }
        return request.isRead ? state.reads : state.writes
      }
      let fate = await decide(request, sending)
      state.withLock { $0.fate = fate }
      if fate == .loseRequest { return }
      if fate == .damageRequest { octets[octets.count - 1] ^= 1 }
    }
    try await link.send(octets)
  }

  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    while true {
      var octets = try await link.receive(until: deadline)
      if octets.isEmpty { return [] }
      switch state.withLock({ $0.fate }) {
      case .loseAnswer: continue
      case .damageAnswer: octets[octets.count - 1] ^= 1
      case .pass, .loseRequest, .damageRequest: break
      }
      return octets
    }
  }

  func close() { link.close() }
}
