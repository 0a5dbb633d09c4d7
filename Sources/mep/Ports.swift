// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPClient
import MEPTransport

struct Ports: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists this machine's serial ports. None of them is opened.")

  @Flag(help: "One JSON array.")
  var json = false

  func run() throws {
    let ports = SerialPorts.list()
    if json {
      Output.line(JSON.array(ports.map(\.json)))
      return
    }
    if ports.isEmpty {
      Output.line("No serial ports. Plug the adapter in; in a container or virtual machine, pass the device through.")
    }
    for port in ports {
      Output.line(port.path)
      for (label, value) in port.facts { Output.line("  \(label.padded(to: 14))\(value)") }
      Output.line("  \("use it as".padded(to: 14))--meter 'serial:\(port.byID ?? port.path)?enable=rts'")
    }
  }
}

extension SerialPort {
  private var members: [(key: String, label: String, value: String?)] {
    [
      ("product", "product", product), ("manufacturer", "manufacturer", manufacturer),
      ("vendor_product", "USB id", vendorProduct), ("serial", "serial number", serial), ("driver", "driver", driver),
      ("by_id", "stable name", byID), ("by_path", "by socket", byPath),
    ]
  }

  fileprivate var facts: [(String, String)] {
    members.compactMap { member in member.value.map { (member.label, $0.printable) } }
  }

  var json: JSON {
    .object([("path", .string(path))] + members.map { ($0.key, $0.value.map { .string($0) } ?? .null) })
  }
}
