// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite struct DecodeTests {
  static let guide = "guide-rc4-1.mep.txt"
  static let meter = "gen3-a.mep.txt"

  @Test func aRealCaptureIsDecoded() async throws {
    let outcome = try await Tool.run(["decode", "--assume", "gen3", "--json", Fixture.capture(Self.meter)])
    #expect(outcome.status == 0)
    let objects = try outcome.objects()
    #expect(
      objects.compactMap { $0["kind"] as? String }
        == Array(repeating: ["request", "response"], count: 3).flatMap { $0 })
    #expect(objects.allSatisfy { $0["digest"] as? String == "not checked" })
    for part in [
      #""raw":65845342,"value":65845342,"unit":"Wh""#, #""raw":179,"value":179,"unit":"Wh""#,
      #""name":"Fwd Active W L1L2L3","raw":431,"value":431,"unit":"W""#,
      #""name":"Export Reactive Var L1L2L3","raw":545,"value":545,"unit":"var""#,
      #""name":"RMS Voltage L1","raw":228315,"value":228.315,"unit":"V""#,
      #""name":"Frequency","raw":50000,"value":50.000,"unit":"Hz""#,
    ] {
      #expect(outcome.out.contains(part))
    }
  }

  @Test func withoutDimensionsNothingIsGuessed() async throws {
    let outcome = try await Tool.run(["decode", Fixture.capture(Self.meter)])
    #expect(outcome.status == 0)
    #expect(outcome.out.contains("not decoded: BT21 must be read first"))
    #expect(outcome.out.contains("--assume gen3"))
    #expect(!outcome.out.contains("65845342"))
  }

  @Test(arguments: ["\n", "\r\n"], [false, true])
  func digestsAreVerified(newline: String, uppercase: Bool) async throws {
    let bench = try Bench()
    let capture = try Fixture.text(Self.guide).replacingOccurrences(of: "\n", with: newline)
    let outcome = try await bench.run(
      "decode", "--assume", "gen3-frozen", "--key-file", "dummy", "-", input: uppercase ? capture.uppercased() : capture
    )
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.out.components(separatedBy: "digest verified").count - 1 == 4)
    #expect(outcome.out.contains("0x0c Invalid sequence number, the meter's is 77635b90"))
    #expect(outcome.out.contains("summations[4]   8 s "))
  }

  @Test func aWrongDigestIsNeverDecoded() async throws {
    let bench = try Bench()
    let damaged = try Fixture.text(Self.guide).replacingOccurrences(of: "08 00 00 00 03", with: "09 00 00 00 03")
    let outcome = try await bench.run("decode", "--assume", "gen3-frozen", "--key-file", "dummy", "-", input: damaged)
    #expect(outcome.status == 6)
    #expect(outcome.out.contains("response not decoded, digest wrong"))
    #expect(!outcome.out.contains("summations"))
    #expect(outcome.err.contains("1 of 4 frames (wrong digest: 1)"))
  }

  @Test func aWrongKeyIsCalledOne() async throws {
    let bench = try Bench()
    let outcome = try await bench.run(
      "decode", "--assume", "gen3", "--key-file", "other", Fixture.capture(Self.meter))
    #expect(outcome.status == 4)
    #expect(outcome.lines.count == 6)
    #expect(outcome.lines.allSatisfy { $0.hasSuffix("digest wrong") && $0.contains("not decoded") })
    #expect(outcome.err.contains("not the key of this meter"))
  }

  @Test func aCutCaptureShowsWhatIsWhole() async throws {
    let text = try Fixture.text(Self.meter)
    for cut in [text.count - 2, text.count - 3, text.count - 400] {
      let outcome = try await Tool.run(["decode", "--assume", "gen3", "-"], input: String(text.prefix(cut)))
      #expect(outcome.status == 6)
      #expect(outcome.out.contains("65845342 Wh"))
      #expect(!outcome.out.contains("228.315"))
      #expect(outcome.lines.last?.hasPrefix("line 17: not decoded: ") == true)
    }
  }

  /// Without a digest to tell, an answer behind a lost request must not pass for that of another one.
  @Test(arguments: ["00 11 30 00 1c 02 00 8e 2c 00 12", "no hexadecimal at all"])
  func aLostRequestTakesItsAnswerWithIt(lost: String) async throws {
    let lines = try Fixture.text(Self.meter).components(separatedBy: "\n").filter { !$0.isEmpty && !$0.hasPrefix("#") }
    let outcome = try await Tool.run(
      ["decode", "--assume", "gen3", "-"], input: [lines[0], lost, lines[5]].joined(separator: "\n"))
    #expect(outcome.status == 6)
    #expect(!outcome.out.contains("Wh") && !outcome.out.contains("431"))
    #expect(outcome.out.contains("line 3: not decoded: it is a response, and no request stands before it"))
  }

  @Test func whatIsNoFrameIsNamed() async throws {
    let outcome = try await Tool.run(["decode", Fixture.capture("optical-bt00.txt")])
    #expect(outcome.status == 6)
    #expect(outcome.lines.allSatisfy { $0.contains("packet of the optical port (C12.18), not a MEP frame") })
    let text = try await Tool.run(["decode", "-"], input: "hello\n00 0\n")
    #expect(text.status == 6)
    #expect(text.lines.allSatisfy { $0.contains("not hexadecimal") })
  }
}
