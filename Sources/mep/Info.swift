// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport

struct Info: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what the meter is: maker, model, versions, serial number, dimensions, clock.")

  @Flag(help: "One JSON object.")
  var json = false

  @OptionGroup var options: MeterOptions

  func run() async throws {
    let identity = try await options.withMeter { try await $0.readIdentity() }
    if json { Output.line(identity.json) } else { Output.line(identity.lines.joined(separator: "\n")) }
  }
}

extension Identity {
  fileprivate var rows: [(key: String, label: String, value: JSON)] {
    func text(_ value: String?) -> JSON { value.map { .string($0.printable) } ?? .null }
    func number(_ value: Int64?) -> JSON { value.map { .integer($0) } ?? .null }
    return [
      ("manufacturer", "Manufacturer", text(manufacturer)),
      ("model", "Model", text(model)),
      ("firmware", "Firmware", text("\(firmware)")),
      ("hardware", "Hardware version", text("\(hardware)")),
      ("serial_number", "Serial number", text(serialNumber)),
      ("utility_serial_number", "Utility serial number", text(utilitySerialNumber)),
      ("image_crc", "Image CRC", number(imageCRC)),
      ("program_id", "Program ID", text(programID.map { Hex.text($0) })),
      ("idt_version", "IDT version", number(idtVersion)),
      ("clock_utc", "Clock (UTC)", text(clockUTC.map { "\($0)Z" })),
      ("clock_local", "Clock (meter's local)", text(clockLocal.map { "\($0)" })),
    ]
  }

  fileprivate var lines: [String] {
    let width = 24
    func text(_ value: JSON) -> String {
      switch value {
      case .string(let text): text
      case .null: "not told"
      default: value.description
      }
    }
    return rows.map { $0.label.padded(to: width) + text($0.value) } + ["Dimensions"]
      + dimensions.map { "  \($0.name.padded(to: width + 4))\($0.value)" }
  }

  fileprivate var json: JSON {
    .object(
      rows.map { ($0.key, $0.value) } + [
        ("dimensions", .object(dimensions.map { ($0.name.slug, .integer($0.value)) })),
        ("read_at", .string(Clock.now())),
      ])
  }
}
