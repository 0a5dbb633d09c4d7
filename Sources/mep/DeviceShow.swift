// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import OSGPTables

struct DeviceShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Gives the meter's display this device's values and icons.",
    discussion: """
      A value is a whole number from -2147483648 to 2147483647, and stays until the
      next one; without arguments those that the meter has are shown. The display
      shows one when its list (BT33) comes to it. Icons: \(DisplayIcons.listed).
        mep device show 0=1234,kWh 2=-5,euro,negative --house flashing
      """)

  @Argument(help: ArgumentHelp("The source, from 0 on, its value and its icons.", valueName: "source=value,icon"))
  var values: [String] = []

  @Option(help: ArgumentHelp("The house icon.", valueName: "on|off|flashing"))
  var house: House?

  @Flag(help: "JSON: one object a source.")
  var json = false

  @OptionGroup var options: WriteOptions

  func validate() throws { _ = try sources() }

  func run() async throws {
    let sources = try sources()
    try await options.change { meter in
      let device = try await MEPDevice(meter)
      try await device.show(sources, house: house?.state)
      show(try await device.status())
    }
  }

  private func show(_ status: MEPDevice.Status) {
    for (index, source) in status.entry.sources.enumerated() {
      let icons = source.icons.names.map(\.description)
      if json {
        Output.line(
          JSON.object([
            ("source", .integer(Int64(index))), ("value", .integer(Int64(source.value))),
            ("icons", .array(icons.map { .string($0) })),
          ]))
      } else {
        Output.line(
          "\(index)  \(source.value.description.padded(to: 11, right: true))  \(icons.joined(separator: " "))".trimmed)
      }
    }
    if !json { Output.line("House icon: \(status.houseIconWords)") }
  }

  private func sources() throws -> [Int: DisplaySource] {
    var sources: [Int: DisplaySource] = [:]
    for text in values {
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let sides = (parts.first ?? "").split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, let index = UInt8(sides[0]), let value = Int32(sides[1]) else {
        throw Failure(.wrongUse, "\"\(text)\" is no SOURCE=VALUE, such as 0=1234,kWh.")
      }
      var icons: DisplayIcons = []
      for name in parts.dropFirst() {
        let known = DisplayIcons.named.first { $0.name.description.lowercased() == name.lowercased() }
        guard let icon = known?.icon else {
          throw Failure(.wrongUse, "There is no icon \"\(name)\". There are: \(DisplayIcons.listed).")
        }
        icons.insert(icon)
      }
      guard sources.updateValue(DisplaySource(value: value, icons: icons), forKey: Int(index)) == nil else {
        throw Failure(.wrongUse, "Source \(index) is given twice.")
      }
    }
    return sources
  }

  enum House: String, ExpressibleByArgument {
    case on, off, flashing

    var state: IconState {
      switch self {
      case .on: .on
      case .off: .off
      case .flashing: .flashing
      }
    }
  }
}

extension DisplayIcons {
  fileprivate static let listed = named.map(\.name.description).joined(separator: ", ")
}
