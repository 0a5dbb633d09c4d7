// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Something that happens to a meter, or that it does and that other parts of it want to know.
public enum Happening: Sendable, Equatable {
  /// Mains are gone; the meter stops.
  case powerFailed
  /// Mains are back; the second (UTC) at which they had gone.
  case powerReturned(since: Int64)
  /// A phase, 0 to 2, has lost its voltage, or has it again.
  case phase(Int, isLost: Bool)
  /// The voltage of a phase, 0 to 2, went to so many percent of what the grid gives by itself; 100 when all is well again.
  case voltage(Int, percent: Int)
  /// The meter's clock was moved by so many seconds.
  case clockMoved(by: Int64)
  /// Standard events are below 0x800, the manufacturer's from there on.
  case event(id: UInt16, argument: [UInt8])
  /// The IDT version was counted up: other dimensions or another program.
  case configurationChanged(ConfigurationChange)
  /// The display shows something else.
  case display(DisplayContent)
  /// The client at a port is registered no more.
  case clientRemoved(port: Int)
  /// The M-Bus device in a slot is known no more.
  case deviceRemoved(slot: Int)
  /// A procedure that was answered with "not complete" has ended.
  case procedureEnded(number: UInt16, result: UInt8)
  /// A season of the calendar has given way to the next one.
  case seasonChanged(from: Int)
  /// Demands are to be reset; why, as ET41 has it.
  case demandReset(reason: UInt8)
  /// The energy registers are to be copied into BT26.
  case selfRead
  /// What the head-end ordered, after that what it does to mains, clock and ports was done.
  case order(Order)

  /// Why dimensions change, as the event of it has it.
  public enum ConfigurationChange: UInt16, Sendable {
    /// By EP06, which is how the head-end does it.
    case procedure = 1
    case tableWrite = 3
  }

  /// An event whose argument takes the two octets that meters have for it.
  static func event(_ id: EventID, _ argument: UInt16 = 0) -> Happening {
    .event(id: id.code, argument: [UInt8(argument & 0xFF), UInt8(argument >> 8)])
  }
}
