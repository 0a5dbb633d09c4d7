// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

extension Doctor {
  /// What a port says to a hello, or to a request with a digest.
  enum Reaction {
    /// It answers, and the answer can be believed.
    case answers
    case refuses(ResponseCode)
    /// The key is not the one.
    case keyRefused
    /// It answers, but not in TLS.
    case noTLS
    /// A session does not come about.
    case broken
    case nothing
    case noise
    case echo
    case otherClient

    /// Whether there is somebody who understands what is sent.
    var isAlive: Bool {
      switch self {
      case .answers, .refuses, .keyRefused, .noTLS, .broken, .otherClient: true
      case .nothing, .noise, .echo: false
      }
    }
  }

  private enum Search { case found, ended, goOn }

  private var asksByDigests: Bool { patient.security != .tls && !hasSpokenTLS }

  /// Finds out how the meter can be asked; nil where it cannot, which is told.
  ///
  /// - Parameter again: it has answered at last, so that other rates need not be tried.
  func findWay(again: Bool = false) async throws(LinkError) -> Security? {
    if patient.security.asksForTLS {
      switch try await inTLS() {
      case .found: return .tls
      case .ended: return nil
      case .goOn: break
      }
    }
    if asksByDigests {
      switch try await byDigests() {
      case .found: return digests
      case .ended: return nil
      case .goOn: break
      }
    }
    guard again else { return try await silence() }
    fault(asksByDigests ? .digests : .tls, "It has answered once, and then no more.", .loss)
    return nil
  }

  /// Tries a session. Where none is spoken or nothing is said, digests come next.
  private func inTLS() async throws(LinkError) -> Search {
    begin("Asking for TLS")
    switch try await hello(key, level) {
    case .answers:
      good(.tls, "A session of TLS was opened, which proves the key: it is the \((level ?? .basic).keyName).")
      return .found
    case .keyRefused:
      note(.tls, "The port speaks TLS.")
      return try await otherKey(.tls) ? .found : .ended
    case .broken:
      fault(.tls, "The port speaks TLS, but a session does not come about.", .brokenTLS)
    case .echo:
      fault(.tls, "What was sent came back, and nothing else.", .echo)
    case .noTLS:
      if hasSpokenTLS {
        fault(.tls, "The port answers, and speaks no TLS, which it did before.", .noLongerTLS)
      } else if patient.security == .tls {
        fault(.tls, "The port answers, and speaks no TLS.", .noTLS)
      } else {
        note(.tls, "The port answers, and speaks no TLS.")
        return .goOn
      }
    case .noise:
      hearsNoise = true
      return .goOn
    case .nothing, .otherClient, .refuses: return .goOn
    }
    return .ended
  }

  private var digests: Security { patient.security == .encrypted ? .encrypted : .digest }

  private func byDigests() async throws(LinkError) -> Search {
    begin("Asking by digests")
    switch try await ask(key, digests) {
    case .answers:
      good(.digests, "The meter answers, and the digest of its answer is right.")
      note(.digests, promise)
      return .found
    case .refuses(let code):
      let seen = "The port refuses digests: \"\(code.words)\"."
      if try await speaksTLS() {
        fault(.digests, seen + " It speaks TLS.", .needsTLS)
      } else {
        fault(.digests, seen, .refused(code))
      }
    case .keyRefused:
      if !patient.security.asksForTLS, try await speaksTLS() {
        fault(.digests, "The port refuses the key for digests, and speaks TLS.", .needsTLS)
        return .ended
      }
      note(.digests, "The meter answers, and refuses the key (0x0B).")
      return try await otherKey(digests) ? .found : .ended
    case .echo: fault(.digests, "What was sent came back, and nothing else.", .echo)
    case .otherClient:
      fault(.digests, "The meter's sequence number moves on between our requests.", .otherClient)
    case let silent:
      if case .noise = silent { hearsNoise = true }
      guard !patient.security.asksForTLS, try await speaksTLS() else { return .goOn }
      fault(.digests, "The port says nothing to digests, and speaks TLS.", .needsTLS)
    }
    return .ended
  }

  private var promise: String {
    digests == .encrypted
      ? "This encryption (RC4) is broken, and was never proven on a real meter. SECURITY.md tells the rest."
      : "Digests keep neither secrets nor forgers out: the meter's answer to a write carries the digest of the request, and "
        + "zeros at the end go unseen, so that each write is read back. SECURITY.md tells the rest."
  }

  // MARK: Silence

  /// Nothing that can be believed has come: tries other rates, then once more.
  private func silence() async throws(LinkError) -> Security? {
    let step: Finding.Step = asksByDigests ? .digests : .tls
    note(step, hearsNoise ? "Octets came, and no answer among them." : "Nothing came back.")
    var tried: [Int] = []
    if let own = patient.baud {
      for rate in effort.rates where rate != own {
        begin("Trying \(rate) baud")
        switch try await openLine(at: rate) {
        case .open: tried.append(rate)
        case .otherRate: continue
        case .failed: return nil
        }
        guard try await isAlive() else { continue }
        fault(.rates, "The meter answers at \(rate) baud, and not at \(own).", .rate(rate))
        return try await findWay(again: true)
      }
      guard try await openLine(at: nil) == .open else { return nil }
    }
    begin("Asking once more")
    if try await isAlive() {
      wasSilent = true
      note(step, "Asked once more, the meter answers.")
      return try await findWay(again: true)
    }
    let others =
      tried.isEmpty
      ? "" : ", at \((tried + [patient.baud ?? 0]).sorted().map(String.init).joined(separator: ", ")) baud"
    if hearsNoise {
      fault(.rates, "Octets come, and no answer can be made out\(others).", .noise)
    } else if hearsAlerts {
      fault(.rates, "The meter raises alerts, and answers nothing that is asked\(others).", .unheard)
    } else {
      fault(.rates, "Nothing ever comes\(others).", .silence)
    }
    return nil
  }

  /// Whether somebody answers at all; asked quickly.
  private func isAlive() async throws(LinkError) -> Bool {
    if patient.security.asksForTLS, try await hello(key, level, attempts: 1).isAlive { return true }
    return asksByDigests ? try await ask(key, digests, attempts: 1).isAlive : false
  }

  private func speaksTLS() async throws(LinkError) -> Bool {
    switch try await hello(key, level) {
    case .answers, .keyRefused, .broken: true
    default: false
    }
  }

  // MARK: Keys

  /// The key was refused: tries what else was meant. True when the meter then answers.
  private func otherKey(_ way: Security) async throws(LinkError) -> Bool {
    begin("Trying what else the key file could mean")
    for other in patient.keys.dropFirst() {
      guard case .answers = try await way == .tls ? hello(other, level) : ask(other, way) else { continue }
      key = other
      fault(.key, "The meter takes the characters of the key file as they stand.", .keyForm)
      return true
    }
    if way == .tls, let stated = patient.access {
      let other: AccessLevel = stated == .basic ? .advanced : .basic
      if case .answers = try await hello(key, other) {
        fault(.key, "The key opens a session as the \(other.keyName) only.", .level(other))
        return true
      }
    }
    fault(.key, "The meter does not accept the key.", .wrongKey)
    return false
  }

  // MARK: Asking

  /// A client of the line as it is open now. Its session, if there is one, is over when the body is.
  func withClient<T: Sendable>(
    _ key: AccessKey, _ way: Security, _ level: AccessLevel?, attempts: Int? = nil,
    _ body: (ExchangeClient) async throws(LinkError) -> T
  ) async throws(LinkError) -> T {
    guard let link else { throw .closed("the line is not open") }
    var timers = timers
    if let attempts { timers.attempts = attempts }
    let connection = ClientConnection(
      key: key, firstSequence: .random(in: .min ... .max), timers: timers, encrypted: way == .encrypted)
    let client = ExchangeClient(
      connection, over: link, tls: way == .tls ? TLSOptions(key: key, level: level) : nil, log: log)
    do throws(LinkError) {
      let result = try await body(client)
      await client.endSession()
      return result
    } catch {
      // Whoever interrupts has the session closed all the same.
      await Task { await client.endSession() }.value
      throw error
    }
  }

  private func hello(
    _ key: AccessKey, _ level: AccessLevel?, attempts: Int? = nil
  ) async throws(LinkError) -> Reaction {
    try await withClient(key, .tls, level, attempts: attempts) { client throws(LinkError) in
      let failure = try await client.begin()
      guard let reason = failure?.reason else {
        self.level = await client.provenLevel
        return .answers
      }
      return Self.reaction(reason)
    }
  }

  /// A request for a few octets of a table that every meter has.
  private func ask(_ key: AccessKey, _ way: Security, attempts: Int? = nil) async throws(LinkError) -> Reaction {
    try await withClient(key, way, nil, attempts: attempts) { client throws(LinkError) in
      switch try await client.perform(Self.short).result {
      case .success(.refused(let code)): .refuses(code)
      case .success: .answers
      case .failure(let error): Self.reaction(error.reason)
      }
    }
  }

  private static func reaction(_ reason: ExchangeError.Reason) -> Reaction {
    switch reason {
    case .noAnswer, .requestTooLong: .nothing
    case .echo: .echo
    case .digest, .malformed: .noise
    case .keyNotAccepted, .identityNotAccepted: .keyRefused
    case .sequenceNumber: .otherClient
    case .noTLS: .noTLS
    case .tls: .broken
    }
  }

  static let short = Request.readPart(Table.bt01.id, offset: 0, length: 4)
}
