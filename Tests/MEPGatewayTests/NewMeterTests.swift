// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MEPGateway

@Suite struct NewMeterTests {
  private func meter(_ name: String, _ address: String) -> NewMeter {
    NewMeter(name: name, address: address, key: nil, timeZone: nil)
  }

  /// Whatever is in the file stays, and what comes in reads back as it was said.
  @Test(arguments: [
    "", "# Nothing yet.\n", "web:\n  port: 1 # mine", "meters:\nweb: {port: 1}\n", "meters: # here\n",
    "#meters:\n#  - name: house\nstore:\n  path: mep.db\n\n  # The end.\n",
  ])
  func itIsNamedAndTheRestStays(text: String) throws {
    let address = "serial:/dev/serial/by-id/usb-A \"B\" #1-port0?enable=rts"
    let named = meter("on", address).named(in: text, keyFile: "/etc/mep/on.key", zone: "Europe/Copenhagen")
    let configuration = try Configuration(named, file: "mep.yaml", folder: "/")
    let house = try #require(configuration.meters.first)
    #expect(house.name == "on" && house.address.description == address && house.keyFile == "/etc/mep/on.key")
    #expect(configuration.zone.identifier == "Europe/Copenhagen")
    let lines = Set(named.split(separator: "\n"))
    #expect(lines.isSuperset(of: text.split(separator: "\n")))
  }

  @Test func whereNothingIsSaidNothingIsWritten() {
    let text = meter("trial", "sim:gen3").named(in: "web: off\n", keyFile: nil, zone: nil)
    #expect(text == "web: off\n\nmeters:\n  - name: \"trial\"\n    address: \"sim:gen3\"\n")
  }

  /// What cannot be added to is told, and not made up for.
  @Test(arguments: ["meters: []\n", "{store: {path: mep.db}}\n"])
  func whatCannotBeAddedToIsNot(text: String) {
    let named = meter("house", "sim:gen3").named(in: text, keyFile: nil, zone: nil)
    #expect(throws: ConfigurationFlaws.self) { try Configuration(named, file: "mep.yaml", folder: "/") }
  }

  /// Nothing of meters is one thing, none of them another.
  @Test func aListWithoutMetersIsAFlaw() throws {
    let configuration = try Configuration("web: {port: 1}", file: "mep.yaml", folder: "/", needsMeters: false)
    #expect(configuration.meters.isEmpty && configuration.web?.port == 1)
    #expect(throws: ConfigurationFlaws.self) {
      try Configuration("meters: []", file: "mep.yaml", folder: "/", needsMeters: false)
    }
  }
}
