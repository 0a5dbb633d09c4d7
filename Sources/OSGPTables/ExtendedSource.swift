// SPDX-License-Identifier: Apache-2.0

/// A source number of 16 bits, its type in bits 15…12 (guide, "M-Bus Data Types and ET57").
public enum ExtendedSource: Equatable, Sendable {
  /// Type 0: one of ``RegisterSource``.
  case register(UInt8)
  /// Type 4: what an M-Bus device reads; `device` is its index in ET13, 0…4, `dataType` an MDT of ET57, 0…31.
  case mbus(device: Int, dataType: Int)
  /// A type that the guide does not describe.
  case other(UInt16)

  /// The source numbers of 8 bits that ET66 maps to these, in its order.
  public static let mapped: ClosedRange<UInt8> = 112...163

  public init(_ id: UInt16) {
    let device = Int(id >> 8 & 0x0F)
    switch id >> 12 {
    case 0 where id <= 0xFF: self = .register(UInt8(id))
    case 4 where device <= 4: self = .mbus(device: device, dataType: Int(id & 0x1F))
    default: self = .other(id)
    }
  }
}
