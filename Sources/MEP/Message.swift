// SPDX-License-Identifier: Apache-2.0
import C1219

/// The limits of a message (guide, chapter 2): 476 octets after the length field.
public enum MessageLimit {
  /// Octets of a message, its length field apart.
  public static let message = 476
  /// Octets of the length field.
  public static let lengthField = 2
  /// Octets of the sequence number in a request.
  public static let sequenceNumber = 4
  /// Table octets that the answer to a read can carry: 465.
  public static let read = message - 3 - Digest.length
  /// Table octets that a full write can carry: 459.
  public static let fullWrite = message - 5 - sequenceNumber - Digest.length
  /// Table octets that a partial write can carry: 456.
  public static let partialWrite = fullWrite - 3
  /// Octets that a record can carry in a message of TLS: 446. A read's answer holds three less of the table, a full write
  /// five less, a partial one eight less.
  public static let inTLS = message - 1 - TLSRecord.overhead
  /// The shortest response: a code and a digest.
  public static let shortestResponse = 1 + Digest.length
  /// The shortest request: a code, a sequence number and a digest.
  public static let shortestRequest = 1 + sequenceNumber + Digest.length
  /// The shortest message of TLS: the code that ends a session and the octet behind it.
  static let shortestOfTLS = 2
}

/// Table octets that the answer to a read and a partial write can carry.
public struct MessageRoom: Sendable {
  public let read: Int
  public let write: Int

  public static let byDigests = MessageRoom(read: MessageLimit.read, write: MessageLimit.partialWrite)
  /// 443 and 438.
  public static let inTLS = MessageRoom(read: MessageLimit.inTLS - 3, write: MessageLimit.inTLS - 8)
}

/// What a client asks. Numbers on the wire are most significant octet first, table data least significant first.
public enum Request: Equatable, Sendable {
  /// The table from its start; at most `length` octets.
  case read(TableID, length: UInt16)
  /// `length` octets from `offset` (24 bits).
  case readPart(TableID, offset: UInt32, length: UInt16)
  case write(TableID, [UInt8])
  case writePart(TableID, offset: UInt32, [UInt8])

  public var table: TableID {
    switch self {
    case .read(let table, _), .readPart(let table, _, _), .write(let table, _), .writePart(let table, _, _): table
    }
  }

  /// Whether asking twice does no harm.
  public var isRead: Bool {
    switch self {
    case .read, .readPart: true
    case .write, .writePart: false
    }
  }

  /// The octets from the code on, without sequence number and digest.
  public var body: [UInt8] {
    switch self {
    case .read(let table, let length): [RequestCode.fullRead.rawValue] + table.octets + length.octets
    case .readPart(let table, let offset, let length):
      [RequestCode.partialRead.rawValue] + table.octets + Self.offset(offset) + length.octets
    case .write(let table, let data):
      [RequestCode.fullWrite.rawValue] + table.octets + UInt16(truncatingIfNeeded: data.count).octets + data
    case .writePart(let table, let offset, let data):
      [RequestCode.partialWrite.rawValue] + table.octets + Self.offset(offset)
        + UInt16(truncatingIfNeeded: data.count).octets + data
    }
  }

  /// Whether request and answer fit into a record of TLS, where there is less room than beside a digest.
  public var fitsTLS: Bool {
    switch self {
    case .read(_, let length), .readPart(_, _, let length): fits && 3 + Int(length) <= MessageLimit.inTLS
    case .write, .writePart: fits && body.count <= MessageLimit.inTLS
    }
  }

  /// Whether the message holds at most ``MessageLimit/message`` octets and its offset fits 24 bits.
  public var fits: Bool {
    switch self {
    case .read(_, let length): Int(length) <= MessageLimit.read
    case .readPart(_, let offset, let length): Int(length) <= MessageLimit.read && offset < 1 << 24
    case .write(_, let data): data.count <= MessageLimit.fullWrite
    case .writePart(_, let offset, let data): data.count <= MessageLimit.partialWrite && offset < 1 << 24
    }
  }

  /// Reads a body; fails with the code that a server answers to it.
  public init(body: some Collection<UInt8>) throws(RequestFlaw) {
    var reader = Reader(body)
    guard let code = reader.uint8() else { throw .unrecognized }
    switch RequestCode(code) {
    case .fullRead:
      guard let table = reader.table(), let length = reader.uint16(), reader.isAtEnd else { throw .wrongLength }
      self = .read(table, length: length)
    case .partialRead:
      guard let table = reader.table(), let offset = reader.uint24(), let length = reader.uint16(), reader.isAtEnd
      else {
        throw .wrongLength
      }
      self = .readPart(table, offset: offset, length: length)
    case .fullWrite:
      guard let table = reader.table(), let count = reader.uint16(), reader.left == Int(count) else {
        throw .wrongLength
      }
      self = .write(table, reader.rest())
    case .partialWrite:
      guard let table = reader.table(), let offset = reader.uint24(), let count = reader.uint16(),
        reader.left == Int(count)
      else { throw .wrongLength }
      self = .writePart(table, offset: offset, reader.rest())
    default: throw .unrecognized
    }
  }

  private static func offset(_ offset: UInt32) -> [UInt8] { Array(offset.octets.dropFirst()) }
}

/// Why octets are not a request.
public enum RequestFlaw: Error, Equatable, Sendable {
  /// The first octet is no request code.
  case unrecognized
  /// More or fewer octets than the code's fields and its count ask for.
  case wrongLength
}

/// What a meter answers.
public enum Response: Equatable, Sendable {
  /// Table octets, the answer to a read.
  case data([UInt8])
  /// The answer to a write.
  case done
  /// 0x0C with the sequence number that the meter holds.
  case sequence(UInt32)
  /// Any other code.
  case refused(ResponseCode)

  /// The octets from the code on, without the digest.
  public var body: [UInt8] {
    switch self {
    case .data(let octets): [ResponseCode.ok.rawValue] + UInt16(truncatingIfNeeded: octets.count).octets + octets
    case .done: [ResponseCode.ok.rawValue]
    case .sequence(let number): [ResponseCode.invalidSequenceNumber.rawValue] + number.octets
    case .refused(let code): [code.rawValue]
    }
  }

  /// Reads the body that answers `request`, every length checked: trailing zeros can be cut without the digest noticing.
  public init(body: some Collection<UInt8>, to request: Request) throws(ResponseFlaw) {
    var reader = Reader(body)
    guard let code = reader.uint8() else { throw .wrongLength }
    switch ResponseCode(code) {
    case .ok:
      switch request {
      case .read(_, let asked), .readPart(_, _, let asked):
        guard let count = reader.uint16(), reader.left == Int(count) else { throw .wrongLength }
        guard count <= asked else { throw .moreThanAsked }
        self = .data(reader.rest())
      case .write, .writePart:
        guard reader.isAtEnd else { throw .wrongLength }
        self = .done
      }
    case .invalidSequenceNumber:
      guard let number = reader.uint32(), reader.isAtEnd else { throw .wrongLength }
      self = .sequence(number)
    default:
      guard reader.isAtEnd else { throw .wrongLength }
      self = .refused(ResponseCode(code))
    }
  }
}

/// Why octets whose digest is right are not an answer to the request all the same.
public enum ResponseFlaw: Error, Equatable, Sendable {
  /// The count field and the octets that follow differ, or octets follow where none belong.
  case wrongLength
  /// More table octets than were asked for.
  case moreThanAsked
}

extension TableID {
  var octets: [UInt8] { number.octets }
}

extension FixedWidthInteger {
  /// Most significant octet first, as message headers have it.
  var octets: [UInt8] {
    var octets: [UInt8] = []
    var shift = Self.bitWidth
    while shift > 0 {
      shift -= 8
      octets.append(UInt8(truncatingIfNeeded: self >> Self(shift)))
    }
    return octets
  }
}

/// Takes header fields off the front of a message, most significant octet first.
struct Reader {
  private var octets: [UInt8]
  private var position = 0

  init(_ octets: some Collection<UInt8>) { self.octets = Array(octets) }

  var left: Int { octets.count - position }
  var isAtEnd: Bool { left == 0 }

  mutating func uint8() -> UInt8? { number(1).map { UInt8($0) } }
  mutating func uint16() -> UInt16? { number(2).map { UInt16($0) } }
  mutating func uint24() -> UInt32? { number(3) }
  mutating func uint32() -> UInt32? { number(4) }
  mutating func table() -> TableID? { uint16().map { TableID(number: $0) } }

  mutating func rest() -> [UInt8] {
    defer { position = octets.count }
    return Array(octets[position...])
  }

  private mutating func number(_ count: Int) -> UInt32? {
    guard left >= count else { return nil }
    var value: UInt32 = 0
    for _ in 0..<count {
      value = value << 8 | UInt32(octets[position])
      position += 1
    }
    return value
  }
}
