// SPDX-License-Identifier: Apache-2.0

/// A request that got no answer that can be believed.
public struct ExchangeError: Error, Equatable, Sendable {
  public enum Reason: Error, Equatable, Sendable {
    /// Nothing came within the response time, each time the request was sent.
    case noAnswer
    /// The line gave back what was sent, and no answer came.
    case echo
    /// Octets came, and no digest among them was right.
    case digest
    /// The digest was right, and the lengths were not.
    case malformed(ResponseFlaw)
    /// 0x0B, again and again: the key is not this meter's, or the line is bad.
    case keyNotAccepted
    /// 0x0C: again and again, or to the repeat of a write.
    case sequenceNumber
    /// The port answers, but does not speak TLS.
    case noTLS
    /// The key or the identity of a TLS session is not this meter's.
    case identityNotAccepted
    /// A TLS session broke, or could not begin: an error code of the TLS library, 0 for none.
    case tls(Int32)
    /// More than ``MessageLimit/message`` octets, or than fit into TLS.
    case requestTooLong
  }

  public let reason: Reason
  /// A write or procedure of which it is not known whether the meter executed it. Never repeat it blindly: look first.
  public let mayHaveBeenExecuted: Bool

  public init(_ reason: Reason, mayHaveBeenExecuted: Bool) {
    self.reason = reason
    self.mayHaveBeenExecuted = mayHaveBeenExecuted
  }
}
