// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEP
import MEPClient
import MEPTransport
import OSGPTables

struct DeviceRegister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Registers this device and waits for the handle that the meter gives it.",
    discussion: """
      Who it is is told in the OSGP Alliance's form, or by --identification as it is
      to stand in ET50. A device that is registered already keeps its handle. Never do
      this in a loop: when the utility has ended a registration, each new one uses up
      a handle.
        mep device register --manufacturer 12ab34 --program 01020304 --unique-id 42
      """)

  @Option(help: ArgumentHelp("Up to 30 octets, as they are to stand in ET50.", valueName: "hex"))
  var identification: String?

  @Option(help: ArgumentHelp("The maker's number from the OSGP Alliance, three octets.", valueName: "hex"))
  var manufacturer: String?

  @Option(
    name: .customLong("class"), help: ArgumentHelp("lontalk, zigbee, c-band, osgp or a number.", valueName: "class"))
  var deviceClass = "osgp"

  @Option(help: ArgumentHelp("What kind of device: a program ID, mostly 4 or 6 octets.", valueName: "hex"))
  var program: String?

  @Option(help: ArgumentHelp("Which one it is, such as its serial number.", valueName: "hex"))
  var uniqueId: String?

  @Flag(help: "End another device's registration at this port first.")
  var replace = false

  @Flag(inversion: .prefixedNo, help: "Be alerted of changes at the M-Bus.")
  var mbusAlerts: Bool?

  @Flag(inversion: .prefixedNo, help: "Be alerted of changes of the sources in ET71.")
  var deltaAlerts: Bool?

  @Option(help: ArgumentHelp("Count as down after so long a silence; 0 for never.", valueName: "seconds"))
  var healthTimeout: UInt16?

  @Option(help: ArgumentHelp("The meter waits so long for an answer.", valueName: "seconds"))
  var requestTimeout: UInt8?

  @Option(help: ArgumentHelp("Wait so long for the handle.", valueName: "seconds"))
  var wait: UInt16 = 60

  @OptionGroup var options: WriteOptions

  func validate() throws { _ = try name() }

  func run() async throws {
    let name = try name()
    let wishes = MEPDevice.Wishes(
      mbusAlerts: mbusAlerts, deltaDataAlerts: deltaAlerts, monitorsHealth: healthTimeout.map { $0 > 0 },
      healthTimeout: healthTimeout.flatMap { $0 > 0 ? Int($0) : nil }, requestTimeout: requestTimeout.map { Int($0) })
    try await options.change { meter in
      let device = try await MEPDevice(meter)
      let handle = try await device.register(
        name, wishes: wishes, replacing: replace, patience: .milliseconds(Int64(wait) * 1000))
      Output.line("Registered at port \(device.port.number), handle \(handle): \(name).")
    }
  }

  private func name() throws -> ClientIdentification {
    if let identification {
      guard manufacturer == nil, program == nil, uniqueId == nil else {
        throw Failure(.wrongUse, "--identification is all of it: leave --manufacturer, --program and --unique-id out.")
      }
      guard let octets = Hex.octets(identification), let name = ClientIdentification(octets), name != .none else {
        throw Failure(.wrongUse, "--identification takes 1 to 30 octets in hexadecimal, not all of them 0.")
      }
      return name
    }
    guard let manufacturer else {
      throw Failure(.wrongUse, "Who is it? Give --manufacturer and --unique-id, or --identification.")
    }
    guard let number = Hex.octets(manufacturer), number.count == 3, number[0] < 0x80 else {
      throw Failure(.wrongUse, "--manufacturer takes three octets in hexadecimal, up to 7fffff.")
    }
    let classes = ["lontalk": 0, "zigbee": 1, "c-band": 4, "osgp": 5] as [String: UInt8]
    guard let deviceClass = classes[deviceClass.lowercased()] ?? UInt8(deviceClass) else {
      throw Failure(.wrongUse, "--class takes lontalk, zigbee, c-band, osgp or a number from 0 to 255.")
    }
    guard let program = Hex.octets(program ?? ""), let uniqueID = Hex.octets(uniqueId ?? "") else {
      throw Failure(.wrongUse, "--program and --unique-id take octets in hexadecimal.")
    }
    let standard = ClientIdentification.Standard(
      manufacturer: UInt32(number[0]) << 16 | UInt32(number[1]) << 8 | UInt32(number[2]), deviceClass: deviceClass,
      program: program, uniqueID: uniqueID)
    guard let name = ClientIdentification(standard) else {
      throw Failure(.wrongUse, "--program and --unique-id have room for 24 octets together.")
    }
    return name
  }
}
