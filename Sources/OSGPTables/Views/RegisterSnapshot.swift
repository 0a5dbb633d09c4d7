// SPDX-License-Identifier: Apache-2.0
import C1219

/// The energy registers as they were at one time.
public struct RegisterSnapshot: Sendable {
  /// When they were copied, in local time; nil where that is not set.
  public private(set) var time: Moment?
  /// The season that they are of.
  public private(set) var season: Int?
  /// The billing interface definition number: which configuration they are of. Nil where it is not kept, as without
  /// demands.
  public private(set) var billingInterface: Int?
  /// Why demands were reset: 0 by schedule, 1 by a procedure, 2 by push button, 3 by the activation of a pending table.
  /// Only ET41 tells.
  public private(set) var resetReason: Int?
  public let registers: EnergyRegisters

  /// The registers at the last change of season (BT24) or demand reset (BT25), as far as the octets go; nil for any other
  /// table.
  ///
  /// - Parameters:
  ///   - selection: BT22, which tells maxima from minima and which demand a coincident value belongs to.
  ///   - unit: what ET55 tells.
  public init?(_ table: Decoded, selection: Decoded? = nil, unit: EnergyRegisterUnit = .unknown) {
    guard table.layout.table == Table.bt24.id || table.layout.table == Table.bt25.id else { return nil }
    self.init(table.layout.places[...], depth: 0, in: table.octets, DemandSelection(selection), unit)
  }

  /// - Parameter depth: how many steps of the fields' paths lead to the snapshot.
  init(
    _ places: Slice<Places>, depth: Int, in octets: [UInt8], _ selection: DemandSelection,
    _ unit: EnergyRegisterUnit
  ) {
    registers = EnergyRegisters(places, depth: depth, in: octets, selection, unit)
    for place in places where place.path.count == depth + 1 {
      if place.field.type == .shortTime {
        // The only one that is not inside the registers.
        time = place.moment(in: octets)
      } else if let field = place.path.last, let number = place.integer(in: octets) {
        if field.isCalled("Season") { season = Int(number) }
        if field.isCalled("Blg Iface Def Nbr (BIDN)") || field.isCalled("BIDN") { billingInterface = Int(number) }
        if field.isCalled("Reset reason") { resetReason = Int(number) }
      }
    }
  }
}
