// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTPTypes
import MEPTransport
import Synchronization

/// Lets in who may come in: asked by a name that is this gateway's, not by a page of another site, and with a password where
/// one is needed.
final class Doorkeeper: Sendable {
  private let names: Set<String>
  /// Whether a password is right; nil where none is needed.
  private let isRight: (@Sendable ([UInt8]) -> Bool)?
  /// What needs no password.
  private let open: Set<String>
  /// Guesses wait for each other, and not in the way of anything else.
  private let queue = DispatchQueue(label: "mep.web.passwords")
  private let state = Mutex(State())

  private struct State {
    /// What was right before, as a hash of this run only: whoever asks each second need not wait each second.
    var known: Set<Int> = []
    var failures: [String: (count: Int, last: ContinuousClock.Instant)] = [:]
    /// What is being looked at.
    var checks: [Int: Task<Bool, Never>] = [:]
  }

  /// - Parameters:
  ///   - names: by which it is asked, beside numbers and this computer's own.
  ///   - isRight: whether a password is; nil where none is needed.
  ///   - open: paths that need no password.
  init(names: [String], _ isRight: (@Sendable ([UInt8]) -> Bool)?, open: Set<String>) {
    let own = ProcessInfo.processInfo.hostName.lowercased()
    self.names = Set(names.map { $0.lowercased() } + ["localhost", own, own + ".local"])
    (self.isRight, self.open) = (isRight, open)
  }

  func check(_ request: HTTPRequest, path: String, from address: String) async throws(Refusal) {
    let host = request.authority ?? ""
    let name = Self.name(of: host)
    // A page elsewhere can have its own name lead here: it would then be asking its own site.
    guard names.contains(name) || isInternetAddress(name) else {
      throw Refusal(
        .misdirected, "This gateway is not called \"\(name)\". If it is, say so under web: names: in the configuration."
      )
    }
    if let origin = request.headerFields[.origin],
      origin.lowercased().split(separator: "/").last ?? "" != host.lowercased()
    {
      throw Refusal(.forbidden, "A page of another site (\(origin)) may not ask this.")
    }
    guard let isRight, !open.contains(path) else { return }
    try await check(request.headerFields[.authorization], isRight, from: address)
  }

  // MARK: Passwords

  private static let patience = 5
  private static let pause = Duration.seconds(30)

  private func check(
    _ header: String?, _ isRight: @escaping @Sendable ([UInt8]) -> Bool, from address: String
  ) async throws(Refusal) {
    guard let header, let password = Self.password(in: header) else {
      throw Refusal(.unauthorized, "A password is needed, or a token: see web: password_file: in the configuration.")
    }
    let hash = header.hashValue
    let (check, wait) = state.withLock { state -> (Task<Bool, Never>?, Duration) in
      if state.known.contains(hash) { return (nil, .zero) }
      // A page asks for much at once, with the same password.
      if let check = state.checks[hash] { return (check, .zero) }
      var failed = state.failures[address] ?? (0, .now)
      if failed.count >= Self.patience {
        let rest = Self.pause - (ContinuousClock.now - failed.last)
        if rest > .zero { return (nil, rest) }
        failed.count = 0
      }
      // Counted before it is looked at: many at once are many.
      if state.failures.count >= 1000 { state.failures = [:] }
      state.failures[address] = (failed.count + 1, .now)
      let check = Task { [queue] in
        await withCheckedContinuation { continuation in
          queue.async { continuation.resume(returning: isRight(password)) }
        }
      }
      state.checks[hash] = check
      return (check, .zero)
    }
    if wait > .zero {
      throw Refusal(
        .tooMany, "Too many wrong passwords from \(address).", retryAfter: Int(wait.components.seconds) + 1)
    }
    guard let check else { return }
    let opens = await check.value
    try state.withLock { state throws(Refusal) in
      state.checks[hash] = nil
      if opens {
        state.failures[address] = nil
        if state.known.count >= 64 { state.known = [] }
        state.known.insert(hash)
        return
      }
      throw Refusal(.unauthorized, "This password is not right.")
    }
  }

  /// "Bearer TOKEN", or "Basic" with any name.
  private static func password(in header: String) -> [UInt8]? {
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    switch parts[0].lowercased() {
    case "bearer": return Array(parts[1].utf8)
    case "basic":
      guard let octets = Data(base64Encoded: String(parts[1])), let colon = octets.firstIndex(of: UInt8(ascii: ":"))
      else { return nil }
      return Array(octets[(colon + 1)...])
    default: return nil
    }
  }

  /// "[::1]:8337" is "::1", "House.local:8337" is "house.local".
  private static func name(of host: String) -> String {
    if host.first == "[" { return String(host.dropFirst().prefix { $0 != "]" }) }
    return String(host.prefix { $0 != ":" }).lowercased()
  }
}
