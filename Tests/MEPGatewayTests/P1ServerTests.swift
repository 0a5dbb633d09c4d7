// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import Glibc
import MEP
import MEPClient
import MEPTransport
import Testing

@testable import MEPGateway

/// Reads telegrams from a port, as those programs do.
private final class TelegramReader {
  let link: any Link
  private var octets: [UInt8] = []

  init(_ port: Int) async throws { link = try await TCPLink.connect(host: "127.0.0.1", port: port) }

  /// The next telegram; nil where the connection has ended.
  func next() async -> String? {
    while true {
      if let end = octets.firstIndex(of: UInt8(ascii: "!")), octets.count >= end + 7 {
        defer { octets.removeFirst(end + 7) }
        return String(decoding: octets.prefix(end + 7), as: UTF8.self)
      }
      guard let more = try? await link.receive(until: nil) else { return nil }
      octets += more
    }
  }
}

/// Whether it is whole.
private func isSound(_ telegram: String) -> Bool {
  let body = telegram.prefix { $0 != "!" } + "!"
  let checksum = UInt16(telegram.dropFirst(body.count).prefix(4), radix: 16)
  return telegram.hasPrefix("/") && telegram.hasSuffix("\r\n") && checksum == P1Telegram.crc16(body.utf8)
}

private func stamp(_ telegram: String) -> Substring? { telegram.firstMatch(of: /0-0:1\.0\.0\((\d{12})[SW]\)/)?.1 }

@Suite(.serialized, .timeLimit(.minutes(1))) struct P1ServerTests {
  private let shelf: Shelf

  init() throws { shelf = try Shelf() }

  /// Runs a server. Its gateway hears readings, one for each second of its clock: of a meter that is read so slowly that nothing
  /// is old while a test lasts.
  private func run(speed: Double = 1, _ body: (P1Server, Gateway) async throws -> Void) async throws {
    var schedule = Schedule()
    schedule.intervals = [.present: 86_400_000, .totals: 86_400_000]
    let gateway = Gateway(
      try shelf.open(), clock: GatewayClock(start: march, speed: speed), zone: utc, log: quiet)
    let server = try P1Server(gateway, P1Server.Settings(meter: "house", port: 0), log: quiet)
    var live = LiveValues(schedule: schedule)
    live.take(.present(identity()))
    await gateway.know(live, of: "house")
    let serving = Task { await server.run() }
    try await body(server, gateway)
    serving.cancel()
    await serving.value
  }

  /// Reading upon reading, faster than the clock.
  private func feed(_ gateway: Gateway, from first: Int64 = 0, energy isRead: Bool = true) -> Task<Void, Never> {
    Task {
      var n = first
      while !Task.isCancelled {
        let time = max(gateway.clock.now(), march + n * second)
        let values = isRead ? [power: n, voltage: 230_000, energy: n] : [power: n]
        await gateway.note(.reading(Reading(at: time, values)), of: "house")
        n += 1
        try? await Task.sleep(for: .milliseconds(4))
      }
    }
  }

  @Test func allReadersGetEachReading() async throws {
    try await run { server, gateway in
      let feeding = feed(gateway)
      defer { feeding.cancel() }
      let readers = [try await TelegramReader(server.port), try await TelegramReader(server.port)]
      for reader in readers {
        var last: Substring?
        for _ in 0..<5 {
          let telegram = try #require(await reader.next())
          #expect(isSound(telegram), "\(telegram)")
          for code in ["0-0:96.1.1", "1-0:1.8.1", "1-0:1.7.0", "1-0:32.7.0"] {
            #expect(telegram.contains("\r\n\(code)("), "\(code) \(telegram)")
          }
          let time = try #require(stamp(telegram))
          #expect(last.map { $0 < time } != false)
          last = time
        }
        reader.link.close()
      }
    }
  }

  /// Readers learn from the first telegram what a meter has.
  @Test func theFirstTelegramIsWhole() async throws {
    try await run { server, gateway in
      let reader = try await TelegramReader(server.port)
      let early = feed(gateway, energy: false)
      try await Task.sleep(for: .milliseconds(200))
      early.cancel()
      await early.value
      let feeding = feed(gateway, from: 1000)
      defer { feeding.cancel() }
      #expect(await reader.next()?.contains("1-0:1.8.0(") == true)
    }
  }

  /// A meter whose registers cannot be read still has a power.
  @Test func whatNeverComesIsNotWaitedFor() async throws {
    try await run(speed: 200) { server, gateway in
      let feeding = feed(gateway, energy: false)
      defer { feeding.cancel() }
      let telegram = try #require(await TelegramReader(server.port).next())
      #expect(telegram.contains("1-0:1.7.0(") && !telegram.contains("1-0:1.8."))
    }
  }

  @Test func whoDoesNotReadIsLetGo() async throws {
    try await run { server, gateway in
      let feeding = feed(gateway)
      defer { feeding.cancel() }
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var (least, address) = (Int32(1), sockaddr_in())
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &least, socklen_t(MemoryLayout<Int32>.size))
      (address.sin_family, address.sin_addr.s_addr) = (sa_family_t(AF_INET), UInt32(0x7F00_0001).bigEndian)
      address.sin_port = in_port_t(server.port).bigEndian
      let result = withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      try #require(result == 0)
      let reader = try await TelegramReader(server.port)
      // The other one goes on.
      for _ in 0..<150 { try #require(await reader.next() != nil) }
      var octets = [UInt8](repeating: 0, count: 4096)
      var told = 0
      while case let count = recv(descriptor, &octets, octets.count, 0), count > 0 {
        told += octets.prefix(count).count { $0 == UInt8(ascii: "!") }
        try #require(told < 150)
      }
      #expect(told > 0)
      #expect(await reader.next() != nil)
    }
  }

  @Test func whoComesBackIsTold() async throws {
    try await run { server, gateway in
      let feeding = feed(gateway)
      defer { feeding.cancel() }
      for _ in 0..<5 {
        let reader = try await TelegramReader(server.port)
        let telegram = try #require(await reader.next())
        #expect(isSound(telegram) && telegram.contains("1-0:1.8.0("))
        reader.link.close()
      }
    }
  }

  @Test func thereIsAnEndToReaders() async throws {
    try await run { server, gateway in
      let feeding = feed(gateway)
      defer { feeding.cancel() }
      var readers: [TelegramReader] = []
      for _ in 0..<16 { readers.append(try await TelegramReader(server.port)) }
      for reader in readers { #expect(await reader.next() != nil) }
      #expect(try await TelegramReader(server.port).next() == nil)
      for reader in readers { #expect(await reader.next() != nil) }
      // A place that is free again is given away.
      readers.removeLast().link.close()
      var isIn = false
      for _ in 0..<100 where !isIn { isIn = try await TelegramReader(server.port).next() != nil }
      #expect(isIn)
    }
  }

  /// What was measured before it went is not told to whoever comes.
  @Test func aMeterThatIsAwayIsSilent() async throws {
    try await run { server, gateway in
      let feeding = feed(gateway)
      #expect(try await TelegramReader(server.port).next() != nil)
      feeding.cancel()
      await feeding.value
      await gateway.note(.away(.link(.closed("it is cut"))), of: "house")
      let reader = try await TelegramReader(server.port)
      // Before it is told to be there again, so that nobody sees what was measured before.
      let again = feed(gateway, from: 1000)
      defer { again.cancel() }
      #expect(await isSo { await gateway.values["house"]?.values[power].map { $0.number >= 1000 } == true })
      await gateway.note(.present(identity()), of: "house")
      let telegram = try #require(await reader.next())
      // March's first second, and a thousand.
      #expect(try #require(stamp(telegram)) >= "260301001640")
    }
  }

  @Test func itsEndIsTheirEnd() async throws {
    var port = 0
    var readers: [TelegramReader] = []
    try await run { server, gateway in
      let feeding = feed(gateway)
      defer { feeding.cancel() }
      port = server.port
      readers = [try await TelegramReader(port), try await TelegramReader(port)]
      for reader in readers { #expect(await reader.next() != nil) }
    }
    for reader in readers { while await reader.next() != nil {} }
    // The port is free again, a moment later.
    var listener: TCPListener?
    for _ in 0..<100 where listener == nil {
      listener = try? TCPListener(port: port)
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(listener != nil)
  }

  @Test func aPortThatIsTakenIsNamed() throws {
    let taken = try TCPListener()
    let gateway = Gateway(try shelf.open(), log: quiet)
    #expect {
      try P1Server(gateway, P1Server.Settings(meter: "house", port: taken.port), log: quiet)
    } throws: {
      "\($0)".contains("127.0.0.1:\(taken.port)")
    }
  }
}
