// SPDX-License-Identifier: Apache-2.0

/// The first octet of a request (guide, table 2.6; those of TLS are ``TLSMessage/Kind``).
public struct RequestCode: Equatable, Sendable {
  public let rawValue: UInt8
  public init(_ rawValue: UInt8) { self.rawValue = rawValue }

  public static let fullRead = RequestCode(0x30)
  public static let partialRead = RequestCode(0x3F)
  public static let fullWrite = RequestCode(0x40)
  public static let partialWrite = RequestCode(0x4F)
}

/// The first octet of a response (guide, tables 2.5 and 2.7). Codes that the guide does not list are kept as they came.
public struct ResponseCode: Equatable, Sendable {
  public let rawValue: UInt8
  public init(_ rawValue: UInt8) { self.rawValue = rawValue }

  public static let ok = ResponseCode(0x00)
  public static let unrecognizedRequest = ResponseCode(0x01)
  public static let unsupportedRequest = ResponseCode(0x02)
  public static let noPermission = ResponseCode(0x03)
  public static let operationNotPossible = ResponseCode(0x04)
  public static let tableOperationNotPossible = ResponseCode(0x05)
  public static let invalidServiceSequenceState = ResponseCode(0x0A)
  public static let authenticationFailure = ResponseCode(0x0B)
  public static let invalidSequenceNumber = ResponseCode(0x0C)

  /// In TLS the guide gives two codes other meanings (table 2.3).
  public static let tlsError = ResponseCode(0x01)
  public static let invalidIdentityOrKey = ResponseCode(0x03)

  /// The guide's words for the code.
  public var words: StaticString {
    switch rawValue {
    case 0x00: "Successful response"
    case 0x01: "Unrecognized request"
    case 0x02: "Unsupported request"
    case 0x03: "No permission for specified request"
    case 0x04: "Requested operation not possible"
    case 0x05: "Table operation not possible"
    case 0x0A: "Invalid Service Sequence State"
    case 0x0B: "Authentication failure"
    case 0x0C: "Invalid sequence number"
    default: "a code that the guide does not list"
    }
  }

  /// The same of an answer in TLS.
  public var wordsInTLS: StaticString {
    switch self {
    case .tlsError: "TLS error"
    case .invalidIdentityOrKey: "Invalid identity or key"
    default: words
    }
  }
}
