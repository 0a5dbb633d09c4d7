// SPDX-License-Identifier: Apache-2.0
import C1219

extension Procedure {
  /// Moves the clock forward or back. **Unproven**: that there is a signed number of seconds is a guess.
  public static let ep16 = Procedure(
    .extended(16), "Change System Clock By Delta", "moves the clock forward or back, minute by minute", .unproven,
    // ET04.71.0 can take the right to it from the read-only key of the optical port, not from the MBK.
    access: .any, isIdempotent: false,
    // ET54.72 adds such changes up in an INT32 of seconds.
    parameters: [.field(Field("Delta", .signed, size: .exactly(4), quantity: .seconds, control: .host))])
}

/// The parameters of EP16, **unproven**: see ``Procedure/ep16``.
public struct ChangeSystemClockByDelta: ProcedureParameters {
  public var seconds: Int32

  public init(seconds: Int32) { self.seconds = seconds }

  public static var procedure: Procedure { .ep16 }
  public var octets: [UInt8] { seconds.leastFirst }

  public init?(octets: [UInt8]) {
    guard let seconds = Int32(leastFirst: octets, at: 0) else { return nil }
    self.init(seconds: seconds)
  }
}
