// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// What a meter says of itself.
public struct Identity: Sendable {
  public let manufacturer: String
  public let model: String
  public let firmware: FirmwareVersion
  public let hardware: FirmwareVersion
  /// The manufacturer's serial number (BCD), where the meter has it.
  public let serialNumber: String?
  public let utilitySerialNumber: String
  public let imageCRC: Int
  /// Eight octets.
  public let programID: [UInt8]
  public let idtVersion: Int
  /// The fields of BT21.
  public let dimensions: [(name: String, value: Int64)]
  /// BT52.
  public let clockUTC: Moment?
  /// BT55.
  public let clockLocal: Moment?
}

extension Meter {
  public func readIdentity() async throws(MeterError) -> Identity {
    let maker = try await read(.bt01)
    guard let info = GeneralManufacturerInformation(maker.octets) else {
      throw .short(.basic(1), wanted: 16, got: maker.octets.count)
    }
    let serial = maker.octets.count >= 24 ? maker.octets[16..<24].map { hex($0) }.joined() : nil
    let utility = try await read(.et03, paths: ["utility_serial_number", "image_crc_read_only"])
    let system = try await read(.et04, paths: ["program_id_firmware_version_id", "idt_version"])
    let register = try await read(.bt21)
    let utc = try await read(.bt52)
    let local = try await read(.bt55)
    return Identity(
      manufacturer: text(info.manufacturer), model: text(info.model), firmware: info.firmware, hardware: info.hardware,
      serialNumber: serial, utilitySerialNumber: text(utility.octetsOf(0)), imageCRC: Int(utility.integerOf(1)),
      programID: system.octetsOf(0), idtVersion: Int(system.integerOf(1)),
      dimensions: register.places.filter { $0.field.type == .unsigned && $0.field.bits == nil }.compactMap { place in
        guard case .integer(let value)? = register[place] else { return nil }
        return (place.displayName, value)
      },
      clockUTC: Moment(utc.octets), clockLocal: Moment(local.octets))
  }

  private func text(_ octets: [UInt8]) -> String { String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self) }
}

extension Selection {
  fileprivate func octetsOf(_ i: Int) -> [UInt8] {
    guard i < places.count, case .octets(let octets)? = places[i].raw(in: octets) else { return [] }
    return octets
  }

  fileprivate func integerOf(_ i: Int) -> Int64 {
    guard i < places.count, case .integer(let value)? = places[i].raw(in: octets) else { return 0 }
    return value
  }
}
