// SPDX-License-Identifier: Apache-2.0
import C1219

/// An event that a meter logs: what it is called and what its argument says.
///
/// The guides tell of the events but list no numbers. These are from ANSI C12.19 (the standard ones), from BT03 of the
/// Optical Port Programmer's Guide (the manufacturer's events 0 to 31 are its alarms, in their order), from the
/// manufacturer's Electric Meter User's Guide 3.1, and from what a published head-end (Eaton Yukon, MCT-440) decodes.
/// None of them has the events that later firmware added, such as those of the alternate log itself.
public struct Event: Sendable {
  public let id: EventID
  /// The guides' name where they have one.
  public let name: StaticString
  /// The first format that an argument matches holds.
  let formats: [Format]

  /// How to read an argument whose masked bits have this value.
  struct Format: Sendable {
    let mask: UInt16
    let value: UInt16
    let parts: [Part]
  }

  /// Bits of an argument.
  struct Part: Sendable {
    let bits: ClosedRange<Int>
    let name: StaticString
    let kind: EventArgument.Kind
    let unit: Unit
    let meanings: [Meaning]
  }

  public static func event(_ id: EventID) -> Event? {
    (id.isManufacturer ? manufacturer : standard).first { $0.id == id }
  }

  /// What an argument says, part by part; empty where nobody has told what it means. Flags that are not set are left out.
  public func arguments(_ argument: UInt16) -> [EventArgument] {
    guard let format = formats.first(where: { argument & $0.mask == $0.value }) else { return [] }
    return format.parts.compactMap { part in
      let value = Int(argument >> UInt16(part.bits.lowerBound)) & (1 << part.bits.count - 1)
      if case .flag = part.kind, value == 0 { return nil }
      let words = part.meanings.first { $0.value == value }?.words
      return EventArgument(name: part.name, kind: part.kind, value: value, unit: part.unit, words: words)
    }
  }
}

/// A part of what an event's argument says.
public struct EventArgument: Sendable {
  /// "Phase", "Procedure".
  public let name: StaticString
  public let kind: Kind
  public let value: Int
  public let unit: Unit
  /// What the value stands for.
  public let words: StaticString?

  public enum Kind: Sendable {
    case number
    /// True: those that are false are not listed.
    case flag
    /// The number of a table, from 2048 on of an extended one.
    case table
    /// The number of a procedure, from 2048 on of an extended one.
    case procedure
  }
}

extension Event {
  init(_ id: EventID, _ name: StaticString, _ parts: Part...) {
    self.init(id: id, name: name, formats: parts.isEmpty ? [] : [Format(mask: 0, value: 0, parts: parts)])
  }
}

extension Event.Part {
  /// The whole argument.
  static func number(_ name: StaticString, _ meanings: [Meaning] = []) -> Event.Part { number(0...15, name, meanings) }

  static func number(
    _ bits: ClosedRange<Int>, _ name: StaticString, unit: Unit = .none, _ meanings: [Meaning] = []
  ) -> Event.Part {
    Event.Part(bits: bits, name: name, kind: .number, unit: unit, meanings: meanings)
  }

  static func flag(_ bit: Int, _ name: StaticString) -> Event.Part {
    Event.Part(bits: bit...bit, name: name, kind: .flag, unit: .none, meanings: [])
  }

  static func table(_ bits: ClosedRange<Int> = 0...11) -> Event.Part {
    Event.Part(bits: bits, name: "Table", kind: .table, unit: .none, meanings: [])
  }

  static func procedure(_ meanings: [Meaning] = []) -> Event.Part {
    Event.Part(bits: 0...11, name: "Procedure", kind: .procedure, unit: .none, meanings: meanings)
  }

  /// Which phase, in the bits that sags and distortions keep it in.
  static let phase = number(0...1, "Phase", [Meaning(0, "L1"), Meaning(1, "L2"), Meaning(2, "L3")])
}
