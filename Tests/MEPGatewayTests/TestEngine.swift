// SPDX-License-Identifier: Apache-2.0
import CHTTP
import Foundation
import MEPTransport
import Synchronization
import Testing

@testable import MEPGateway

/// A server on a real socket that speaks enough HTTP/1.1 to take what is posted, keeps it as an engine does, and answers
/// as a test wants.
final class TestEngine: Sendable {
  struct Request: Sendable {
    let path: String
    /// By their names in small letters.
    let headers: [String: String]
    let lines: [String]
  }

  enum Answer: Sendable {
    case status(Int, _ words: String = "", headers: [String] = [])
    /// Nothing, for as long as the other end waits.
    case silence
    /// It takes what it is given, and is gone before it has said so.
    case cut
    /// It is gone without having taken anything.
    case gone
  }

  private struct State {
    var answer: @Sendable (Request) -> Answer
    var requests: [Request] = []
    /// The fields that it was given for each series and time.
    var points: [String: [String]] = [:]
    var connections = 0
  }

  let port: Int
  private let listener: TCPListener
  private let state: Mutex<State>

  init(port: Int = 0, _ answer: @escaping @Sendable (Request) -> Answer = { _ in .status(204) }) throws {
    listener = try TCPListener(port: port)
    self.port = listener.port
    state = Mutex(State(answer: answer))
    let listener = listener
    Task { [weak self] in
      while let link = try? await listener.accept() {
        guard let self else { return link.close() }
        self.state.withLock { $0.connections += 1 }
        Task { [weak self] in
          try? await self?.serve(link)
          link.close()
        }
      }
    }
  }

  deinit { listener.close() }

  func stop() { listener.close() }

  func answer(_ answer: @escaping @Sendable (Request) -> Answer) { state.withLock { $0.answer = answer } }

  var requests: [Request] { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.connections } }
  /// By series and time: whatever fields it was given for it.
  var points: [String: [String]] { state.withLock { $0.points } }
  /// The times of all that it has.
  var times: Set<Int64> { Set(points.keys.compactMap { $0.split(separator: " ").last.flatMap { Int64($0) } }) }

  private func serve(_ link: any Link) async throws {
    var octets: [UInt8] = []
    while true {
      let end = Array("\r\n\r\n".utf8)
      var head: Range<Int>?
      while true {
        head = octets.firstRange(of: end)
        if head != nil { break }
        let part = try await link.receive(until: nil)
        octets += part
      }
      guard let head else { return }
      let lines = String(decoding: octets[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
      }
      octets = Array(octets[head.upperBound...])
      let count = headers["content-length"].flatMap { Int($0) } ?? 0
      while octets.count < count { octets += try await link.receive(until: nil) }
      var body = Array(octets[..<count])
      octets = Array(octets[count...])
      if headers["content-encoding"] == "gzip" { body = Self.unpacked(body) }
      let request = Request(
        path: String(lines[0].split(separator: " ")[1]), headers: headers,
        lines: String(decoding: body, as: UTF8.self).split(separator: "\n").map(String.init))
      guard try await reply(to: request, over: link) else { return }
    }
  }

  /// Whether the connection goes on.
  private func reply(to request: Request, over link: any Link) async throws -> Bool {
    let answer = state.withLock { state in
      state.requests.append(request)
      let answer = state.answer(request)
      switch answer {
      case .status(200..<300, _, _), .cut:
        for line in request.lines {
          let words = line.split(separator: " ").map(String.init)
          let fields = state.points["\(words[0]) \(words[2])"] ?? []
          if !fields.contains(words[1]) { state.points["\(words[0]) \(words[2])"] = fields + [words[1]] }
        }
      default: break
      }
      return answer
    }
    switch answer {
    case .status(let status, let words, let headers):
      let lines = ["HTTP/1.1 \(status) Said", "Content-Length: \(words.utf8.count)"] + headers
      try await link.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + words).utf8))
      return true
    case .silence:
      // Until the other end goes away.
      while true { _ = try await link.receive(until: nil) }
    case .cut:
      try await link.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nI have".utf8))
      return false
    case .gone: return false
    }
  }

  private static func unpacked(_ packed: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 4_000_000) { buffer, count in
      count = CHTTPUnpack(packed, packed.count, buffer.baseAddress, buffer.count)
    }
  }
}

/// Waits until something is so; whether it is, half a minute later at the latest.
func isSo(_ condition: () async -> Bool) async -> Bool {
  for _ in 0..<3000 {
    if await condition() { return true }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return false
}
