// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite struct ReadTests {
  @Test func infoTellsWhatTheMeterIs() async throws {
    let outcome = try await Tool.run(["info", "--meter", "sim:gen3-frozen"])
    #expect(outcome.status == 0)
    #expect(outcome.err == "")
    for line in [
      "Manufacturer            ELON", "Model                   83331-3I", "Firmware                3.84.6",
      "Image CRC               55331", "  Number of Tiers             0", "  Number of Present Values    55",
    ] {
      #expect(outcome.lines.contains(line))
    }
    let json = try await Tool.run(["info", "--json", "--meter", "sim:gen4"]).objects()
    try #require(json.count == 1)
    #expect(json[0]["firmware"] as? String == "4.30.0")
    #expect((json[0]["dimensions"] as? [String: Int])?["number_of_summations"] == 19)
  }

  /// Every table, of every profile, in every form.
  @Test(arguments: ["gen3", "gen3-old", "gen4", "gen3-frozen"])
  func everyTableIsRead(profile: String) async throws {
    let listed = try await Tool.run(["tables", "--json"])
    let list = try #require(try JSONSerialization.jsonObject(with: Data(listed.out.utf8)) as? [[String: Any]])
    let tables = list.filter { $0["described"] as? Bool == true }.compactMap { $0["table"] as? String }
    #expect(tables.count >= 16)
    let meter = ["--meter", "sim:\(profile)"]
    let outcome = try await Tool.run(["read", "--json"] + meter + tables)
    let missing =
      switch profile {
      case "gen4": [String]()
      case "gen3-old": ["ET71", "ET75", "ET79", "ET81", "ET85", "ET90", "ET97"]
      default: ["ET85"]
      }
    // What the meter does not have keeps nothing else from being read.
    #expect(outcome.status == (missing.isEmpty ? 0 : 5))
    let objects = try outcome.objects()
    #expect(objects.compactMap { $0["table"] as? String } == tables.filter { !missing.contains($0) })
    for object in objects {
      #expect(object["id"] is Int && object["name"] is String && object["octets"] is String)
      let fields = try #require(object["fields"] as? [[String: Any]])
      // A meter without this data set has a table of no octets.
      // Before 4.0, ET70 has reserved octets only.
      #expect(!fields.isEmpty || object["octets"] as? String == "" || object["table"] as? String == "ET70")
      for field in fields {
        #expect(Set(["path", "name", "raw", "value", "unit"]).isSubset(of: field.keys))
      }
    }
    let human = try await Tool.run(["read"] + meter + tables)
    #expect(human.lines.filter { !$0.hasPrefix(" ") }.count == tables.count - missing.count)
    let raw = try await Tool.run(["read", "--raw"] + meter + tables)
    #expect(raw.lines.map { String($0.prefix(4)) } == tables.filter { !missing.contains($0) })
  }

  @Test func jsonIsExact() async throws {
    let outcome = try await Tool.run(["read", "--json", "BT28.rms_voltage_l1", "BT21", "--meter", "sim:gen3-frozen"])
    let voltage =
      #"{"table":"BT28","id":28,"name":"Present Register Data","octets":"8f8c0300","ranges":[{"offset":28,"length":4}],"#
      + #""fields":[{"path":"present_values[7]","name":"RMS Voltage L1","raw":232591,"value":232.591,"unit":"V"}],"#
    try #require(outcome.lines.count == 2)
    #expect(outcome.lines[0].hasPrefix(voltage))
    #expect(outcome.lines[1].contains(#""octets":"030c0c0b000000000037""#))
    #expect(
      outcome.lines[1].contains(#"{"path":"number_of_tiers","name":"Number of Tiers","raw":0,"value":0,"unit":null}"#))
  }

  @Test func aPathReadsAsItIsPrinted() async throws {
    let meter = ["--meter", "sim:gen3"]
    let whole = try await Tool.run(["read", "--json", "BT23"] + meter).objects()
    let fields = try #require(whole.first?["fields"] as? [[String: Any]])
    let path = try #require(fields.last?["path"] as? String)
    #expect(path == "tiers[3].summations[10]")
    let part = try await Tool.run(["read", "--json", "BT23.\(path)"] + meter).objects()
    let only = try #require(part.first?["fields"] as? [[String: Any]])
    #expect(only.compactMap { $0["path"] as? String } == [path])
    #expect((part.first?["octets"] as? String)?.count == 8)
  }

  @Test func theSourceListsNameWhatTheySelect() async throws {
    let outcome = try await Tool.run(["read", "BT27", "--meter", "sim:gen3"])
    #expect(outcome.out.contains("present_value_sources[7]   15 (RMS Voltage L1) "))
  }

  @Test func aFailureLosesNothingElse() async throws {
    let outcome = try await Tool.run([
      "read", "BT99", "BT21.nope", "BT01.model", "ET85", "BT21.number_of_tiers", "ET03.utility_serial_number",
      "--meter",
      "sim:gen3",
    ])
    #expect(outcome.status == 5)
    #expect(outcome.err.components(separatedBy: "mep: ").count - 1 == 3)
    #expect(outcome.lines.filter { !$0.hasPrefix(" ") }.map { $0.prefix(4) } == ["BT01", "ET03"])
  }

  @Test func theEnvironmentStandsInForTheFlags() async throws {
    let bench = try Bench()
    try await bench.simulate()
    let outcome = try await bench.run(
      "read", "BT21.number_of_tiers", environment: ["MEP_METER": "serial:meter", "MEP_KEY_FILE": "mbk"])
    #expect(outcome.status == 0)
    #expect(outcome.out == "BT21 Actual Register\n  number_of_tiers  4      Number of Tiers\n")
    // A flag counts more.
    let other = try await bench.run(
      "info", "--meter", "sim:nope", environment: ["MEP_METER": "serial:meter", "MEP_KEY_FILE": "mbk"])
    #expect(other.status == 2)
  }

  @Test(arguments: ["dummy", "mbk"])
  func aSimulatedMeterHasTheKeyThatIsGiven(file: String) async throws {
    let bench = try Bench()
    let outcome = try await bench.run("read", "BT21", "--raw", "--meter", "sim:gen3", "--key-file", file)
    #expect(outcome.out == "030c0c0b000000040037\n")
  }

  @Test func encryptionHidesTheRequest() async throws {
    let read = ["read", "BT21", "--raw", "-vv", "--meter", "sim:gen3"]
    let plain = try await Tool.run(read + ["--security", "digest"])
    let encrypted = try await Tool.run(read + ["--security", "encrypted"])
    #expect(plain.out == "030c0c0b000000040037\n")
    #expect(encrypted.out == plain.out)
    #expect(plain.err.contains("sent 00 11 30 00 15"))
    #expect(encrypted.err.contains("sent 00 11 ") && !encrypted.err.contains("sent 00 11 30 00 15"))
  }

  /// Behind current transformers a count is 10 Wh, whichever way it is read.
  @Test func energiesAreTheSameInATransaction() async throws {
    let read = ["read", "BT23", "--meter", "sim:gen3-ct"]
    let plain = try await Tool.run(read)
    let together = try await Tool.run(read + ["--together"])
    let transaction = try await Tool.run(["transaction", "read", "BT23", "--meter", "sim:gen3-ct"])
    let total = try #require(plain.lines.first { $0.contains("Fwd Active Wh L1L2L3") })
    #expect(together.out.contains(total) && transaction.out.contains(total))
  }

  /// Neither key in any spelling, at any verbosity, on either side.
  @Test(arguments: ["mbk", "mak", "other"], ["digest", "encrypted", "tls"])
  func noKeyIsEverPrinted(file: String, security: String) async throws {
    let bench = try Bench()
    let simulator = try await bench.simulate("-vv")
    let read = try await bench.run(
      "read", "BT21", "-vv", "--security", security, "--meter", "serial:meter", "--key-file", file)
    #expect(security != "digest" || read.err.contains("sent 00 11 30 00 15"))
    #expect(security != "tls" || read.err.contains(" 58 16 03 03 "))
    simulator.signal(SIGTERM)
    let served = try await simulator.ended()
    #expect(served.err.contains("received"))
    let printed = (read.out + read.err + served.out + served.err).lowercased()
    for key in [Bench.basic, Bench.advanced, "not its key 1234"] {
      let octets = key.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      for piece in [
        key.lowercased(), octets.joined(), octets.joined(separator: " "), octets[..<6].joined(separator: " "),
      ] {
        #expect(!printed.contains(piece))
      }
    }
  }
}
