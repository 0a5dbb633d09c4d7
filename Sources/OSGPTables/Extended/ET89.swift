// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Registrations of MEP clients, operation modes of the relays, validation of firmware images.
  public static let et89 = Table(
    .extended(89), "Meter LN Status", page: 192,
    [
      .uint16("Prior MEP 1 Handle", .meter),
      .octets("Prior MEP 1 ID", .exactly(30), .meter),
      .uint8("MEP 1 re-register requests", .meter),
      .uint8("MEP 1 re-register allowed", .meter),
      .uint16("Prior MEP 2 Handle", .meter),
      .octets("Prior MEP 2 ID", .exactly(30), .meter),
      .uint8("MEP 2 re-register requests", .meter),
      .uint8("MEP 2 re-register allowed", .meter),
      .when(
        .firmware(4, 50),
        [
          .longTime("Last H1 Telegram Time", .unstated),
          .bits(
            "Status Flags 0", octets: 1,
            [
              .flag(0, "H1 Device Present"),
              .flag(1, "PLC Disabled"),
              .fill(2...7),
            ]),
          .array("Relays", .exactly(2), of: relayState),
          .array("Image Validation Key IDs", .exactly(2), of: [.uint16("", .meter)]),
          .bits(
            "Key Status", octets: 1,
            [.flag(0, "Key 0 Invalidated", .meter), .flag(1, "Key 1 Invalidated", .meter), .fill(2...7, "Reserved")]),
          .uint8(
            "Last validation error", .meter,
            meanings: [
              Meaning(0, "none"), Meaning(1, "image not signed"), Meaning(2, "key ID not defined"),
              Meaning(3, "key invalidated"), Meaning(16, "invalid signature"), Meaning(17, "invalid signature length"),
              Meaning(18, "invalid signature data"), Meaning(32, "invalid public key format"),
              Meaning(33, "invalid EC point of the key"), Meaning(240, "unknown"),
            ]),
          .uint16("Last Validation Key ID", .meter),
          .uint32("Last Image Length", .meter),
          .uint8("Signature Length", .meter),
          .octets("Signature", .exactly(8), .meter),
          // Masks, disconnect flags, pending security events and the ports' TLS status: the guide does not say how many
          // octets the masks have, nor how many and how long events there are, so that nothing behind 129 has a place.
          .octets("Log Masks, Disconnect Flags, Security Events and TLS Port Status", .rest, .meter),
        ]),
    ])

  private static let relayState: [Element] = [
    .bits(
      "Current Op Mode", octets: 1,
      [
        .uint(
          0...2, "Current Op Mode", .meter, factory: 3,
          meanings: [Meaning(0, "maintenance"), Meaning(1, "locked"), Meaning(2, "remote"), Meaning(3, "local")]),
        .fill(3...7, "Reserved"),
      ]),
    mode("Maintenance", "Maintenance Time Remaining", "Maintenance no expire", "Maintenance State", state: 2),
    mode("Locked", "Time remaining in locked state", "Locked no expire", "Locked State", state: 2),
    mode("Remote", "Time remaining in remote state", "Remote no expire", "Remote State", state: 2),
    mode("Local", "Time remaining in local state", "Local no expire", "Local State", endless: true, state: 0),
  ]

  /// Seconds that are left of a mode (up to 72 hours), and the state of the relay in it.
  private static func mode(
    _ name: StaticString, _ remaining: StaticString, _ noExpire: StaticString, _ stateName: StaticString,
    endless: Bool = false, state: Int64
  ) -> Element {
    .bits(
      name, octets: 4,
      [
        .uint(0...18, remaining, .meter, .seconds),
        .flag(19, noExpire, .meter, factory: endless),
        .uint(
          20...21, stateName, .meter, factory: state,
          meanings: [Meaning(0, "open"), Meaning(1, "closed"), Meaning(2, "unknown")]),
        .fill(22...31, "Reserved"),
      ])
  }
}
