// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite struct DoctorCommandTests {
  @Test func whatIsWellIsToldAndSaved() async throws {
    let bench = try Bench()
    let outcome = try await bench.run("doctor", "--meter", "sim:gen4", "--key-file", "mbk", "--save", "report")
    #expect(outcome.status == 0 && outcome.err == "")
    #expect(outcome.out.contains("Nothing is wrong between this program and the meter."))
    let text = try String(contentsOf: bench.folder.appendingPathComponent("report"), encoding: .utf8)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(
      report["ailment"] is NSNull && report["line"] as? String == "sim" && report["security"] as? String == "auto")
    let findings = try #require(report["findings"] as? [[String: Any]])
    #expect(findings.map { $0["step"] as? String } == ["port", "rest", "tls", "answers", "meter", "reads", "rights"])
    // Who the meter is stays between its owner and the grid company.
    let info = try await bench.run("info", "--json", "--meter", "sim:gen4")
    let serial = try #require(try info.objects().first?["utility_serial_number"] as? String)
    #expect(!serial.isEmpty && !text.contains(serial) && !text.contains(Bench.basic))
    let again = try await bench.run("doctor", "--meter", "sim:gen4", "--save", "report")
    #expect(again.status == 2 && again.err.contains("report is there already"))
  }

  @Test func faultsHaveTheirExitCodes() async throws {
    let bench = try Bench()
    let port = try await bench.run("doctor", "--json", "--meter", "tcp://127.0.0.1:1", "--key-file", "mbk")
    let object = try #require(try port.objects().first)
    #expect(port.status == 1 && object["ailment"] as? String == "port")
    let finding = try #require((object["findings"] as? [[String: Any]])?.first)
    #expect((finding["next"] as? String)?.contains("refused the connection") == true)
  }

  /// 32 digits can be the characters of a key as well.
  @Test(.timeLimit(.minutes(2))) func theKeyAndItsForms() async throws {
    let bench = try Bench()
    try bench.file("key", "0123456789abcdef")
    let simulator = try Running(
      Tool.path,
      ["simulate", "--profile", "gen3-old", "--mbk-file", "key", "--mak-file", "mak", "--pty", "line", "--baud", "0"],
      in: bench.folder, held: bench.life.fileHandleForReading)
    try await eventually("it answers") { simulator.err.contains("Ctrl-C ends it.") }
    try bench.file("long", "0123456789abcdef0123456789abcdef")
    let doctor = ["doctor", "--meter", "serial:line", "--security", "digest", "--json"]
    let outcome = try await Tool.run(doctor + ["--key-file", "long"], in: bench.folder)
    #expect(outcome.status == 4)
    #expect(try outcome.objects().first?["ailment"] as? String == "key_form")
    let wrong = try await Tool.run(doctor + ["--key-file", "other"], in: bench.folder)
    #expect(wrong.status == 4)
    simulator.signal(SIGTERM)
    _ = try await simulator.ended()
  }

  /// The file that a service manager puts there; its group may read it, as that stands for an access list.
  @Test func aCredentialIsFound() async throws {
    let bench = try Bench()
    let folder = bench.folder.appendingPathComponent("given")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try bench.file("given/mep.key", Bench.basic, mode: 0o440)
    let read = ["read", "BT52", "--meter", "sim:gen3", "-v"]
    let given = try await Tool.run(read, in: bench.folder, environment: ["CREDENTIALS_DIRECTORY": folder.path])
    #expect(given.status == 0)
    // In another place it is too open.
    let elsewhere = try await Tool.run(read, in: bench.folder, environment: ["MEP_KEY_FILE": "given/mep.key"])
    #expect(elsewhere.status == 2 && elsewhere.err.contains("Others than you may use the key file"))
    try bench.file("given/mep.key", Bench.basic, mode: 0o444)
    let open = try await Tool.run(read, in: bench.folder, environment: ["CREDENTIALS_DIRECTORY": folder.path])
    #expect(open.status == 2)
  }
}
