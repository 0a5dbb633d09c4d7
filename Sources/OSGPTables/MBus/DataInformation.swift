// SPDX-License-Identifier: Apache-2.0

/// DIF and DIFEs: how a record's data are coded, and which of several values they are.
struct DataInformation {
  /// The low nibble of the DIF.
  let field: UInt8
  let function: MBusRecord.Function
  private(set) var storage: UInt64
  private(set) var tariff: UInt32 = 0
  private(set) var subunit: UInt16 = 0

  /// EN 13757-3 permits no more; as many fill the 41 bits of a storage number.
  static let mostExtensions = 10

  /// Nil where the octets end within it, or begin no record.
  init?(_ reader: inout OctetReader) {
    guard var octet = reader.next(), octet & 0x0F != 0x0F,
      let function = MBusRecord.Function(rawValue: octet >> 4 & 3)
    else { return nil }
    field = octet & 0x0F
    self.function = function
    storage = UInt64(octet >> 6 & 1)
    var extensions = 0
    while octet & 0x80 != 0 {
      guard extensions < Self.mostExtensions, let next = reader.next() else { return nil }
      octet = next
      storage |= UInt64(octet & 0x0F) << UInt64(4 * extensions + 1)
      tariff |= UInt32(octet >> 4 & 3) << UInt32(2 * extensions)
      subunit |= UInt16(octet >> 6 & 1) << UInt16(extensions)
      extensions += 1
    }
  }
}
