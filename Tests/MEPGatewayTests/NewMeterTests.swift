// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MEPGateway

@Suite struct NewMeterTests {
  private func meter(_ name: String, _ address: String, zone: String? = nil) -> NewMeter {
    NewMeter(name: name, address: address, key: nil, timeZone: zone)
  }

  /// Whatever is in the file stays, and what comes in reads back as it was said.
  @Test(arguments: [
    "", "# Nothing yet.\n", "web:\n  port: 1 # mine", "meters:", "meters:\nweb: {port: 1}\n", "meters: # here\n",
    "#meters:\n#  - name: house\nstore:\n  path: mep.db\n\n  # The end.\n",
  ])
  func itIsNamedAndTheRestStays(text: String) throws {
    let address = "serial:/dev/serial/by-id/usb-A \"B\" #1-port0?enable=rts"
    let named = meter("on", address, zone: "Europe/Copenhagen").named(in: text, keyFile: "/etc/mep/on.key")
    let configuration = try Configuration(named, file: "mep.yaml", folder: "/")
    let house = try #require(configuration.meters.first)
    #expect(house.name == "on" && house.address.description == address && house.keyFile == "/etc/mep/on.key")
    #expect(configuration.zone.identifier == "Europe/Copenhagen")
    let lines = Set(named.split(separator: "\n"))
    #expect(lines.isSuperset(of: text.split(separator: "\n")))
  }

  @Test func whereNothingIsSaidNothingIsWritten() {
    let text = meter("trial", "sim:gen3").named(in: "web: off\n", keyFile: nil)
    #expect(text == "web: off\n\nmeters:\n  - name: \"trial\"\n    address: \"sim:gen3\"\n")
  }

  /// Who has said it is not asked again, and what the page guesses changes nothing.
  @Test func aTimeZoneThatIsSaidStays() throws {
    let text = meter("house", "sim:gen3", zone: "Europe/Copenhagen").named(in: "time_zone: UTC\n", keyFile: nil)
    let configuration = try Configuration(text, file: "mep.yaml", folder: "/")
    #expect(configuration.zone == TimeZone(identifier: "UTC"))
    #expect(NewMeter.hasZone("web: off\ntime_zone: UTC\n") && !NewMeter.hasZone("#time_zone: UTC\n"))
  }

  /// What cannot be added to is told, and not made up for.
  @Test(arguments: ["meters: []\n", "{store: {path: mep.db}}\n"])
  func whatCannotBeAddedToIsNot(text: String) {
    let named = meter("house", "sim:gen3").named(in: text, keyFile: nil)
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
