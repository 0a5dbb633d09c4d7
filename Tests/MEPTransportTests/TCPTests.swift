// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TCPTests {
  @Test(arguments: ["127.0.0.1", "::1", "localhost"]) func octetsGoBothWays(host: String) async throws {
    guard let listener = try? TCPListener(host: host == "::1" ? host : "127.0.0.1") else {
      // Not every computer has IPv6.
      #expect(host == "::1")
      return
    }
    #expect(listener.port > 0)
    async let accepted = listener.accept()
    let client = try await TCPLink.connect(host: host, port: listener.port)
    let server = try await accepted
    let all = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    async let sending: Void = client.send(all)
    #expect(try await collect(all.count, from: server) == all)
    try await sending
    try await server.send([1, 2, 3])
    #expect(try await collect(3, from: client) == [1, 2, 3])
  }

  @Test func theOtherSideLeaves() async throws {
    let listener = try TCPListener()
    let client = try await TCPLink.connect(host: "127.0.0.1", port: listener.port)
    let server = try await listener.accept()
    try await server.send([5])
    server.close()
    #expect(try await collect(1, from: client) == [5])
    for _ in 1...2 {
      #expect(await failure { () throws(LinkError) in _ = try await client.receive(until: soon()) }?.isClosed == true)
    }
    // The first send may still succeed; none may end the program with a signal.
    for _ in 1...3 { _ = await failure { () throws(LinkError) in try await client.send([1]) } }
    #expect(await failure { () throws(LinkError) in try await client.send([1]) }?.isClosed == true)
  }

  @Test func nobodyListens() async throws {
    let listener = try TCPListener()
    let port = listener.port
    listener.close()
    let error = await failure { () throws(LinkError) in
      // The descriptor is closed a little after `close` returns.
      while true {
        try await TCPLink.connect(host: "127.0.0.1", port: port).close()
        try await Instant.sleep(until: .now() + .milliseconds(10))
      }
    }
    #expect(error == .refused(host: "127.0.0.1", port: port))
  }

  @Test func aNameWithoutAnAddress() async {
    let error = await failure { () throws(LinkError) in _ = try await TCPLink.connect(host: "no name", port: 1) }
    #expect(error == .unresolved(host: "no name"))
  }

  @Test func closingEndsAnAcceptThatWaits() async throws {
    let listener = try TCPListener()
    async let waiting = failure { () throws(LinkError) in _ = try await listener.accept() }
    try await Instant.sleep(until: .now() + .milliseconds(20))
    listener.close()
    #expect(await waiting?.isClosed == true)
  }

  @Test func aTakenPortIsRefused() throws {
    let listener = try TCPListener()
    let port = listener.port
    #expect(throws: LinkError.notListening(host: "127.0.0.1", port: port, reason: "Address already in use")) {
      try TCPListener(port: port)
    }
  }
}
