// SPDX-License-Identifier: Apache-2.0
import C1219

/// What ET57 has of an M-Bus data type (MDT): the data records that it stands for.
public struct MBusDataType: Equatable, Sendable {
  /// 0…31.
  public let number: Int
  public let headers: [Header]

  /// A data record header (DRH).
  public struct Header: Equatable, Sendable {
    /// In steps of three, so with octets behind the header that are none of it. For a MEP device: the offset in its
    /// message, how many octets to compare, and these.
    public var octets: [UInt8]
    /// The value has something that those of other headers have not, such as a corrected temperature.
    public let isSpecial: Bool
    public let isMEP: Bool
  }

  /// Without ET57: a type that stands for nothing known.
  public init(_ number: Int) {
    self.number = number
    headers = []
  }

  public init(_ number: Int, in et57: Decoded) {
    self.number = number
    let kinds = et57.integers(named: "Entry Type")
    let types = et57.integers(named: "MDT")
    let special = et57.integers(named: "Special")
    let octets = et57.values(named: "DRH")
    var headers: [Header] = []
    var isExtended = false
    for i in octets.indices {
      guard case .octets(let octets) = octets[i] else { continue }
      switch kinds[i] {
      case 1, 2:
        isExtended = types[i] == number
        guard isExtended else { continue }
        headers.append(Header(octets: octets, isSpecial: special[i] != 0, isMEP: kinds[i] == 2))
      case 3 where isExtended: headers[headers.count - 1].octets += octets
      case 3: continue
      default: isExtended = false
      }
    }
    self.headers = headers
  }
}

extension MBusDataType {
  /// What values of the type are.
  public struct Content: Sendable {
    /// "volume".
    public let quantity: StaticString
    public let unit: Unit
    fileprivate let information: ValueInformation
    /// The low nibble of the DIF.
    fileprivate let field: UInt8

    fileprivate func isLike(_ other: Content?) -> Bool {
      guard let other else { return false }
      return quantity.isSame(as: other.quantity) && field == other.field
        && information.scale == other.information.scale && information.coding == other.information.coding
    }
  }

  /// Nil unless all headers say the same: nothing tells by which one of them a value was found. They may have different
  /// qualifiers, such as "uncorrected".
  public var content: Content? {
    let contents = headers.map { $0.isMEP ? nil : Content($0.octets) }
    guard let first = contents.first ?? nil, contents.allSatisfy(first.isLike) else { return nil }
    return first
  }

  /// What the load profile's four octets are, least significant first; nil where that is not known, as with values of
  /// more octets: only the lowest of them are recorded.
  public func value(of octets: [UInt8]) -> MBusRecord.Value? {
    guard let content else { return nil }
    var reader = OctetReader(octets)
    switch content.field {
    case 0x1...0x5, 0x9...0xC: return DataField(&reader, content.field, false)?.value(content.information)
    default: return nil
    }
  }
}

extension MBusDataType.Content {
  fileprivate init?(_ header: [UInt8]) {
    var reader = OctetReader(header)
    guard let data = DataInformation(&reader), let information = ValueInformation(&reader, false) else { return nil }
    (quantity, unit, field) = (information.words, information.scale.unit, data.field)
    self.information = information
  }
}
