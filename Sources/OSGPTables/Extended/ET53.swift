// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What the requests of ET52 are answered with. The ports share it.
  public static let et53 = Table(
    .extended(53), "MEP Transaction Response Table", page: 138, memory: [.write, .read],
    transaction("Transaction Response Length", .meter))
}
