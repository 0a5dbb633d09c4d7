// SPDX-License-Identifier: Apache-2.0
import C1219

extension Procedure {
  /// What a registered MEP client answers the meter's alerts with: data, or that it has seen them.
  ///
  /// **Unproven**: the guide tells that there is a type, and the number of one of its values. That the type is the first
  /// octet, and all behind it the data, is a guess.
  public static let ep39 = Procedure(
    .extended(39), "Post MEP Data", "posts a client's data, or clears an alert", .unproven, access: .any,
    parameters: [
      // "Scheduled Read Data", "Scheduled Read Data + Alarms" and "Clear M-Bus Alert" have numbers that nobody tells.
      .uint8("Type", .host, meanings: [Meaning(12, "clear delta data alert")]),
      .octets("Data", .rest, .host),
    ])
}

/// The parameters of EP39, **unproven**: see ``Procedure/ep39``.
public struct PostMEPData: ProcedureParameters {
  public var type: UInt8
  /// As a step of a transaction it may be longer than BT00.9 allows in BT07.
  public var data: [UInt8]

  public init(type: UInt8, data: [UInt8] = []) {
    self.type = type
    self.data = data
  }

  /// Ends the alert that ET71 has raised; the number is the guide's.
  public static let clearDeltaDataAlert = PostMEPData(type: 12)

  public static var procedure: Procedure { .ep39 }
  public var octets: [UInt8] { [type] + data }

  public init?(octets: [UInt8]) {
    guard let type = octets.first else { return nil }
    self.init(type: type, data: Array(octets.dropFirst()))
  }
}
