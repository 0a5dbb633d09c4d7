// SPDX-License-Identifier: Apache-2.0

/// Writes lines to an engine, and finds those that it does not take.
actor EngineWriter {
  private let settings: EngineSink.Settings
  private let address: String
  private let client: HTTPClient
  /// An engine that cannot unpack is told in plain text.
  private var isPacked = true

  init(_ settings: EngineSink.Settings) throws(HTTPClient.Failure) {
    (self.settings, address) = (settings, settings.address)
    client = try HTTPClient(certificates: settings.certificates)
  }

  /// Lines that are bad, and what the engine says of one of them.
  struct Refused: Sendable {
    var lines: [String] = []
    var answer: HTTPClient.Answer?
    fileprivate var taken = 0
  }

  /// Writes lines, the oldest first; those that it refuses are looked for by halving, and told.
  ///
  /// - Parameter newest: what has just been measured. Where the engine refuses all lines, it decides whether they are at
  ///   fault, as when they are older than what the engine keeps, or the engine is, which is an error.
  func write(
    _ lines: [String], newest: @Sendable () async throws(EngineTrouble) -> String?
  ) async throws(EngineTrouble) -> Refused {
    var refused = Refused()
    try await write(lines[...], &refused)
    guard let answer = refused.answer else { return refused }
    if refused.taken == 0 {
      guard let line = try await newest(), !lines.contains(line), try await post([line]) == nil else {
        throw EngineTrouble(refusal: answer)
      }
    }
    // Once more: the engine may have been mended meanwhile.
    return try await post(refused.lines) == nil ? Refused() : refused
  }

  /// So many lines of a batch that are refused one by one, the oldest of it: what is newer and refused is refused for the
  /// same reason as long as its newest line is.
  private static let proof = 8

  private func write(_ part: ArraySlice<String>, _ refused: inout Refused) async throws(EngineTrouble) {
    guard let answer = try await post(part) else {
      refused.taken += part.count
      return
    }
    refused.answer = answer
    var isHopeless = part.count == 1
    if !isHopeless, refused.taken == 0, refused.lines.count >= Self.proof {
      isHopeless = try await post(part.suffix(1)) != nil
    }
    if isHopeless {
      refused.lines += part
    } else {
      let middle = part.startIndex + part.count / 2
      try await write(part[..<middle], &refused)
      try await write(part[middle...], &refused)
    }
  }

  /// Posts lines; nil where they are taken, else the answer by which they are refused.
  private func post(_ lines: some Collection<String> & Sendable) async throws(EngineTrouble) -> HTTPClient.Answer? {
    var headers = ["Content-Type: text/plain; charset=utf-8"]
    do throws(EngineSink.Settings.Unreadable) {
      if let authorization = try settings.authorization() { headers.append("Authorization: \(authorization)") }
    } catch { throw EngineTrouble(error) }
    var octets = Array((lines.joined(separator: "\n") + "\n").utf8)
    if isPacked, let packed = HTTPClient.packed(octets) {
      octets = packed
      headers.append("Content-Encoding: gzip")
    }
    let answer: HTTPClient.Answer
    do throws(HTTPClient.Failure) {
      answer = try await client.post(octets, to: address, headers: headers, within: settings.patience)
    } catch { throw EngineTrouble(error) }
    switch answer.status {
    case 200..<300: return nil
    case 400, 413, 422: return answer
    case 415 where isPacked:
      isPacked = false
      return try await post(lines)
    default: throw EngineTrouble(answer, settings)
    }
  }
}
