// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TestSupport
import Testing

/// `mep serve` as a service: who has started it is told how it goes, and can have it read its file again.
@Suite struct ServiceTests {
  private let bench: Bench
  private var environment: [String: String] {
    ["XDG_RUNTIME_DIR": bench.folder.path, "XDG_STATE_HOME": bench.folder.appendingPathComponent("state").path]
  }

  init() throws { bench = try Bench() }

  /// What systemd would hear.
  private final class Ear: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
      self.path = path
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      try #require(bound == 0)
    }

    deinit { close(descriptor) }

    /// Nil while there is nothing.
    func hear() -> String? {
      var octets = [UInt8](repeating: 0, count: 200)
      let count = recv(descriptor, &octets, octets.count, Int32(MSG_DONTWAIT))
      return count > 0 ? String(decoding: octets.prefix(count), as: UTF8.self) : nil
    }
  }

  @Test func whoHasStartedItIsTold() async throws {
    let ear = try Ear(bench.folder.appendingPathComponent("notify").path)
    let gateway = try Running(
      Tool.path, ["serve", "--meter", "sim:gen3", "--web", "off"], in: bench.folder,
      environment: environment.merging(["NOTIFY_SOCKET": ear.path, "WATCHDOG_USEC": "400000"]) { $1 })
    var heard: [String] = []
    try await eventually("three signs of life") {
      while let word = ear.hear() { heard.append(word) }
      return heard.count { $0 == "WATCHDOG=1" } >= 3
    }
    #expect(heard.first == "READY=1")
    gateway.signal(SIGTERM)
    #expect(try await gateway.ended().status == 0)
    while let word = ear.hear() { heard.append(word) }
    let stopping = try #require(heard.firstIndex(of: "STOPPING=1"))
    // A sign of life may have been on its way.
    #expect(heard[stopping...].dropFirst().allSatisfy { $0 == "WATCHDOG=1" })
  }

  /// What is wrong in it changes nothing; what is right is done without a new process.
  @Test func itsFileIsReadAgain() async throws {
    let (first, second) = (freePort(), freePort())
    func write(_ web: String) throws {
      try bench.file("mep.yaml", "meters: [{name: house, address: sim:gen3}]\nstore: {path: mep.db}\nweb: {\(web)}\n")
    }
    try write("port: \(first)")
    let gateway = try Running(
      Tool.path, ["serve", "--config", "mep.yaml"], in: bench.folder, environment: environment)
    try await eventually("the first port") { gateway.err.contains("http://127.0.0.1:\(first)") }
    try write("prot: \(second)")
    gateway.signal(SIGHUP)
    try await eventually("a word on what is wrong") {
      gateway.err.contains("the configuration is as it was before: mep.yaml:3: web.prot is not known here")
    }
    try write("port: \(second)")
    gateway.signal(SIGHUP)
    try await eventually("the second port") { gateway.err.contains("http://127.0.0.1:\(second)") }
    gateway.signal(SIGTERM)
    #expect(try await gateway.ended().status == 0)
  }

  /// All that the example has, also what is commented out, is right.
  @Test func theExampleIsRight() async throws {
    let example = try await bench.run("config", "example")
    #expect(example.status == 0)
    try bench.file("web.passwords", try await bench.run("config", "password", input: "correct horse\n").out)
    let said = example.out.replacing("/etc/mep/house.key", with: "mbk").replacing("/etc/mep/", with: "").split(
      separator: "\n", omittingEmptySubsequences: false
    ).map { line in
      line.contains(/^ *#( {2,}\S|[a-z-])/) ? line.replacing("#", with: "", maxReplacements: 1) : line[...]
    }
    // What was indented in front of its mark is where it would be without it.
    try bench.file("all.yaml", said.joined(separator: "\n"))
    try bench.file("mqtt.password", "secret\n")
    let checked = try await bench.run("config", "check", "--config", "all.yaml", environment: environment)
    #expect(checked.out == "all.yaml is right: 1 meter.\n", "\(checked.err)")
    try bench.file("few.yaml", example.out.replacing("/etc/mep/house.key", with: "mbk"))
    let few = try await bench.run("config", "check", "--config", "few.yaml", environment: environment)
    #expect(few.out == "few.yaml is right: 1 meter.\n", "\(few.err)")
  }

  /// Also what is only found out once a file is looked for has its line.
  @Test func whatIsNotThereIsToldByItsLine() async throws {
    try bench.file(
      "wrong.yaml",
      """
      meters:
        - {name: a, address: 'tcp://h:1', key_file: /there/is/none}
        - {name: b, address: 'sim:gen9'}
      mqtt: {host: h, user: u, password_file: /nor/is/this}
      web: {password_file: /nor/that}
      """)
    let checked = try await bench.run("config", "check", "--config", "wrong.yaml", environment: environment)
    #expect(checked.status == 2)
    let said = checked.err.split(separator: "\n").map { $0.trimmingPrefix("mep: ") }
    let wanted = [
      "wrong.yaml:2: meters[0].key_file: There is no key file /there/is/none",
      "wrong.yaml:3: meters[1].address: There is no profile", "wrong.yaml:4: mqtt.password_file: /nor/is/this",
      "wrong.yaml:5: web.password_file: /nor/that",
    ]
    #expect(said.count == wanted.count && zip(said, wanted).allSatisfy { $0.hasPrefix($1) }, "\(checked.err)")
  }

  /// A simulated house to look at, of which nothing stays.
  @Test func theDemoIsAGateway() async throws {
    let demo = try Running(
      Tool.path, ["demo", "--days", "1", "--web", "0"], in: bench.folder, environment: environment)
    try await eventually("an answer of the meter") {
      demo.err.contains("it answers at http://127.0.0.1:") && demo.err.contains("the meter answers: ELON")
    }
    demo.signal(SIGINT)
    #expect(try await demo.ended().status == 0)
    #expect(!bench.has("state"))
  }
}
