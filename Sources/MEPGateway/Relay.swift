// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP
import MEPClient
import MEPTransport

/// Lets other programs on this computer ask a meter whose line the gateway holds: over a socket, they speak with it as with
/// the meter itself, and each request goes on to the meter in its turn.
public struct Relay: Sendable {
  private let listener: LocalListener
  private let reader: MeterReader
  private let log: Logger

  /// - Parameter path: of the socket.
  init(_ path: String, to reader: MeterReader, log: Logger) throws(LinkError) {
    (self.reader, self.log) = (reader, log)
    listener = try LocalListener(path)
  }

  /// Relays until the task is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      while let link = try? await listener.accept() { group.addTask { await serve(link) } }
      group.cancelAll()
    }
    listener.close()
  }

  private func serve(_ link: any Link) async {
    defer { link.close() }
    // The socket's file says who may ask: the digest under a key that everybody knows only finds what got lost.
    let connection = ServerConnection(
      basic: AccessKey(dummy: 1), advanced: AccessKey(dummy: 2), sequence: .random(in: .min ... .max), timers: .unpaced)
    var server = ExchangeServer(connection, handler: Handler(reader: reader, link: link, log: log), log: log)
    do throws(LinkError) { try await server.serve(link) } catch {
      log.debug("a program has gone", metadata: ["reason": "\(error)"])
    }
  }

  private struct Handler: RequestHandler {
    let reader: MeterReader
    let link: any Link
    let log: Logger

    func answer(_ accepted: ServerConnection.Accepted) async -> Response {
      do {
        let request = try Request(body: accepted.body)
        return try await reader.ask { meter throws(MeterError) in try await meter.relay(request) }
      } catch {
        log.notice("\(reader.name): a request of another program has failed: \(error)")
        // No answer would be a true one.
        link.close()
        return .refused(.operationNotPossible)
      }
    }

    func status() async -> PortStatus { PortStatus(configurationChanges: await reader.configurationChanges) }
  }
}
