// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Where a procedure is called: who writes it, calls. Its parameters are those of the procedure.
  public static let bt07 = procedureCall([
    .octets("Parameters", .field(Reference(.bt00, "Procedure Parameter Length", absent: 255)), .host)
  ])

  /// BT07 as the call of a procedure with these parameters.
  static func procedureCall(_ parameters: [Element]) -> Table {
    Table(
      .basic(7), "Procedure Initiate", page: 58, write: .any,
      [
        .bits(
          "Procedure", octets: 2,
          [.uint(0...11, "Procedure Number", .host), .uint(12...15, "Response Handling", .program)]),
        .uint8("Procedure Sequence Number (PSN)", .host),
      ] + parameters)
  }
}
