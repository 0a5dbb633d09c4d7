// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `mep call` and `mep transaction`.
@Suite(.timeLimit(.minutes(2))) struct CallTests {
  private func run(_ line: String, _ more: [String] = [], meter: String = "sim:gen3") async throws -> Outcome {
    try await Tool.run(line.split(separator: " ").map(String.init) + more + ["--meter", meter])
  }

  private static let client = "mep_inbound_configuration[0]"

  @Test func aProcedureIsCalled() async throws {
    let outcome = try await run("call ep17 action=0", ["device_handle=all devices"])
    #expect(outcome.status == 0)
    #expect(outcome.lines == ["EP17 Remove MEP Device: result 0, \"Procedure completed\"."])
    // The lock is a procedure of meters with two ports.
    #expect(
      try await run("call EP61 lock=unlock", meter: "sim:gen4").lines.first?.hasSuffix(
        "result 0, \"Procedure completed\".") == true)
  }

  @Test func whatItAnswersIsDecoded() async throws {
    let call = "call EP19 transaction_number=1024 request_type=3 device_handle_group_mask_or_device_index_bitmask=1"
    let outcome = try await run(call + " --access mak")
    #expect(outcome.status == 0)
    #expect(outcome.lines.first?.hasSuffix("result 0, \"Procedure completed\".") == true)
    #expect(outcome.lines.dropFirst().first?.contains("entry_index") == true)
    let json = try #require(try await run(call + " --json --access mak").objects().first)
    #expect(json["procedure"] as? String == "EP19" && json["result"] as? Int == 0)
    #expect(json["parameters"] as? String == "0004010003")
    #expect((json["fields"] as? [[String: Any]])?.first?["path"] as? String == "entry_index")
  }

  @Test func aRefusalIsToldInTheProceduresWords() async throws {
    let outcome = try await run("call EP17 action=0 device_handle=7 --json")
    #expect(outcome.status == 5)
    #expect(try outcome.objects().first?["meaning"] as? String == "No device has this handle")
    #expect(outcome.err == "mep: EP17 was not carried out: result 3, \"No device has this handle\".\n")
    // The basic key may not call it.
    let call = "call EP19 transaction_number=1024 request_type=3 device_handle_group_mask_or_device_index_bitmask=1"
    #expect(try await run(call).status == 5)
    #expect(try await run("call EP18 --yes --octets", ["01 00"]).err.contains("result 6"))
  }

  @Test func nothingIsSentUnasked() async throws {
    for (line, more, words) in [
      ("call EP16 delta=5", [], "Give --unproven"), ("call EP39 type=12", [], "Give --unproven"),
      ("call EP39 --octets", ["0c"], "Give --unproven"),
      ("call EP16 delta=5 --unproven", [], "the meter's clock: give --yes"),
      ("call EP18 --octets", ["01"], "what is billed, whether"), ("call BP99 --octets", [""], "give --yes"),
      ("call EP18 x=1", [], "by --octets"), ("call EP17 --octets", ["1"], "two an octet"),
      ("call EP17 action=0 --octets", ["00"], "in place of NAME=VALUE"), ("call EP17 7", [], "no NAME=VALUE"),
      ("call ET17", [], "no procedure"),
      ("call EP17 action=0 device_handle=1 x=1", [], "no parameter \"x\". It takes action, device_handle."),
      ("call EP17 action=0 handle=1", [], "needs device_handle"),
    ] as [(String, [String], String)] {
      let outcome = try await run(line, more)
      #expect(outcome.status == 2, "\(line)")
      #expect(outcome.err.contains(words) && outcome.out == "", "\(line): \(outcome.err)")
    }
    let dry = try await run("call EP16 delta=-5 --unproven --dry-run")
    #expect(dry.status == 0 && dry.out == "Would call EP16 Change System Clock By Delta: fb ff ff ff.\n")
    #expect(try await run("call EP16 delta=-5 --unproven --yes").status == 0)
  }

  // MARK: Transactions

  @Test func stepsSeeEachOther() async throws {
    let flag = "ET50.\(Self.client).m_bus_alerts"
    let outcome = try await run(
      "transaction write \(flag)=yes read \(flag) ET50.\(Self.client).et59_response --json", meter: "sim:gen4")
    #expect(outcome.status == 0)
    let objects = try outcome.objects()
    #expect(objects.compactMap { $0["kind"] as? String } == ["write", "read"])
    let change = try #require((objects[0]["changes"] as? [[String: Any]])?.first)
    #expect(change["path"] as? String == "\(Self.client).m_bus_alerts")
    #expect(change["from"] as? Bool == false && change["to"] as? Bool == true)
    let fields = try #require(objects.last?["fields"] as? [[String: Any]])
    #expect(fields.compactMap { $0["value"] as? Bool } == [false, true])
  }

  /// What fails does not keep the others from being shown; the code is that of the first.
  @Test func stepsThatFailAreNamed() async throws {
    let outcome = try await run(
      "transaction read BT01.model call EP17 action=0 device_handle=7 read BT99 BT21.number_of_self_reads")
    #expect(outcome.status == 5)
    #expect(outcome.err.split(separator: "\n").map { String($0.prefix(12)) } == ["mep: step 2:", "mep: step 3:"])
    #expect(outcome.out.contains("83331-3I") && outcome.out.contains("4. BT21"))
  }

  @Test func whatCannotBeOneIsToldWhy() async throws {
    let flag = "ET50.\(Self.client).m_bus_alerts=yes"
    for (line, words) in [
      ("transaction read ET50 write \(flag)", "Step 2 cannot be in a transaction, which the meter carries out again"),
      ("transaction write \(flag) read ET53", "Step 2 touches ET52 or ET53"),
      ("transaction read BT23 BT28 ET13 ET16", "ET53 of this meter holds fewer"),
      ("transaction call EP16 delta=1 --unproven --yes", "Step 1 cannot be in a transaction"),
      ("transaction call EP39 type=12", "Give --unproven"), ("transaction BT23", "\"BT23\" is no step"),
      ("transaction read", "read what?"), ("transaction write BT23", "no TABLE.FIELD=VALUE"),
      ("transaction read BT28.nonsense", "no field \"nonsense\""),
      ("transaction write ET47.tariff=1 --access mak", "may change what is billed: give --yes"),
      ("transaction write BT21.number_of_self_reads=1", "can be read only"),
    ] {
      let outcome = try await run(line)
      #expect(outcome.status == 2, "\(line): \(outcome.err)")
      #expect(outcome.err.contains(words) && outcome.out == "", "\(line): \(outcome.err)")
    }
  }

  @Test func dryRunsTellWhatItTakes() async throws {
    let outcome = try await run("transaction --dry-run read BT01 write ET50.\(Self.client).m_bus_alerts=yes")
    #expect(outcome.status == 0)
    #expect(
      outcome.lines == [
        "1. read BT01", "2. write ET50.\(Self.client).m_bus_alerts: no → yes",
        "25 octets, one write of ET52. Nothing was written.",
      ])
    let data = String(repeating: "09", count: 600)
    let long = try await run("transaction --dry-run --unproven call EP39 type=4 data=\(data)")
    #expect(long.lines.last == "625 octets, 2 writes of ET52. Nothing was written.")
    // What is so already is no step.
    let none = try await run("transaction read BT01 write ET50.\(Self.client).m_bus_alerts=no")
    #expect(none.status == 0 && none.out.contains("2. write ET50: it has these values\n"))
    let nothing = try await run("transaction write ET50.\(Self.client).m_bus_alerts=no")
    #expect(nothing.status == 0 && nothing.out == "1. write ET50: it has these values\n")
  }

  /// Two programs at the two ports of one meter.
  @Test func bothPortsAtOnce() async throws {
    let bench = try Bench()
    try await bench.simulate("--profile", "gen4", "--baud", "0", "--pty", "one", "--pty", "two")
    let read = ["transaction", "read", "BT01.model", "ET70.current_comm_channel_index", "--key-file", "mbk", "--meter"]
    let (folder, state) = (bench.folder, ["XDG_STATE_HOME": bench.folder.path])
    async let one = Tool.run(read + ["serial:one"], in: folder, environment: state)
    async let two = Tool.run(read + ["serial:two"], in: folder, environment: state)
    for (outcome, port) in [(try await one, "1"), (try await two, "2")] {
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.out.contains("83334"))
      #expect(outcome.lines.last?.contains("current_comm_channel_index  \(port)") == true, "\(outcome.out)")
    }
  }
}
