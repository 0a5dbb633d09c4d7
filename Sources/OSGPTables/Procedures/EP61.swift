// SPDX-License-Identifier: Apache-2.0
import C1219

extension Procedure {
  /// Keeps the other port's client from the transaction tables ET52 and ET53, for 10 s at most. For meters with two ports.
  public static let ep61 = Procedure(
    .extended(61), "MEP Transaction Lock Control", "keeps the other port's client from ET52 and ET53, for 10 s at most",
    .described(page: 253), access: .any, isIdempotent: true,
    parameters: [.uint8("Lock", .host, meanings: [Meaning(0, "unlock"), Meaning(1, "lock")])],
    results: [
      Meaning(3, "The other MEP client has locked the transaction tables"), Meaning(5, "Not called by a MEP client"),
    ])
}

/// The parameters of EP61.
public struct TransactionLockControl: ProcedureParameters {
  public var locks: Bool

  /// After so many seconds the meter unlocks by itself.
  public static let timeout = 10

  public init(locks: Bool) { self.locks = locks }

  public static var procedure: Procedure { .ep61 }
  public var octets: [UInt8] { [locks ? 1 : 0] }

  public init?(octets: [UInt8]) {
    guard let first = octets.first, first <= 1 else { return nil }
    self.init(locks: first == 1)
  }
}
