// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The queue of on-demand requests to M-Bus devices and MEP clients, with their results and what they carry.
  public static let et15 = Table(
    .extended(15), "MEP/M-Bus On-demand Requests", page: 95,
    [
      .bits("Pointers", octets: 1, [.uint(0...3, "Write Pointer", .meter), .uint(4...7, "Read Pointer", .meter)]),
      .array(
        "Request Queue", queueSize, stride: .field(Reference(.et11, "On-demand Request Entry Size")),
        of: [
          .uint16("Transaction Nbr", .meter),
          .uint16("Device Handle or Group Mask", .meter),
          .uint8(
            "Request Type", .meter,
            meanings: [Meaning(0, "no entry")] + OnDemandRequests.Kind.meanings),
          .uint8(
            "Result", .meter,
            meanings: OnDemandRequests.Result.meanings),
        ]),
      .array(
        "Write Messages", queueSize, stride: writeEntrySize,
        of: [
          .uint8("Write Data Length", .meter),
          .octets("Write Data", .minus(writeEntrySize, 1), .meter),
        ]),
      .uint8("Multicast Data Length", .meter),
      .octets("Multicast Data Message", .minus(.field(Reference(.et11, "M-Bus Multicast Message Length")), 1), .meter),
    ])

  private static let queueSize = Count.field(Reference(.et11, "On-demand Request Queue Size"))
  private static let writeEntrySize = Count.field(Reference(.et11, "On-demand Write Entry Size"))
}
