// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP
import MEPClient
import MEPTransport

@testable import MEPSimulator

let basicKey = AccessKey(dummy: 1)
let advancedKey = AccessKey(dummy: 2)
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension Timers {
  /// For a line that loses nothing: no pauses, and no wait for an answer that a busy computer still works on.
  static var patient: Timers {
    var timers = hasty
    (timers.response, timers.longestResponse) = (.milliseconds(20_000), .milliseconds(20_000))
    (timers.silence, timers.requestGap) = (.milliseconds(100), .milliseconds(100))
    return timers
  }

  /// For a line on which a few chosen frames get lost: long enough that none of the others seems to be.
  static var steady: Timers {
    var timers = hasty
    (timers.response, timers.longestResponse) = (.milliseconds(1000), .milliseconds(1000))
    (timers.silence, timers.requestGap) = (.milliseconds(200), .milliseconds(200))
    return timers
  }

  /// For a line with faults everywhere, where waits run out all the time.
  static var hasty: Timers {
    var timers = Timers()
    (timers.response, timers.longestResponse) = (.milliseconds(60), .milliseconds(120))
    (timers.silence, timers.requestGap) = (.milliseconds(10), .milliseconds(10))
    (timers.betweenRequests, timers.segmentPause, timers.segment) = (.zero, .zero, 1000)
    timers.afterAuthenticationFailure = .milliseconds(1)
    timers.alert = .milliseconds(5)
    return timers
  }
}

/// A meter whose time stands still, on a summer afternoon.
func simulated(_ profile: Profile, seed: UInt64 = 1) throws -> SimulatedMeter {
  try SimulatedMeter(profile, seed: seed, clock: { 836_400_000 })
}

extension Profile {
  /// The same with nothing at the M-Bus: removing that takes time, and that of ``simulated(_:seed:)`` stands still.
  var alone: Profile {
    var alone = self
    alone.devices = []
    return alone
  }
}

/// A link to a handler that is served until the link is closed.
func plug(
  _ handler: any RequestHandler, sequence: UInt32 = 1000, report: ServerConnection.SequenceReport = .last,
  timers: Timers = .patient
) -> any Link {
  let (near, far) = MemoryLink.pair()
  let connection = ServerConnection(
    basic: basicKey, advanced: advancedKey, sequence: sequence, report: report, timers: timers)
  Task {
    var server = ExchangeServer(connection, handler: handler, log: quiet)
    try? await server.serve(far)
  }
  return near
}

extension Meter {
  /// A client that knows the sequence number, unless told otherwise.
  init(
    at link: any Link, key: AccessKey = advancedKey, firstSequence: UInt32 = 1000, timers: Timers = .patient,
    encrypted: Bool = false
  ) {
    self.init(
      over: link, key: key, security: encrypted ? .encrypted : .digest, timers: timers, firstSequence: firstSequence,
      log: quiet)
  }
}

/// A client without any knowledge of tables.
func bareClient(_ link: any Link, key: AccessKey = advancedKey, firstSequence: UInt32 = 1000) -> ExchangeClient {
  ExchangeClient(
    ClientConnection(key: key, firstSequence: firstSequence, timers: .patient), over: link, log: quiet)
}
