// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import Logging
import MEP
import TestSupport
import Testing

@testable import MEPTransport

/// Each of our ends against OpenSSL's other end: what goes in MEP messages here goes over a TCP connection there.
@Suite(
  .serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: OpenSSL.path), "openssl is not installed"))
struct ForeignTLSTests {
  private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  private let key = AccessKey(dummy: 2)
  /// OpenSSL cuts an identity at its first zero: it has none.
  private let identity = TLSIdentity(client: 0x0101, level: .advanced)
  /// OpenSSL sends each line back with its octets in reverse: this request comes back as the answer "30 0A" to itself.
  private let palindrome = Request.read(TableID(number: 0x0200), length: 10)

  private func client(of server: OpenSSL, _ port: Int, key: AccessKey) async throws -> ExchangeClient {
    let far = try await server.connected(to: port)
    let (near, line) = MemoryLink.pair()
    Task { await Adapter(line: line, far: far).serve() }
    var timers = Timers.unpaced
    timers.response = .milliseconds(5000)
    return ExchangeClient(
      ClientConnection(key: key, firstSequence: 1, timers: timers), over: near,
      tls: TLSOptions(key: key, client: identity.client, level: identity.level), log: quiet)
  }

  @Test func ourClientAsksOpenSSL() async throws {
    let (server, port) = try OpenSSL.server(psk: 2)
    defer { server.stop() }
    let client = try await client(of: server, port, key: key)
    for _ in 0..<3 {
      #expect(try await client.perform(palindrome).result == .success(.data([0x30, 0x0A])))
    }
    #expect(await client.provenLevel == .advanced)
    await client.endSession()
    client.close()
  }

  @Test func itsKeyIsAnother() async throws {
    let (server, port) = try OpenSSL.server(psk: 3)
    defer { server.stop() }
    let client = try await client(of: server, port, key: key)
    guard case .failure(let error) = try await client.perform(palindrome).result else {
      Issue.record("it was answered")
      return
    }
    #expect(!error.mayHaveBeenExecuted)
    client.close()
  }

  /// What our server said last, and what OpenSSL has printed.
  private func serve(
    psk: UInt8, as name: [UInt8]? = nil, _ request: Request = .read(TableID(number: 23), length: 100),
    answered response: Response = .data([1, 2, 3])
  ) async throws -> (answer: TLSMessage.Answer?, asked: [UInt8]?, printed: [UInt8]) {
    let listener = try TCPListener()
    let client = try OpenSSL.client(
      psk: psk, port: listener.port, identity: name ?? identity.octets, input: request.body)
    defer { client.stop() }
    let link = try await listener.accept()
    defer { link.close() }
    var server = TLSServer(basic: AccessKey(dummy: 1), advanced: key)
    var asked: [UInt8]?
    var last: TLSMessage.Answer?
    var kind = TLSMessage.Kind.handshake
    while let records = await Adapter.flight(from: link), !records.isEmpty {
      switch server.take(TLSMessage(kind, records)) {
      case .answer(let answer): last = answer
      case .request(let body):
        asked = body
        last = server.seal(response)
      }
      guard let last, last.code == .ok else { break }
      try await link.send(last.octets)
      if asked != nil { break }
      kind = server.identity == nil ? .handshakeContinued : .table
    }
    return (last, asked, try await client.printed(asked == nil ? 0 : response.body.count))
  }

  @Test(arguments: [
    (Request.read(TableID(number: 23), length: 100), Response.data([1, 2, 3])),
    (.write(TableID(number: 7), [1, 2, 3]), .done),
  ]) func openSSLAsksOurServer(request: Request, response: Response) async throws {
    let (answer, asked, printed) = try await serve(psk: 2, request, answered: response)
    #expect(answer?.code == .ok)
    #expect(asked == request.body)
    #expect(printed == response.body)
  }

  /// A key ID that there is none of, and more and fewer octets than an identity has.
  @Test(arguments: [[1, 1, 2], [1, 1], [1, 1, 1, 1]] as [[UInt8]]) func aForeignIdentityIsRefused(name: [UInt8])
    async throws
  {
    let (answer, asked, _) = try await serve(psk: 2, as: name)
    #expect(answer?.code == .invalidIdentityOrKey && asked == nil)
  }

  /// OpenSSL's two ends agree on the extended master secret, which ours do not offer: whoever has the key reads it all the same.
  @Test(arguments: [UInt8(2), 3]) func aSessionOfOthersIsHeard(psk: UInt8) async throws {
    let (server, port) = try OpenSSL.server(psk: 2)
    defer { server.stop() }
    let far = try await server.connected(to: port)
    let listener = try TCPListener()
    let text = Array("hello, meter\n".utf8)
    let client = try OpenSSL.client(psk: 2, port: listener.port, identity: identity.octets, input: text)
    let near = try await listener.accept()
    var tap = TLSTap(key: AccessKey(dummy: psk))
    var heard: [TLSTap.Content] = []
    for _ in 0..<3 {
      guard let asked = await Adapter.flight(from: near) else { break }
      heard += tap.take(asked, from: .client)
      try await far.send(asked)
      guard let answered = await Adapter.flight(from: far) else { break }
      heard += tap.take(answered, from: .meter)
      try await near.send(answered)
    }
    let spoken = heard.compactMap {
      if case .octets(let octets) = $0 { String(decoding: octets, as: UTF8.self) } else { nil }
    }
    #expect(spoken == (psk == 2 ? ["hello, meter\n", "retem ,olleh\n"] : []))
    #expect(heard.contains(.finished) == (psk == 2))
    #expect(heard.contains(.keys(identity)))
    for link in [near, far] { link.close() }
    client.stop()
  }

  @Test func aForeignKeyIsRefused() async throws {
    let (answer, asked, _) = try await serve(psk: 3)
    #expect(answer?.code == .invalidIdentityOrKey && asked == nil)
  }
}

/// Takes MEP messages of TLS from a line, and passes what is in them on to somebody who speaks TLS alone.
private struct Adapter {
  let line: any Link
  let far: any Link

  func serve() async {
    var held: [UInt8] = []
    while let more = try? await line.receive(until: nil) {
      held += more
      while held.count >= 2, case let length = Int(held[0]) << 8 + Int(held[1]), held.count >= 2 + length {
        let message = held[2..<2 + length]
        held.removeFirst(2 + length)
        try? await line.send(Frame.framed(await answer(to: Array(message))))
      }
    }
    far.close()
  }

  private func answer(to message: [UInt8]) async -> [UInt8] {
    guard let message = TLSMessage(message: message) else { return [ResponseCode.unrecognizedRequest.rawValue] }
    if message.kind == .terminate { return [ResponseCode.ok.rawValue] }
    try? await far.send(message.octets)
    // An alert (21), or the end of the connection, is a refusal.
    guard let records = await Self.flight(from: far), let first = records.first, first != 21 else {
      return [ResponseCode.invalidIdentityOrKey.rawValue]
    }
    return [ResponseCode.ok.rawValue] + records
  }

  /// Everything until the other end is quiet; nil when it has gone.
  static func flight(from link: any Link) async -> [UInt8]? {
    var octets: [UInt8] = []
    var end = Instant.now() + .milliseconds(5000)
    while Instant.now() < end {
      guard let more = try? await link.receive(until: end) else { return octets.isEmpty ? nil : octets }
      octets += more
      if !more.isEmpty { end = .now() + .milliseconds(200) }
    }
    return octets
  }
}

/// The program of that name, with a dummy key of 16 equal octets.
private final class OpenSSL: @unchecked Sendable {
  static let path = "/usr/bin/openssl"
  private static let suite = ["-tls1_2", "-cipher", "PSK-AES256-GCM-SHA384", "-quiet", "-psk"]

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  private init(_ arguments: [String], psk: UInt8) throws {
    process.executableURL = URL(fileURLWithPath: Self.path)
    let octet = (psk < 16 ? "0" : "") + String(psk, radix: 16)
    process.arguments = arguments + Self.suite + [String(repeating: octet, count: 16)]
    (process.standardInput, process.standardOutput, process.standardError) = (input, output, FileHandle.nullDevice)
    try process.run()
  }

  deinit { stop() }

  /// It inherits what this thread does not want to hear of, SIGTERM among it.
  func stop() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  static func server(psk: UInt8) throws -> (OpenSSL, port: Int) {
    let port = freePort()
    return (try OpenSSL(["s_server", "-accept", "127.0.0.1:\(port)", "-nocert", "-rev"], psk: psk), port)
  }

  static func client(psk: UInt8, port: Int, identity: [UInt8], input: [UInt8]) throws -> OpenSSL {
    let name = String(decoding: identity, as: UTF8.self)
    let client = try OpenSSL(["s_client", "-connect", "127.0.0.1:\(port)", "-psk_identity", name], psk: psk)
    client.input.fileHandleForWriting.write(Data(input))
    return client
  }

  /// As soon as the server listens.
  func connected(to port: Int) async throws -> any Link {
    for _ in 0..<100 where process.isRunning {
      if let link = try? await TCPLink.connect(host: "127.0.0.1", port: port) { return link }
      try await Task.sleep(for: .milliseconds(50))
    }
    return try await TCPLink.connect(host: "127.0.0.1", port: port)
  }

  /// The first octets of what it prints.
  func printed(_ count: Int) async throws -> [UInt8] {
    if count == 0 { return [] }
    let reader = output.fileHandleForReading
    // Reading waits, and that on no thread of the tests'; a client that prints nothing is ended.
    let watchdog = Task {
      try await Task.sleep(for: .seconds(20))
      self.stop()
    }
    defer { watchdog.cancel() }
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: Array((try? reader.read(upToCount: count)) ?? Data())) }
    }
  }
}
