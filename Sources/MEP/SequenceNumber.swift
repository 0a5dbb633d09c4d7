// SPDX-License-Identifier: Apache-2.0

/// The 32-bit number that keeps an old request from being played again (guide, "RC4 Authentication"). It wraps.
public enum SequenceNumber {
  /// A server takes numbers up to so many beyond the last one.
  public static let window: UInt32 = 8
  /// A configuration change moves the server's number on by so many (guide, "Dynamic Sizing of Tables").
  public static let configurationChange: UInt32 = 25

  /// How far a server's number may have moved on while the answer to a request was lost: a configuration change, and the
  /// requests of another client.
  static let reach: UInt32 = 64

  /// Whether a server that now holds `held` may have taken `number` before.
  public static func mayHaveTaken(_ number: UInt32, holding held: UInt32) -> Bool { held &- number <= reach }

  /// Whether a server that last took `last` takes `number`.
  public static func accepts(_ number: UInt32, after last: UInt32) -> Bool {
    let step = number &- last
    return step >= 1 && step <= window
  }
}
