// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// How what is asked and answered is protected (guide, chapter 2).
public enum Security: String, CaseIterable, Sendable {
  /// TLS where the port speaks it, else digests. Once TLS was spoken it stays with that.
  case auto
  /// Each message carries a digest under the key, and can be read by everybody.
  case digest
  /// As ``digest``, and encrypted by RC4. Never proven on a real meter.
  case encrypted
  /// TLS 1.2 with the key as pre-shared key; nothing else is asked.
  case tls

  /// Whether a session is asked for before anything else.
  public var asksForTLS: Bool { self == .auto || self == .tls }
}

/// Which of the two keys somebody has, as it is said in options and files.
public enum KeyLevel: String, CaseIterable, Sendable {
  case mbk, mak

  public var level: AccessLevel { self == .mbk ? .basic : .advanced }
}

extension Meter {
  /// Whether what is asked goes through a session of TLS; of ``Security/auto`` this is open until ``begin()``, or the first
  /// request.
  public var speaksTLS: Bool {
    get async { await client.speaksTLS }
  }

  /// How what is asked is protected as it turned out: never ``Security/auto``.
  public var securityInUse: Security {
    get async { await speaksTLS ? .tls : security == .auto ? .digest : security }
  }

  /// The key's level where a session of TLS has proven it: by digests nothing tells which of the two it is.
  public var provenAccess: AccessLevel? {
    get async { await speaksTLS ? access : nil }
  }

  /// Opens the session of TLS, or finds out that the port speaks none; digests need no beginning.
  public func begin() async throws(MeterError) {
    try await alone { () async throws(MeterError) in try await opened() }
  }

  private func opened() async throws(MeterError) {
    let failure: ExchangeError?
    do throws(LinkError) { failure = try await client.begin() } catch { throw .link(error) }
    if let failure { throw .exchange(failure, Table.et04.id) }
    if !(await client.speaksTLS) { room = .byDigests }
    // A session proves what the key is.
    if let level = await client.provenLevel { set(access: level) }
  }

  /// As ``begin()``, and never by digests where this meter's port has spoken TLS before: that may be somebody else between
  /// the two. What speaks TLS now is remembered.
  ///
  /// - Parameter address: where the meter is, so that one can be known before it has said who it is.
  public func begin(remembering memory: TLSMemory, at address: String) async throws(MeterError) {
    try await alone { () async throws(MeterError) in
      let known = try Self.told { () throws(StateProblem) in try memory.entries() }
      let here = known.filter { $0.address == address }
      if !here.isEmpty { await client.requireTLS() }
      do throws(MeterError) { try await opened() } catch {
        if let entry = here.first, case .exchange(let failure, _) = error, failure.reason == .noTLS {
          throw .hasSpokenTLS(entry)
        }
        throw error
      }
      let isTLS = await client.speaksTLS
      // Nobody is to pay for a memory that holds nothing.
      guard isTLS || security == .auto && !known.isEmpty else { return }
      let entry = TLSMemory.Entry(meter: try await name(), port: try await ownPort(), address: address)
      if isTLS {
        if known.contains(entry) { return }
        try Self.told { () throws(StateProblem) in try memory.remember(entry) }
      } else if known.contains(where: { $0.meter == entry.meter && $0.port == entry.port }) {
        throw .hasSpokenTLS(entry)
      }
    }
  }

  /// Ends the session of TLS, so that others can have the port; the meter can be asked again, in a new one.
  public func endSession() async { await client.endSession() }

  private static func told<T>(_ body: () throws(StateProblem) -> T) throws(MeterError) -> T {
    do throws(StateProblem) { return try body() } catch { throw .forgetful(error) }
  }
}
