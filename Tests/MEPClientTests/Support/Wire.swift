// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import Synchronization

/// What went over a link, decoded.
final class Wire: Sendable {
  private let frames = Mutex<[(direction: Direction, octets: [UInt8])]>([])
  private let key: AccessKey

  init(key: AccessKey = advancedKey) { self.key = key }

  func tap(_ link: any Link) -> any Link {
    CapturingLink(link) { [self] _, direction, octets in frames.withLock { $0.append((direction, octets)) } }
  }

  func forget() { frames.withLock { $0 = [] } }

  /// Every sending, repeats included.
  var sendings: [[UInt8]] { frames.withLock { $0.filter { $0.direction == .sent }.map(\.octets) } }

  /// The request of each sending.
  var requests: [Request] { sendings.compactMap { opened($0)?.exchange.request } }

  /// Requests paired with their answers, for links whose answers come in one piece.
  var exchanges: [(request: Request, response: Response)] {
    var pending: Exchange?
    return frames.withLock { $0 }.compactMap { direction, octets in
      if direction == .sent {
        pending = opened(octets)?.exchange
        return nil
      }
      guard let request = pending?.request, let body = try? pending?.open(response: octets[2...]),
        let response = try? Response(body: body, to: request)
      else { return nil }
      return (request, response)
    }
  }

  /// "BT28" for a full read, "BT28 0..<4" for a partial one.
  var reads: [String] {
    requests.compactMap {
      switch $0 {
      case .read(let table, _): "\(table)"
      case .readPart(let table, let offset, let length): "\(table) \(offset)..<\(offset + UInt32(length))"
      case .write, .writePart: nil
      }
    }
  }

  func reads(of table: Table) -> [String] { reads.filter { $0.hasPrefix("\(table.id)") } }

  private func opened(_ frame: [UInt8]) -> Exchange.Opened? { Exchange.open(message: frame[2...], key: key) }
}
