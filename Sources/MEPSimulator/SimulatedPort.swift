// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP
import MEPTransport

/// One MEP port of a simulated meter, offered to clients. Its sequence number outlives their connections.
public actor SimulatedPort {
  private var server: ExchangeServer
  private let baud: Int
  private let log: Logger

  /// - Parameter baud: the rate at which octets pass; 0 for at once.
  public init(
    _ number: Int, of meter: SimulatedMeter, basic: AccessKey, advanced: AccessKey, seed: UInt64 = 1,
    report: ServerConnection.SequenceReport = .last, baud: Int = 9600, log: Logger = Logger(label: "mep.simulator")
  ) {
    var generator = SeededGenerator(seed: seed &+ UInt64(number))
    let connection = ServerConnection(
      basic: basic, advanced: advanced, sequence: .random(in: .min ... .max, using: &generator), report: report,
      timers: baud == 0 ? .unpaced : Timers(baud: baud))
    server = ExchangeServer(connection, handler: meter.port(number), log: log)
    self.baud = baud
    self.log = log
  }

  /// Serves one link until it closes or the task is cancelled. One link at a time, as a port has one plug.
  public func serve(_ link: any Link) async throws(LinkError) {
    var server = server
    defer { self.server = server }
    let traced = log.logLevel == .trace ? TracingLink(link, log: log) : link
    try await server.serve(baud == 0 ? traced : PacedLink(traced, baud: baud))
  }

  /// Serves whoever connects, one after the other; who comes while the port is taken is turned away.
  public func serve(_ listener: TCPListener) async throws(LinkError) {
    let taken = Flag()
    // Whoever is being served goes when the listener does.
    let end = await withDiscardingTaskGroup { group in
      while true {
        do throws(LinkError) {
          let link = try await listener.accept()
          group.addTask { await self.serve(link, unless: taken) }
        } catch {
          group.cancelAll()
          return error
        }
      }
    }
    throw end
  }

  private func serve(_ link: any Link, unless taken: Flag) async {
    defer { link.close() }
    guard await taken.take() else {
      return log.warning("a second client was turned away: a port has one plug", metadata: ["client": "\(link)"])
    }
    log.info("a client has connected", metadata: ["client": "\(link)"])
    do { try await serve(link) } catch { log.info("the client has gone", metadata: ["reason": "\(error)"]) }
    await taken.give()
  }
}

extension SimulatedMeter {
  /// A link to one of the meter's ports inside this program, with no line between.
  public nonisolated func connect(
    port: Int = 1, basic: AccessKey = AccessKey(dummy: 1), advanced: AccessKey = AccessKey(dummy: 2), seed: UInt64 = 1,
    report: ServerConnection.SequenceReport = .last
  ) -> any Link {
    let (near, far) = MemoryLink.pair()
    let port = SimulatedPort(port, of: self, basic: basic, advanced: advanced, seed: seed, report: report, baud: 0)
    Task { try? await port.serve(far) }
    return near
  }
}

private actor Flag {
  private var isTaken = false

  /// Waits a moment first: whoever was there before may be about to leave.
  func take() async -> Bool {
    for _ in 0..<25 where isTaken { try? await Task.sleep(for: .milliseconds(20)) }
    defer { isTaken = true }
    return !isTaken
  }

  func give() { isTaken = false }
}
