// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Synchronization

/// What went over a line, and how long that takes at least.
final class Traffic: Sendable {
  private struct Exchange {
    var sent = 0
    var received = 0
  }
  private let log = Mutex<[Exchange]>([])

  func note(_ direction: Direction, _ octets: [UInt8]) {
    log.withLock { log in
      switch direction {
      case .sent: log.append(Exchange(sent: octets.count))
      case .received: if !log.isEmpty { log[log.count - 1].received += octets.count }
      }
    }
  }

  func clear() { log.withLock { $0 = [] } }

  var exchanges: Int { log.withLock { $0.count } }
  var total: Int { log.withLock { $0.reduce(0) { $0 + $1.sent + $1.received } } }

  /// Milliseconds: ten bits an octet, a pause behind each full segment but the last, no request sooner than the guide
  /// allows after the one before.
  func limit(baud: Int) -> Double {
    let timers = Timers(baud: baud)
    return log.withLock { log in
      log.reduce(0) { sum, exchange in
        let octets = Double(exchange.sent + exchange.received) * 10_000 / Double(baud)
        let pauses =
          Double(max(0, (exchange.received - 1) / timers.segment)) * Double(timers.segmentPause.microseconds) / 1000
        return sum + max(octets + pauses, Double(timers.betweenRequests.microseconds) / 1000)
      }
    }
  }
}
