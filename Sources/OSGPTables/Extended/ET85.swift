// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The answer to the last procedure called by the client on the second port.
  public static let et85 = Table(
    .extended(85), "MEP Procedure Response (MEP2)", page: 192, since: Since(4, 0, module: nil),
    responseHeader + [responseParameters])
}
