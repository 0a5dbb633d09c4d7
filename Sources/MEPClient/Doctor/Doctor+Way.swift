// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

extension Doctor {
  /// How the meter can be asked.
  enum Way {
    case tls, digest, encrypted

    var security: Security {
      switch self {
      case .tls: .tls
      case .digest: .digest
      case .encrypted: .encrypted
      }
    }
  }

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
  }

  /// Finds out how the meter can be asked; nil where it cannot, which is told.
  func findWay() async throws(LinkError) -> Way? {
    if patient.security.asksForTLS {
      switch try await inTLS() {
      case .found: return .tls
      case .ended: return nil
      case .goOn: break
      }
    }
    return try await byDigests()
  }

  private enum Search { case found, ended, goOn }

  /// Tries a session. Where none is spoken or nothing is said, digests come next.
  private func inTLS() async throws(LinkError) -> Search {
    begin("Asking for TLS")
    switch try await hello(key, level) {
    case .answers:
      opened()
      return .found
    case .keyRefused:
      note(.tls, "The port speaks TLS.")
      return try await otherKey(.tls) ? .found : .ended
    case .broken:
      fault(.tls, "The port speaks TLS, but a session does not come about.", .brokenTLS)
      return .ended
    case .echo:
      fault(.tls, "What was sent came back, and nothing else.", .echo)
      return .ended
    case .noTLS:
      if patient.security == .tls || patient.hasSpokenTLS {
        fault(
          .tls, "The port answers, and speaks no TLS\(patient.hasSpokenTLS ? ", which it did before" : "").", .noTLS)
        return .ended
      }
      note(.tls, "The port answers, and speaks no TLS.")
      return .goOn
    case .noise: hearsNoise = true
    case .nothing, .otherClient, .refuses: break
    }
    return .goOn
  }

  private func opened() {
    let name = level == .advanced ? "MAK" : "MBK"
    good(.tls, "A session of TLS was opened, which proves the key: it is the \(name).")
  }

  private func byDigests() async throws(LinkError) -> Way? {
    let way: Way = patient.security == .encrypted ? .encrypted : .digest
    // A port that is silent to a hello is asked in TLS only, where that was wanted.
    guard patient.security != .tls, !patient.hasSpokenTLS else { return try await silence(way) }
    begin("Asking by digests")
    switch try await ask(key, way) {
    case .answers:
      answered(way)
      return way
    case .refuses(let code):
      let seen = "The port refuses digests: \"\(code.words)\"."
      if try await speaksTLS() {
        fault(.digests, seen + " It speaks TLS.", .needsTLS)
      } else {
        fault(.digests, seen, .refused(code))
      }
      return nil
    case .keyRefused:
      if !patient.security.asksForTLS, try await speaksTLS() {
        fault(.digests, "The port refuses the key for digests, and speaks TLS.", .needsTLS)
        return nil
      }
      note(.digests, "The meter answers, and refuses the key (0x0B).")
      return try await otherKey(way) ? way : nil
    case .echo:
      fault(.digests, "What was sent came back, and nothing else.", .echo)
      return nil
    case .otherClient:
      fault(.digests, "The meter's sequence number moves on between our requests.", .otherClient)
      return nil
    case .noise: hearsNoise = true
    case .nothing, .noTLS, .broken: break
    }
    if !patient.security.asksForTLS, try await speaksTLS() {
      fault(.digests, "The port says nothing to digests, and speaks TLS.", .needsTLS)
      return nil
    }
    return try await silence(way)
  }

  private func answered(_ way: Way) {
    good(.digests, "The meter answers, and the digest of its answer is right.")
    note(
      .digests,
      way == .encrypted
        ? "This encryption (RC4) is broken, and was never proven on a real meter. SECURITY.md tells the rest."
        : "Digests keep neither secrets nor forgers out: the meter's answer to a write carries the digest of the request, and "
          + "zeros at the end go unseen, so that each write is read back. SECURITY.md tells the rest.")
  }

  // MARK: Silence

  /// Nothing that can be believed has come: tries other rates, then once more.
  private func silence(_ way: Way) async throws(LinkError) -> Way? {
    note(.digests, hearsNoise ? "Octets came, and no answer among them." : "Nothing came back.")
    if let own = patient.baud {
      for rate in effort.rates where rate != own {
        begin("Trying \(rate) baud")
        guard try await openLine(at: rate) else { return nil }
        guard let found = try await anyWay(way) else { continue }
        fault(.rates, "The meter answers at \(rate) baud, and not at \(own).", .rate(rate))
        return try await findWay(again: found)
      }
      guard try await openLine(at: own) else { return nil }
    }
    begin("Asking once more")
    if let found = try await anyWay(way) {
      wasSilent = true
      note(.digests, "Asked once more, the meter answers.")
      return try await findWay(again: found)
    }
    let others = patient.baud == nil ? "" : " at any rate from 300 to 115200 baud"
    if hearsNoise {
      fault(.rates, "Octets come, and no answer can be made out\(others).", .noise)
    } else if hearsAlerts {
      fault(.rates, "The meter raises alerts, and answers nothing that is asked.", .unheard)
    } else {
      fault(.rates, "Nothing ever comes\(others).", .silence)
    }
    return nil
  }

  /// The key may still be a wrong one.
  private func findWay(again way: Way) async throws(LinkError) -> Way? {
    if way == .tls { return try await inTLS() == .found ? .tls : nil }
    switch try await ask(key, way) {
    case .answers:
      answered(way)
      return way
    default: return try await otherKey(way) ? way : nil
    }
  }

  /// Whether somebody answers at all, quickly.
  private func anyWay(_ way: Way) async throws(LinkError) -> Way? {
    if patient.security != .tls, !patient.hasSpokenTLS {
      switch try await ask(key, way, attempts: 1) {
      case .answers, .keyRefused, .refuses, .otherClient: return way
      default: break
      }
    }
    guard patient.security.asksForTLS else { return nil }
    switch try await hello(key, level, attempts: 1) {
    case .answers, .keyRefused, .broken: return .tls
    default: return nil
    }
  }

  private func speaksTLS() async throws(LinkError) -> Bool {
    switch try await hello(key, level) {
    case .answers, .keyRefused, .broken: true
    default: false
    }
  }

  // MARK: Keys

  /// The key was refused: tries what else was meant. True when the meter then answers.
  private func otherKey(_ way: Way) async throws(LinkError) -> Bool {
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
        fault(.key, "The key opens a session as the \(other == .basic ? "MBK" : "MAK") only.", .level(other))
        return true
      }
    }
    fault(.key, "The meter does not accept the key.", .wrongKey)
    return false
  }

  // MARK: Asking

  func client(_ key: AccessKey, _ way: Way, _ level: AccessLevel?, attempts: Int? = nil) -> ExchangeClient? {
    guard let link else { return nil }
    var timers = timers
    if let attempts { timers.attempts = attempts }
    let connection = ClientConnection(
      key: key, firstSequence: .random(in: .min ... .max), timers: timers, encrypted: way == .encrypted)
    return ExchangeClient(
      connection, over: link, tls: way == .tls ? TLSOptions(key: key, level: level) : nil, log: log)
  }

  private func hello(
    _ key: AccessKey, _ level: AccessLevel?, attempts: Int? = nil
  ) async throws(LinkError) -> Reaction {
    guard let client = client(key, .tls, level, attempts: attempts) else { return .nothing }
    let failure = try await client.begin()
    if failure == nil { self.level = await client.provenLevel }
    await client.endSession()
    switch failure?.reason {
    case nil: return .answers
    case .noTLS: return .noTLS
    case .identityNotAccepted: return .keyRefused
    case let reason?: return Self.reaction(reason)
    }
  }

  /// A request for a few octets of a table that every meter has.
  private func ask(_ key: AccessKey, _ way: Way, attempts: Int? = nil) async throws(LinkError) -> Reaction {
    guard let client = client(key, way, nil, attempts: attempts) else { return .nothing }
    switch try await client.perform(Self.short).result {
    case .success(.refused(let code)): return .refuses(code)
    case .success: return .answers
    case .failure(let error): return Self.reaction(error.reason)
    }
  }

  private static func reaction(_ reason: ExchangeError.Reason) -> Reaction {
    switch reason {
    case .noAnswer: .nothing
    case .echo: .echo
    case .digest, .malformed: .noise
    case .keyNotAccepted, .identityNotAccepted: .keyRefused
    case .sequenceNumber: .otherClient
    case .noTLS: .noTLS
    case .tls: .broken
    case .requestTooLong: .nothing
    }
  }

  static let short = Request.readPart(Table.bt01.id, offset: 0, length: 4)
}
