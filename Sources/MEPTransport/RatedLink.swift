// SPDX-License-Identifier: Apache-2.0
import MEP

/// A pseudo-terminal's end with a rate of its own, which the system does not give it.
final class RatedLink: Link {
  private let terminal: PseudoTerminal
  private let baud: Int

  init(_ terminal: PseudoTerminal, baud: Int) {
    self.terminal = terminal
    self.baud = baud
  }

  var description: String { terminal.link.description }

  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    heard(try await terminal.link.receive(until: deadline))
  }

  func send(_ octets: [UInt8]) async throws(LinkError) { try await terminal.link.send(heard(octets)) }

  func close() { terminal.link.close() }

  private func heard(_ octets: [UInt8]) -> [UInt8] {
    guard let other = terminal.baud, other != baud else { return octets }
    // Start and stop bits fall anywhere; never two zeros, which would be an alert.
    return octets.map { $0 &* 167 | 0x81 }
  }
}
