// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// More of how each device is read: groups, M-Bus data types, polling for the load profile.
  public static let et34 = Table(
    .extended(34), "Additional M-Bus/MEP Device Configuration", page: 112, write: .advanced, memory: .write,
    [
      .array(
        "Device Config", Slots.count, stride: .field(Reference(.et11, "Config Entry 2 Size")),
        of: [
          .reserved(2),
          .set("Group Mask", octets: .exactly(1), .host),
          .reserved(1),
          .uint16("Load Profile Poll Rate", .host, factory: 60, .minute),
          .uint8("Control MDT", .host),
          .uint8("Command Monitor MDT", .host),
          .uint8("Time Stamp MDT", .host),
          // Bits are counted from 1; with a count of 0 the meter takes those of the date's type.
          .bits(
            "Hour Locator", octets: 1,
            [.uint(0...4, "Hour Locator Start Bit", .host), .uint(5...7, "Hour Locator Bit Count", .host)]),
          .bits(
            "Minute Locator", octets: 1,
            [.uint(0...4, "Minute Locator Start Bit", .host), .uint(5...7, "Minute Locator Bit Count", .host)]),
          .uint8("Load Profile Poll Wait", .host, .seconds),
          .uint8("Load Profile Poll Retry Attempts", .host),
          .uint8("Load Profile Poll Retry Wait", .host, .seconds),
          .reserved(8),
        ])
    ])
}
