// SPDX-License-Identifier: Apache-2.0
import C1219

/// What one M-Bus device or MEP client answered: an entry of ET16, ET45 or ET74.
public struct BillingRead: Sendable {
  /// Local time of the read; nil where there was none yet.
  public let timestamp: Moment?
  /// Why the data cannot be trusted, in words; nil where nothing speaks against them.
  public let securityFailure: StaticString?
  public let data: Data

  public enum Data: Sendable {
    /// Of an M-Bus device. The last one may be cut short.
    case telegrams([MBusTelegram])
    /// Of a MEP client, in a form of its own.
    case client(readCount: UInt16, [UInt8])
  }

  /// Nil where the table's octets end before the data.
  ///
  /// - Parameter octets: how many the read has, its timestamp included: the "Billing Read Length" of ET14. Behind them
  ///   may be what is left of longer ones.
  public init?(_ table: Decoded, entry: Int, octets: Int? = nil) {
    let places = table.places.filter { $0.path.first?.index == entry }
    guard let timestamp = places.first(where: { $0.field.type == .longTime }), let last = places.last,
      let security = table.integers(named: "Security Status", entry: entry).first,
      let authentication = table.integers(named: "Authentication", entry: entry).first
    else { return nil }
    self.timestamp = Moment(Array(table.octets[timestamp.offset..<timestamp.end]))
    securityFailure = Self.failure(authentication, isSet: security != 0)
    if let count = table.integers(named: "Read Count", entry: entry).first {
      guard case .octets(let data)? = table.values(named: "Data", entry: entry).first else { return nil }
      self.data = .client(readCount: UInt16(truncatingIfNeeded: count), data)
    } else {
      // One octet of response information is between the timestamp and the telegrams.
      let start = timestamp.end + 1
      let end = min(last.end, timestamp.offset + max(0, octets ?? .max / 2))
      func flag(_ name: StaticString) -> Bool { table.integers(named: name, entry: entry).first == 1 }
      data = .telegrams(
        Self.telegrams(
          start < end ? Array(table.octets[start..<end]) : [], isFixed: flag("Response Type"),
          mostSignificantFirst: flag("Data Order"), isDecrypted: flag("Key Availability")))
    }
  }

  /// Of an M-Bus device; else empty.
  public var telegrams: [MBusTelegram] { if case .telegrams(let telegrams) = data { telegrams } else { [] } }

  /// 8 digits of BCD, most significant octet first; of an M-Bus device that has answered.
  public var identification: [UInt8]? { telegrams.lazy.compactMap { $0.identification }.first }
  public var medium: MBusMedium? { telegrams.lazy.compactMap { $0.medium }.first }

  /// Telegrams one behind the other, each after its length; a length of 0 ends them.
  private static func telegrams(
    _ octets: [UInt8], isFixed: Bool, mostSignificantFirst: Bool, isDecrypted: Bool
  ) -> [MBusTelegram] {
    var reader = OctetReader(octets)
    var telegrams: [MBusTelegram] = []
    // No telegram begins in the last two octets: the lengths of the logs are not sure by so much.
    while reader.left > 2, let length = reader.next(), length > 0,
      var telegram = reader.take(min(Int(length), reader.left))
    {
      // The meter puts a zero behind the records, and counts it.
      if telegram.count == length, telegram.last == 0, !isFixed { telegram.removeLast() }
      telegrams.append(
        MBusTelegram(
          telegram, isFixed: isFixed, mostSignificantFirst: mostSignificantFirst, isDecrypted: isDecrypted))
    }
    return telegrams
  }

  private static func failure(_ authentication: Int64, isSet: Bool) -> StaticString? {
    switch authentication {
    case 1: "ID failure"
    case 2: "date failure"
    default: isSet ? "security failure" : nil
    }
  }
}
