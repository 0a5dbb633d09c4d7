// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport

/// A handler whose answers are changed on their way out.
struct Altered: RequestHandler {
  let base: any RequestHandler
  let alter: @Sendable (Request, Response) async -> Response

  init(_ base: any RequestHandler, _ alter: @escaping @Sendable (Request, Response) async -> Response) {
    self.base = base
    self.alter = alter
  }

  func answer(_ accepted: ServerConnection.Accepted) async -> Response {
    let response = await base.answer(accepted)
    guard let request = try? Request(body: accepted.body) else { return response }
    return await alter(request, response)
  }

  func status() async -> PortStatus { await base.status() }
}

/// A meter with one large table that may be written in any place.
actor Shelf: RequestHandler {
  static let table = TableID.extended(200)
  private(set) var octets = [UInt8](repeating: 0, count: 2000)
  /// Octets of each write, in their order.
  private(set) var writes: [Int] = []

  func answer(_ accepted: ServerConnection.Accepted) -> Response {
    switch try? Request(body: accepted.body) {
    case .writePart(Self.table, let offset, let new):
      octets.replaceSubrange(Int(offset)..<Int(offset) + new.count, with: new)
      writes.append(new.count)
      return .done
    case .readPart(Self.table, let offset, let length): return .data(Array(octets[Int(offset)...].prefix(Int(length))))
    default: return .refused(.tableOperationNotPossible)
    }
  }

  func status() -> PortStatus { PortStatus() }
}

/// A handler before whose answers something happens: between the moment at which the port took the request and the one
/// at which the meter sees it.
struct Preceded: RequestHandler {
  let base: any RequestHandler
  let act: @Sendable (Request) async -> Void

  init(_ base: any RequestHandler, _ act: @escaping @Sendable (Request) async -> Void) {
    self.base = base
    self.act = act
  }

  func answer(_ accepted: ServerConnection.Accepted) async -> Response {
    if let request = try? Request(body: accepted.body) { await act(request) }
    return await base.answer(accepted)
  }

  func status() async -> PortStatus { await base.status() }
}
