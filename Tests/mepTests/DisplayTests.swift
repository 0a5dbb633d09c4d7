// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `mep display`: the scheduled message.
@Suite struct DisplayTests {
  private func meter(_ profile: String) async throws -> Bench {
    let bench = try Bench()
    try await bench.simulate(
      "--profile", profile, "--baud", "0", "--start", "2026-07-03T12:00Z", "--pty", "meter", "-v")
    return bench
  }

  private func run(_ bench: Bench, _ arguments: String..., key: String = "mak", zone: String = "UTC") async throws
    -> Outcome
  {
    try await Tool.run(
      ["display"] + arguments + ["--meter", "serial:meter", "--key-file", key], in: bench.folder,
      environment: ["TZ": zone])
  }

  @Test(arguments: ["gen3", "gen4"]) func aTextComesAndIsTakenOff(profile: String) async throws {
    let bench = try await meter(profile)
    #expect(try await run(bench).out == "There is no message.\n")
    let shown = try await run(
      bench, "PRICE UP", "--id", "1.8.0", "--from", "2026-07-03T11:00Z", "--until", "2026-07-03T20:30",
      zone: "Europe/Copenhagen")
    #expect(
      shown.out == """
        Text   "PRICE UP", ID "1.8.0"
        From   2026-07-03T13:00:00+02:00
        Until  2026-07-03T20:30:00+02:00, or the push button
        State  shown now

        """)
    let object = try #require(try await run(bench, "--json", "--utc", key: "mbk").objects().first)
    #expect(object["text"] as? String == "PRICE UP" && object["id"] as? String == "1.8.0")
    #expect(object["end"] as? String == "2026-07-03T18:30:00Z" && object["state"] as? String == "shown")
    let id = profile == "gen4" ? "1.8.0  " : "1.8.0 "
    try await eventually("a display") {
      bench.simulators[0].err.contains("the display shows message \"\(id)\" \"PRICE UP\"")
    }
    // Another one does not take its place by accident.
    let other = try await run(bench, "OTHER", "--until", "2h")
    #expect(other.status == 2 && other.err.contains("not over: \"PRICE UP\"") && other.err.contains("--replace"))
    #expect(try await run(bench, "OTHER", "--until", "2h", "--replace").out.hasPrefix("Text   \"OTHER\"\n"))
    // The session has told that the key is the MBK.
    #expect(try await run(bench, "--clear", key: "mbk").status == 2)
    let cleared = try await run(bench, "--clear")
    #expect(cleared.status == 0 && cleared.out.hasSuffix("State  taken off the display\n"))
    // What was taken off is in nobody's way; what is to come is.
    let later = try await run(bench, "LATER", "--from", "30m", "--until", "2h", "--no-button")
    #expect(later.status == 0 && later.out.hasSuffix("+00:00\nState  not shown yet\n"))
  }

  @Test func theMBKMayLookOnly() async throws {
    let bench = try await meter("gen3")
    for arguments in [["HI", "--until", "2h"], ["HI", "--id", "1.8", "--until", "2026-07-04T12:00Z"]] {
      let outcome = try await Tool.run(
        ["display"] + arguments + ["--security", "digest", "--meter", "serial:meter", "--key-file", "mbk"],
        in: bench.folder)
      #expect(outcome.status == 5 && outcome.err.contains("needs the MAK"))
      #expect(
        outcome.err.contains("With the MBK a device can have values and icons on the display: `mep device show`."))
      let known = try await Tool.run(
        ["display"] + arguments + ["--meter", "serial:meter", "--key-file", "mbk", "--access", "mbk"], in: bench.folder)
      #expect(known.status == 2 && known.err.contains("nothing was sent") && known.err.contains("`mep device show`"))
    }
    // Where nothing is, nothing has to be taken off.
    #expect(try await run(bench, "--clear", key: "mbk").out == "There is no message.\n")
  }

  @Test(
    arguments: [
      (["HI"], "Until when?"), (["--until", "2h"], "Show what?"),
      (["HI", "--clear", "--until", "2h"], "exclude each other"),
      (["HI", "--until", "soon"], "\"soon\" is no time"), (["NINE CHAR", "--until", "2h"], "8 characters for a text"),
      (["HI", "--id", "123456", "--until", "2h"], "4 characters on the left"),
      (["HI", "--until", "2020-01-01T00:00Z"], "that is past"),
      (["HI", "--from", "3h", "--until", "2h"], "before it starts"), (["Ä", "--until", "2h"], "0xc3"),
    ] as [([String], String)]) func whatCannotBeShown(arguments: [String], words: String) async throws
  {
    let outcome = try await Tool.run(["display"] + arguments + ["--meter", "sim:gen3", "--access", "mak"])
    #expect(outcome.status == 2 && outcome.out == "" && outcome.err.contains(words), "\(outcome.err)")
  }
}
