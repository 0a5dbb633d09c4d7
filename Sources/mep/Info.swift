// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient

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
  fileprivate var rows: [(key: String, label: String, value: String?)] {
    [
      ("manufacturer", "Manufacturer", manufacturer.printable),
      ("model", "Model", model.printable),
      ("firmware", "Firmware", "\(firmware)"),
      ("hardware", "Hardware version", "\(hardware)"),
      ("serial_number", "Serial number", serialNumber),
      ("utility_serial_number", "Utility serial number", utilitySerialNumber.printable),
      ("program_id", "Program ID", Hex.text(programID, separator: " ")),
      ("clock_utc", "Clock (UTC)", clockUTC.map { "\($0)Z" }),
      ("clock_local", "Clock (meter's local)", clockLocal.map { "\($0)" }),
    ]
  }

  fileprivate var lines: [String] {
    let width = 24
    var lines = rows.map { "\($0.label.padded(to: width))\($0.value ?? "not set")" }
    lines.insert("\("Image CRC".padded(to: width))\(imageCRC)", at: 6)
    lines.insert("\("IDT version".padded(to: width))\(idtVersion)", at: 8)
    lines.append("Dimensions")
    lines += dimensions.map { "  \($0.name.padded(to: width + 4))\($0.value)" }
    return lines
  }

  fileprivate var json: JSON {
    var members: [(String, JSON)] = rows.map { ($0.key, $0.value.map { .string($0) } ?? .null) }
    members.append(("image_crc", .integer(Int64(imageCRC))))
    members.append(("idt_version", .integer(Int64(idtVersion))))
    members.append(("dimensions", .object(dimensions.map { ($0.name.slug, .integer($0.value)) })))
    members.append(("read_at", .string(Clock.now())))
    return .object(members)
  }
}
