// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The answer to the last procedure called, for clients that have not chosen ET59.
  public static let bt08 = Table(
    .basic(8), "Procedure Response", page: 58, responseHeader + [responseParameters])
}

/// How BT08, ET59 and ET85 begin.
let responseHeader: [Element] = [
  .bits("Procedure", octets: 2, [.uint(0...11, "Procedure Number", .meter), .fill(12...15)]),
  .uint8("Procedure Sequence Number (PSN)", .meter),
  .uint8("Result Code", .meter, meanings: procedureResults),
]

/// What the procedure answers, if it answers more than a code.
let responseParameters = Element.octets(
  "Parameters", .field(Reference(.bt00, "Response Data Length", absent: 12)), .meter)

/// The result codes of ANSI C12.19; some procedures give them another meaning.
let procedureResults = [
  Meaning(0, "Procedure completed"), Meaning(1, "Procedure accepted but not fully completed"),
  Meaning(2, "Invalid parameter for known procedure, procedure ignored"),
  Meaning(3, "Procedure conflicts with current device setup, procedure ignored"),
  Meaning(4, "Timing constraint, procedure ignored"),
  Meaning(5, "No authorization for requested procedure, procedure ignored"),
  Meaning(6, "Unrecognized procedure, procedure ignored"),
]
