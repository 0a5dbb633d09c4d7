// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import Testing

@testable import mep

/// Tables that the guide names and does not describe, and such that it does not name.
@Suite struct UndescribedTests {
  @Test(arguments: [
    (
      TableID.extended(5), "ET05 Control Output Settings",
      #"{"table":"ET05","id":2053,"name":"Control Output Settings","octets":"10270000","fields":[]}"#
    ),
    (.basic(5), "BT05", #"{"table":"BT05","id":5,"name":null,"octets":"10270000","fields":[]}"#),
    (.basic(99), "BT99", #"{"table":"BT99","id":99,"name":null,"octets":"10270000","fields":[]}"#),
  ])
  func areReadAsOctets(id: TableID, head: String, json: String) {
    let report = Report(id, octets: [0x10, 0x27, 0, 0])
    #expect(report.lines == [head, "  4 octets that the guide does not describe: 10 27 00 00"])
    #expect(JSON.object(report.members).description == json)
  }

  @Test func areDecodedAsOctets() async throws {
    let signed = " 00 00 00 00 00 00 00 00"
    let capture = "00 11 30 08 05 01 D1 00 00 00 01\(signed)\n00 0F 00 00 04 10 27 00 00\(signed)"
    let outcome = try await Tool.run(["decode", "-"], input: capture)
    #expect(outcome.status == 0)
    #expect(outcome.lines.suffix(2) == ["  not decoded: the guide does not describe ET05", "  10 27 00 00"])
  }

  @Test(arguments: ["ET05.a", "BT99.a"]) func haveNoFieldsToReadOrWrite(field: String) async throws {
    let read = try await Tool.run(["read", field, "--meter", "sim:gen3"])
    #expect(read.status == 2 && read.err.contains("The fields of \(field.prefix(4)) are not known"))
    let write = try await Tool.run(["write", "\(field)=1", "--meter", "sim:gen3"])
    #expect(write.status == 2 && write.err.contains("The fields of \(field.prefix(4)) are not known"))
  }

  @Test func whatIsNotNamedIsNotDescribed() async throws {
    let outcome = try await Tool.run(["describe", "BT99"])
    #expect(outcome.status == 2)
    #expect(outcome.err.contains("The guide does not name BT99; `mep read BT99` shows its octets."))
  }
}
