// SPDX-License-Identifier: Apache-2.0
import MEP

/// Octets to and from a meter. One task may send while another receives; not two of either at once.
/// `description` is a short label for logs, such as `/dev/ttyUSB0`.
public protocol Link: AnyObject, Sendable, CustomStringConvertible {
  /// What has arrived, as soon as there is anything; empty at the deadline. Without a deadline it waits for ever.
  ///
  /// Throws `.closed` when either side is gone and everything that came before is read, and `.cancelled` as soon as
  /// the task is cancelled; nothing that arrived is lost by that.
  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8]

  /// Sends the octets, and returns when the last of them has left.
  func send(_ octets: [UInt8]) async throws(LinkError)

  /// Closes the link, which ends a `receive` that waits; closing it again does nothing.
  func close()
}

/// Which way octets went, seen from this side of a link.
public enum Direction: String, Sendable {
  case sent, received
}
