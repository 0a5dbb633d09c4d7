// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// What a meter says of itself; nil where it refused to, or does not have it.
public struct Identity: Sendable {
  public let manufacturer: String
  public let model: String
  public let firmware: FirmwareVersion
  public let hardware: FirmwareVersion
  /// The manufacturer's serial number (BCD).
  public let serialNumber: String?
  public let utilitySerialNumber: String?
  public let imageCRC: Int64?
  /// Eight octets.
  public let programID: [UInt8]?
  public let idtVersion: Int64?
  /// The numbers of BT21.
  public let dimensions: [(name: String, value: Int64)]
  /// BT52.
  public let clockUTC: Moment?
  /// BT55.
  public let clockLocal: Moment?
  /// Nil until ``Meter/readFeatures()`` has told.
  public var features: [Feature]?
}

extension Identity {
  /// The guide counts meters by their firmware ("Gen 3.X"); nil for modules, and for what it does not know.
  public var generation: Int? { (2...4).contains(firmware.major) ? Int(firmware.major) : nil }
}

extension Meter {
  /// Reads BT01, which every meter has, and what it takes of ET03, ET04, BT21, BT52 and BT55.
  public func readIdentity() async throws(MeterError) -> Identity {
    let maker = try await read(.bt01)
    guard let info = GeneralManufacturerInformation(maker.octets) else {
      throw .short(.basic(1), wanted: 16, got: maker.octets.count)
    }
    let utility = try await selection(.et03, [Self.serialNumber, "image_crc_read_only"])
    let system = try await selection(.et04, ["program_id_firmware_version_id", "idt_version"])
    let register = try await readIfKept(.bt21)
    return Identity(
      manufacturer: printable(info.manufacturer), model: printable(info.model), firmware: info.firmware,
      hardware: info.hardware,
      serialNumber: maker.octets.count >= 24 ? Hex.text(maker.octets[16..<24]) : nil,
      utilitySerialNumber: utility?.octets(0).map(printable), imageCRC: utility?.integer(1),
      programID: system?.octets(0), idtVersion: system?.integer(1),
      dimensions: register.map(numbers) ?? [],
      clockUTC: try await readIfKept(.bt52).flatMap { Moment($0.octets) },
      clockLocal: try await readIfKept(.bt55).flatMap { Moment($0.octets) })
  }

  /// What the utility calls the meter (ET03); empty where it has no name.
  public func utilitySerialNumber() async throws(MeterError) -> String {
    try await alone { () async throws(MeterError) in try await name() }
  }

  /// By its utility serial number this computer keeps what it knows of a meter.
  func name() async throws(MeterError) -> String {
    try await select(.et03, [Self.serialNumber]).octets(0).map(printable) ?? ""
  }

  static let serialNumber = "utility_serial_number"

  private func selection(_ table: Table, _ paths: [String]) async throws(MeterError) -> Selection? {
    try await ifKept { () async throws(MeterError) in try await self.read(table, paths: paths) }
  }

  private func numbers(_ decoded: Decoded) -> [(name: String, value: Int64)] {
    decoded.places.filter { $0.field.type == .unsigned && $0.field.bits == nil }.compactMap { place in
      place.integer(in: decoded.octets).map { (place.displayName, $0) }
    }
  }

  nonisolated func printable(_ octets: [UInt8]) -> String { String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self) }
}

extension Selection {
  func octets(_ i: Int) -> [UInt8]? {
    guard i < places.count, case .octets(let octets)? = places[i].raw(in: octets) else { return nil }
    return octets
  }

  fileprivate func integer(_ i: Int) -> Int64? { i < places.count ? places[i].integer(in: octets) : nil }
}
