// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP

/// A part of the meter: some of its tables, and what they live through. Each has defaults for what does not concern it.
protocol Part: Sendable {
  init()

  /// Fills in what a table has when it comes from the factory, if it is one of this part's.
  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError)

  /// Called once, when the meter is switched on for the first time.
  mutating func start(_ body: inout MeterBody)

  /// The next second (of ``MeterBody/utc``) at which it has something to do by itself.
  func due(_ body: MeterBody) -> Int64?

  /// Called at the second that ``due(_:)`` named.
  mutating func act(_ body: inout MeterBody)

  /// Called for everything that happens, in order.
  mutating func take(_ happening: Happening, _ body: inout MeterBody)

  /// Called before a table is read: brings it up to date.
  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody)

  /// Called after a client has written octets of a table.
  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody)

  /// Carries out a procedure if it is one of this part's; else nil.
  mutating func call(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome?
}

extension Part {
  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {}
  mutating func start(_ body: inout MeterBody) {}
  func due(_ body: MeterBody) -> Int64? { nil }
  mutating func act(_ body: inout MeterBody) {}
  mutating func take(_ happening: Happening, _ body: inout MeterBody) {}
  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {}
  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {}
  mutating func call(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome? { nil }
}

/// Who asks: the port, the key that signed, and the request's sequence number; there is none in TLS.
struct PortAccess: Sendable {
  let port: Int
  let level: AccessLevel
  let sequence: UInt32?
}

/// What a procedure came to.
struct ProcedureOutcome: Sendable {
  /// The general codes, or the procedure's own.
  var result: UInt8
  /// Octets behind the header of the answer.
  var data: [UInt8] = []
}
