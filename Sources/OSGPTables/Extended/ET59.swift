// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The answer to the last procedure called, for the client on the first port that has chosen it in ET50.
  public static let et59 = Table(
    .extended(59), "MEP Procedure Response", page: 171, responseHeader + [responseParameters])
}
