// SPDX-License-Identifier: Apache-2.0
import C1219

/// One answer of an M-Bus device, as the meter stores it: the application layer without the CI field.
public enum MBusTelegram: Sendable {
  /// CI 0x72 or 0x76.
  case variable(MBusHeader, Content)
  /// CI 0x73 or 0x77.
  case fixed(MBusFixedData)
  /// Shorter than its header.
  case damaged([UInt8])

  public enum Content: Sendable {
    case records(MBusRecords)
    /// Nobody had the key. These octets are no records.
    case encrypted([UInt8])
  }

  /// - Parameters:
  ///   - isFixed: it is a fixed data structure.
  ///   - mostSignificantFirst: mode 2 of EN 1434-3.
  ///   - isDecrypted: who received the telegram had the key: the records are plain whatever the header says.
  public init(_ octets: [UInt8], isFixed: Bool = false, mostSignificantFirst: Bool = false, isDecrypted: Bool = false) {
    if isFixed {
      self = MBusFixedData(octets, mostSignificantFirst: mostSignificantFirst).map { .fixed($0) } ?? .damaged(octets)
    } else if let header = MBusHeader(octets, mostSignificantFirst: mostSignificantFirst) {
      let body = Array(octets[MBusHeader.octets...])
      self = .variable(
        header,
        header.encryptionMode == 0 || isDecrypted
          ? .records(MBusRecords(body, mostSignificantFirst: mostSignificantFirst)) : .encrypted(body))
    } else {
      self = .damaged(octets)
    }
  }
}

extension MBusTelegram {
  /// 8 digits of BCD, most significant octet first; nil for a damaged one.
  public var identification: [UInt8]? {
    switch self {
    case .variable(let header, _): header.identification
    case .fixed(let data): data.identification
    case .damaged: nil
    }
  }

  public var medium: MBusMedium? {
    switch self {
    case .variable(let header, _): header.medium
    case .fixed(let data): data.medium
    case .damaged: nil
    }
  }

  /// The device's alarms in words.
  public var alarms: [StaticString] {
    switch self {
    case .variable(let header, _): header.status.words
    case .fixed(let data): data.status.alarmWords
    case .damaged: []
    }
  }

  /// Of a variable data structure that can be read; else empty.
  public var records: [MBusRecord] {
    guard case .variable(_, .records(let records)) = self else { return [] }
    return records.records
  }
}
