// SPDX-License-Identifier: Apache-2.0
import C1219

/// The data records of a telegram, and what is behind them.
public struct MBusRecords: Sendable {
  public let records: [MBusRecord]
  /// What only the manufacturer can read, to the end of the telegram; nil where it has none.
  public let manufacturerData: [UInt8]?
  /// The device has more to say, in the next telegram.
  public let moreFollow: Bool
  /// From the first octet on that cannot be read: the record is cut short, or its length is unknown.
  public let undecoded: [UInt8]

  /// Reads the octets behind a telegram's header.
  ///
  /// - Parameter mostSignificantFirst: mode 2 of EN 1434-3, CI 0x76.
  public init(_ octets: [UInt8], mostSignificantFirst: Bool = false) {
    var reader = OctetReader(octets)
    var records: [MBusRecord] = []
    var manufacturerData: [UInt8]?
    var moreFollow = false
    var undecoded: [UInt8] = []
    while let code = reader.peek {
      if code == Self.idleFiller {
        reader.skip()
      } else if code & ~0x10 == Self.manufacturerSpecific {
        reader.skip()
        moreFollow = code & 0x10 != 0
        manufacturerData = reader.rest
        break
      } else {
        let start = reader.position
        guard let record = MBusRecord(&reader, mostSignificantFirst) else {
          undecoded = Array(octets[start...])
          break
        }
        records.append(record)
      }
    }
    self.records = records
    self.manufacturerData = manufacturerData
    self.moreFollow = moreFollow
    self.undecoded = undecoded
  }

  private static let idleFiller: UInt8 = 0x2F
  /// 0x1F the same, with more to follow.
  private static let manufacturerSpecific: UInt8 = 0x0F
}

extension MBusRecord {
  fileprivate init?(_ reader: inout OctetReader, _ mostSignificantFirst: Bool) {
    let start = reader.position
    guard let data = DataInformation(&reader), let value = ValueInformation(&reader, mostSignificantFirst),
      let field = DataField(&reader, data.field, mostSignificantFirst)
    else { return nil }
    self.init(
      function: data.function, storage: data.storage, tariff: data.tariff, subunit: data.subunit,
      quantity: value.words, unit: value.scale.unit, plainUnit: value.plainUnit, qualifiers: value.qualifiers,
      error: value.error, value: field.value(value), octets: reader.octets(from: start))
  }
}

/// Takes octets one behind the other and never more than there are.
struct OctetReader {
  private let octets: [UInt8]
  private(set) var position = 0

  init(_ octets: [UInt8]) { self.octets = octets }

  var peek: UInt8? { position < octets.count ? octets[position] : nil }
  var rest: [UInt8] { Array(octets[position...]) }

  mutating func skip() { position = min(position + 1, octets.count) }

  mutating func next() -> UInt8? {
    let octet = peek
    skip()
    return octet
  }

  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= left else { return nil }
    defer { position += count }
    return Array(octets[position..<position + count])
  }

  var left: Int { octets.count - position }

  func octets(from start: Int) -> [UInt8] { Array(octets[start..<position]) }
}
