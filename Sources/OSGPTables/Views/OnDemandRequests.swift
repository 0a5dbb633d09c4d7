// SPDX-License-Identifier: Apache-2.0
import C1219

/// The queue of on-demand requests (ET15), which the MEP clients and the M-Bus share.
public struct OnDemandRequests: Sendable {
  /// Where the next request goes.
  public let writePointer: Int
  /// Which request the meter processes next.
  public let readPointer: Int
  /// The entries that hold a request, those from the read pointer on first: the order in which they are processed.
  public let requests: [Request]

  public struct Request: Equatable, Sendable {
    /// In the queue's array.
    public let index: Int
    public let transaction: UInt16
    public let target: Target
    public let kind: Kind
    public let result: Result
    public let content: Content

    /// The MEP client that it is for, 1 or 2; nil for M-Bus devices.
    public var client: Int? {
      switch target {
      case .client(let port, _): port
      case .slots(let mask) where mask.trailingZeroBitCount >= Slots.mbus.count && mask != 0:
        mask.trailingZeroBitCount - Slots.mbus.count + 1
      default: nil
      }
    }
  }

  public enum Target: Equatable, Sendable {
    /// A handle below 1000.
    case mbus(UInt16)
    /// MEP client 1 or 2, by its handle.
    case client(Int, handle: UInt16)
    case groups(UInt16)
    case everyDevice
    /// A bit for each slot, of which the lowest counts.
    case slots(UInt16)
  }

  public enum Kind: UInt8, Sendable {
    case applicationReset = 1
    case billingRead, statusRead, writeData, timeSync, multicast, downloadStart, downloadPacket,
      downloadSwitchover, writeDataByIndex
    case unknown = 255

    public var words: StaticString {
      switch self {
      case .applicationReset: "M-Bus application reset"
      case .billingRead: "billing read"
      case .statusRead: "status read"
      case .writeData: "write data"
      case .timeSync: "time sync"
      case .multicast: "multicast"
      case .downloadStart: "firmware download: start"
      case .downloadPacket: "firmware download: code packet"
      case .downloadSwitchover: "firmware download: switchover"
      case .writeDataByIndex: "write data by index"
      case .unknown: "unknown"
      }
    }

    static let meanings = (1...10).compactMap { Kind(rawValue: $0) }.map { Meaning(Int($0.rawValue), $0.words) }
  }

  public enum Result: UInt8, Sendable {
    case pending, success, noResponse, failed
    case unknown = 255

    public var words: StaticString {
      switch self {
      case .pending: "not yet completed"
      case .success: "success"
      case .noResponse: "no response from the device"
      case .failed: "failed"
      case .unknown: "unknown"
      }
    }

    static let meanings = [Result.pending, .success, .noResponse, .failed].map { Meaning(Int($0.rawValue), $0.words) }
  }

  public enum Content: Equatable, Sendable {
    case none
    /// For a MEP client as it is; for an M-Bus device the user data of SND_UD.
    case data([UInt8])
    /// C field, CI field and user data.
    case multicast(control: UInt8, information: UInt8, [UInt8])
    case codePacket(number: UInt16, [UInt8])
  }

  /// The oldest request that is not completed: a client answers it if it is its own, and waits for the other one if not.
  public var next: Request? { requests.first { $0.result == .pending } }
}

extension OnDemandRequests {
  /// Nil where the octets end before the pointers.
  public init?(_ table: Decoded) {
    guard let write = table.integers(named: "Write Pointer").first,
      let read = table.integers(named: "Read Pointer").first
    else { return nil }
    writePointer = Int(truncatingIfNeeded: write)
    readPointer = Int(truncatingIfNeeded: read)
    let count = table.integers(named: "Result").count
    let start = readPointer < count ? readPointer : 0
    requests = (0..<count).compactMap { Request(table, index: ($0 + start) % count) }
  }
}

extension OnDemandRequests.Request {
  fileprivate init?(_ table: Decoded, index: Int) {
    func number(_ name: StaticString) -> Int64? { table.integers(named: name, entry: index).first }
    guard let transaction = number("Transaction Nbr"), let target = number("Device Handle or Group Mask"),
      let kind = number("Request Type"), let result = number("Result"), kind != 0
    else { return nil }
    self.index = index
    self.transaction = UInt16(truncatingIfNeeded: transaction)
    self.kind = .init(rawValue: UInt8(truncatingIfNeeded: kind)) ?? .unknown
    self.result = .init(rawValue: UInt8(truncatingIfNeeded: result)) ?? .unknown
    self.target = .init(UInt16(truncatingIfNeeded: target), of: self.kind)
    content = Self.content(table, index: index, self.kind)
  }

  private static func content(
    _ table: Decoded, index: Int, _ kind: OnDemandRequests.Kind
  ) -> OnDemandRequests.Content {
    switch kind {
    case .writeData, .writeDataByIndex: .data(octets(table, "Write Data Length", "Write Data", entry: index))
    case .multicast: multicast(octets(table, "Multicast Data Length", "Multicast Data Message"))
    case .downloadPacket: packet(octets(table, "Multicast Data Length", "Multicast Data Message"))
    default: .none
    }
  }

  private static func multicast(_ octets: [UInt8]) -> OnDemandRequests.Content {
    guard octets.count >= 2 else { return .data(octets) }
    return .multicast(control: octets[0], information: octets[1], Array(octets[2...]))
  }

  private static func packet(_ octets: [UInt8]) -> OnDemandRequests.Content {
    guard octets.count >= 2 else { return .data(octets) }
    return .codePacket(number: UInt16(octets[0]) | UInt16(octets[1]) << 8, Array(octets[2...]))
  }

  /// As many as the length says, and no more than there are.
  private static func octets(
    _ table: Decoded, _ length: StaticString, _ data: StaticString, entry: Int? = nil
  ) -> [UInt8] {
    guard let length = table.integers(named: length, entry: entry).first,
      case .octets(let octets)? = table.values(named: data, entry: entry).first
    else { return [] }
    return Array(octets.prefix(Int(truncatingIfNeeded: length)))
  }
}

extension OnDemandRequests.Target {
  fileprivate init(_ target: UInt16, of kind: OnDemandRequests.Kind) {
    switch (kind, target) {
    case (.multicast, 0xFFFF): self = .everyDevice
    case (.multicast, _): self = .groups(target)
    case (.writeDataByIndex, _): self = .slots(target)
    case (_, 2000...): self = .client(2, handle: target)
    case (_, UInt16(Slots.firstClientHandle)...): self = .client(1, handle: target)
    default: self = .mbus(target)
    }
  }
}
