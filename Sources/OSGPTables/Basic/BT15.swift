// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The constants of metering: the ratios of current and voltage transformers, where there are any.
  public static let bt15 = Table(
    .basic(15), "Constants", page: 205, write: .advanced, memory: .write,
    [
      .int32("Multiplier", .host, factory: 1),
      .int32("Offset", .host),
      .bits("Set Applied", octets: 1, [.flag(0, "Applied", .host), .fill(1...7)]),
      .int32("CT Ratio", .host, factory: 1),
      .int32("VT Ratio", .host, factory: 1),
    ])
}
