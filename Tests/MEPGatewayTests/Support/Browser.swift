// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEP
import MEPTransport
import Testing

/// Asks over HTTP, as it is told to: also what no browser would.
struct Browser {
  let port: Int
  /// Headers with each request; "Host" and "Connection" are there.
  var headers: [String: String] = [:]

  struct Reply {
    let status: Int
    let headers: [String: String]
    let body: String

    /// What JSON says.
    func json() throws -> Any {
      try JSONSerialization.jsonObject(with: Data(body.utf8), options: .fragmentsAllowed)
    }
  }

  func get(
    _ target: String, method: String = "GET", _ more: [String: String] = [:], body: String = ""
  ) async throws -> Reply {
    let link = try await ask(target, method: method, more, body: body)
    defer { link.close() }
    var octets: [UInt8] = []
    while let more = try? await link.receive(until: .now() + .milliseconds(20_000)) { octets += more }
    return try Reply(octets)
  }

  /// A stream: what comes of it until it is cut.
  func open(_ target: String, _ more: [String: String] = [:]) async throws -> any Link {
    try await ask(target, method: "GET", more)
  }

  private func ask(
    _ target: String, method: String, _ more: [String: String], body: String = ""
  ) async throws -> any Link {
    let link = try await TCPLink.connect(host: "127.0.0.1", port: port)
    let all = ["Host": "127.0.0.1:\(port)", "Connection": "close"].merging(headers) { $1 }.merging(more) { $1 }
    let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
    let head = "\(method) \(target) HTTP/1.1\r\n" + all.map { "\($0): \($1)\r\n" }.joined() + length + "\r\n"
    try await link.send(Array((head + body).utf8))
    return link
  }
}

extension Browser.Reply {
  fileprivate init(_ octets: [UInt8]) throws {
    let end = try #require(octets.firstRange(of: Array("\r\n\r\n".utf8)))
    let lines = String(decoding: octets[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    status = try #require(lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) }, "\(lines[0])")
    headers = Dictionary(
      lines.dropFirst().compactMap { line in
        line.firstIndex(of: ":").map {
          (line[..<$0].lowercased(), line[line.index(after: $0)...].trimmingCharacters(in: .whitespaces))
        }
      }
    ) { $1 }
    let rest = octets[end.upperBound...]
    body = String(decoding: headers["transfer-encoding"] == "chunked" ? Self.joined(rest) : rest, as: UTF8.self)
  }

  private static func joined(_ chunks: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var (rest, body) = (chunks, ArraySlice<UInt8>())
    while let end = rest.firstRange(of: [13, 10]),
      let count = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), count > 0
    {
      body += rest[end.upperBound...].prefix(count)
      rest = rest[end.upperBound...].dropFirst(count + 2)
    }
    return body
  }
}
