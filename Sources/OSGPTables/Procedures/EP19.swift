// SPDX-License-Identifier: Apache-2.0
import C1219

extension Procedure {
  /// Puts a request to an M-Bus device or a MEP client into the queue of ET15, where its result can be seen.
  public static let ep19 = Procedure(
    .extended(19), "Post On-demand M-Bus Request", "queues a request to a device; ET15 tells its result",
    .described(page: 250), access: .advanced, isIdempotent: false,
    parameters: [
      .uint16("Transaction Number", .host),
      .uint16("Device Handle, Group Mask or Device Index Bitmask", .host),
      .uint8(
        "Request Type", .host,
        meanings: [Meaning(0, "reserved")]
          // Downloads are begun by the utility.
          + OnDemandRequests.Kind.meanings.filter { !(7...8).contains($0.value) }),
      .when(
        .any([.equals(type, 4), .equals(type, 6), .equals(type, 10)]),
        [.uint8("Write Data Length", .host), .octets("Write Data", own("Write Data Length"), .host)]),
      // Only of meters whose security mode (ET04.127) is OSGP-AES-128-PSK; a call without them ends before.
      .when(.equals(type, 9), [.uint32("Image Length", .host), .octets("Image MAC", .exactly(16), .host)]),
    ],
    answer: [.uint8("Entry Index", .meter)],
    results: [
      Meaning(2, "Invalid request type"), Meaning(3, "No device has this handle, group mask or index"),
      Meaning(7, "The on-demand request queue is full"),
    ])

  private static let type = Reference(nil, "Request Type", absent: 0)
}

/// The parameters of EP19.
public struct PostOnDemandRequest: ProcedureParameters {
  /// Tells the request from others in ET15.
  public var transaction: UInt16
  /// The device's handle; of a multicast, the mask of its groups (0xFFFF: all devices); of a write by index, a bit for each
  /// entry of ET14, the lowest one set being meant.
  public var target: UInt16
  public var request: Request

  /// The transaction numbers that the guide sets aside for MEP clients.
  public static let transactions: ClosedRange<UInt16> = 0x0400...0x04FF

  public enum Request: Equatable, Sendable {
    case applicationReset
    case billingRead
    case statusRead
    case timeSync
    /// User data of an SND_UD telegram, at most ET11.11 − 1 octets.
    case write([UInt8])
    /// The C field, the CI field and user data, at most ET11.20 − 1 octets.
    case multicast([UInt8])
    /// User data as for `write`.
    case writeByIndex([UInt8])
    /// With the image that the device is to switch to, where the meter's security mode is OSGP-AES-128-PSK.
    case switchover(Image?)

    /// The number of its type.
    public var type: UInt8 {
      switch self {
      case .applicationReset: 1
      case .billingRead: 2
      case .statusRead: 3
      case .write: 4
      case .timeSync: 5
      case .multicast: 6
      case .switchover: 9
      case .writeByIndex: 10
      }
    }
  }

  /// What a message authentication code was made of.
  public struct Image: Equatable, Sendable {
    /// In octets.
    public var length: UInt32
    /// 16 octets.
    public var mac: [UInt8]

    public init(length: UInt32, mac: [UInt8]) {
      self.length = length
      self.mac = mac
    }
  }

  public init(_ request: Request, to target: UInt16, transaction: UInt16) {
    self.transaction = transaction
    self.target = target
    self.request = request
  }

  public static var procedure: Procedure { .ep19 }

  /// Data is cut to the 255 octets that its length can tell, a MAC is cut or filled up with zeros to 16.
  public var octets: [UInt8] {
    let head = transaction.leastFirst + target.leastFirst + [request.type]
    switch request {
    case .applicationReset, .billingRead, .statusRead, .timeSync, .switchover(nil): return head
    case .write(let data), .multicast(let data), .writeByIndex(let data):
      let data = data.prefix(255)
      return head + [UInt8(data.count)] + data
    case .switchover(let image?):
      return head + image.length.leastFirst + (image.mac + [UInt8](repeating: 0, count: 16)).prefix(16)
    }
  }

  public init?(octets: [UInt8]) {
    guard let transaction = UInt16(leastFirst: octets, at: 0), let target = UInt16(leastFirst: octets, at: 2),
      octets.count >= 5, let request = Request(type: octets[4], octets.dropFirst(5))
    else { return nil }
    self.init(request, to: target, transaction: transaction)
  }

  /// The answer: where in the queue of ET15 the request is. Nil where the octets behind the result code have none.
  public static func entryIndex(in answer: [UInt8]) -> UInt8? { answer.first }
}

extension PostOnDemandRequest.Request {
  fileprivate init?(type: UInt8, _ rest: ArraySlice<UInt8>) {
    switch type {
    case 1: self = .applicationReset
    case 2: self = .billingRead
    case 3: self = .statusRead
    case 5: self = .timeSync
    case 4, 6, 10:
      guard let count = rest.first, rest.count > Int(count) else { return nil }
      let data = Array(rest.dropFirst().prefix(Int(count)))
      self = type == 4 ? .write(data) : type == 6 ? .multicast(data) : .writeByIndex(data)
    case 9:
      let octets = Array(rest)
      guard let length = UInt32(leastFirst: octets, at: 0), octets.count >= 20 else {
        self = .switchover(nil)
        return
      }
      self = .switchover(.init(length: length, mac: Array(octets[4..<20])))
    default: return nil
    }
  }
}
