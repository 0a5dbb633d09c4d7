// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What the utility writes into the meter. The guide wants no key to read it; a MEP request without one is refused.
  public static let et03 = Table(
    .extended(3), "Utility Information", page: 61, write: .advanced, memory: .write,
    [
      .text("Utility Serial Number", octets: 30, .host),
      .reserved(107),
      .uint16("Image CRC (Read Only)", .meter),
      .reserved(4),
    ])
}
