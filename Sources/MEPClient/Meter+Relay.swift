// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP
import MEPTransport

/// A meter whose line two programs on one computer use.
extension Meter {
  /// A meter that a gateway reads, over the gateway's own socket: it has the key and speaks with the meter as it has to. On the
  /// way there nobody can listen who could not ask himself.
  public init(relayedBy link: any Link, log: Logger = Logger(label: "mep.meter")) {
    var timers = Timers.unpaced
    // The gateway may be about to read something itself, and the meter may need to be asked again.
    (timers.response, timers.longestResponse) = (.milliseconds(60_000), .milliseconds(60_000))
    // What the meter is asked in TLS has less room.
    self.init(over: link, key: AccessKey(dummy: 1), security: .digest, timers: timers, room: .inTLS, log: log)
  }

  /// One request of somebody else's; a refusal is an answer.
  public func relay(_ request: Request) async throws(MeterError) -> Response {
    try await alone { () async throws(MeterError) in
      lastRead = lastRelayed
      defer { lastRelayed = lastRead }
      do throws(MeterError) { return try await perform(request) } catch {
        if case .refused(let code, _) = error { return .refused(code) }
        throw error
      }
    }
  }

  /// Grows whenever the meter may have been configured anew: others have to lay its tables out again.
  public var configurationChanges: Int { configurations + sequenceReplacements }
}
