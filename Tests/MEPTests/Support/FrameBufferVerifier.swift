// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport

/// What may come down a line.
enum Unit: Equatable {
  case message([UInt8])
  case alert
  case garbage([UInt8])

  var octets: [UInt8] {
    switch self {
    case .message(let message): Frame.framed(message)
    case .alert: Frame.alert
    case .garbage(let octets): octets
    }
  }
}

/// Feeds a line's octets to a ``FrameBuffer`` cut up in several ways; what comes out must not depend on the cuts.
struct FrameBufferVerifier {
  let units: [Unit]
  var seed: UInt64 = 0

  /// The messages, told from noise by knowing them, as a receiver knows them by their digest.
  var messages: [[UInt8]] { units.compactMap { if case .message(let message) = $0 { message } else { nil } } }
  var octets: [UInt8] { units.flatMap(\.octets) }

  enum Cut: CaseIterable { case whole, octetByOctet, unitByUnit, twoUnitsAtOnce, atRandom }

  func pieces(_ cut: Cut) -> [[UInt8]] {
    switch cut {
    case .whole: return [octets]
    case .octetByOctet: return octets.map { [$0] }
    case .unitByUnit: return units.map(\.octets)
    case .twoUnitsAtOnce:
      return stride(from: 0, to: units.count, by: 2).map { units[$0..<min($0 + 2, units.count)].flatMap(\.octets) }
    case .atRandom:
      var random = SeededGenerator(seed: seed)
      var rest = octets[...]
      var pieces: [[UInt8]] = []
      while !rest.isEmpty {
        let count = Int.random(in: 1...min(40, rest.count), using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      return pieces
    }
  }

  /// What comes out, and how many octets were thrown away. The line falls silent at the end.
  func run(_ cut: Cut) -> (units: [Unit], skipped: Int) {
    var buffer = FrameBuffer(shortest: MessageLimit.shortestResponse)
    var found: [Unit] = []
    for piece in pieces(cut) {
      buffer.append(piece)
      search(&buffer, patient: true, &found)
    }
    while !buffer.isEmpty {
      search(&buffer, patient: false, &found)
      if !buffer.isEmpty { buffer.silence() }
    }
    return (found, buffer.takeSkipped())
  }

  private func search(_ buffer: inout FrameBuffer, patient: Bool, _ found: inout [Unit]) {
    while true {
      var message: [UInt8] = []
      let step = buffer.next(patient: patient) {
        message = Array($0)
        return messages.contains(message)
      }
      switch step {
      case .wait: return
      case .alert: found.append(.alert)
      case .message: found.append(.message(message))
      }
    }
  }
}
