// SPDX-License-Identifier: Apache-2.0

/// A part of a table, in the order of its octets.
public indirect enum Element: Sendable {
  case field(Field)
  /// Fields that share a group of octets; the name is the guide's for the whole group.
  case bits(StaticString, octets: Int, [Field])
  case array(ArrayElement)
  /// Elements that take as many octets together as the meter states: those beyond are not there, what is left is kept.
  case section(StaticString, octets: Count, [Element])
  /// The first elements where the condition holds, else the second.
  case when(Condition, [Element], otherwise: [Element])
}

/// A repeated part of a table.
public struct ArrayElement: Sendable {
  /// The guide's name.
  public let name: StaticString
  public let count: Count
  /// Octets from one entry to the next where the meter states them; nil for entries one behind the other.
  public let stride: Count?
  /// What names and scales the entries.
  public let labels: Labels?
  public let entry: [Element]

  /// Entries that are measurements of the sources which another table lists.
  public struct Labels: Sendable {
    /// The array of source numbers.
    public let numbers: Reference
    public let source: @Sendable (UInt8) -> Source

    public init(_ numbers: Reference, _ source: @escaping @Sendable (UInt8) -> Source) {
      self.numbers = numbers
      self.source = source
    }
  }
}

/// What a register or a present value measures.
public struct Source: Sendable {
  public let number: UInt8
  public let name: StaticString
  public let quantity: Quantity

  public init(_ number: UInt8, _ name: StaticString, _ quantity: Quantity) {
    self.number = number
    self.name = name
    self.quantity = quantity
  }
}

/// A field whose value shapes a table: its dimension.
public struct Reference: Sendable {
  /// The table that holds the field; nil for a field further up in the same table.
  public let table: Table?
  public let field: StaticString
  /// Which one of a repeated field.
  public let entry: Entry
  /// What holds when the table is too short, or too old, to have the field; nil makes that an error.
  public let absent: Int?

  public enum Entry: Equatable, Sendable {
    /// The nearest one before; of another table, the last.
    case nearest
    /// The one with this index; where all values of a field are asked for, those in this entry of the outermost array.
    case at(Int)
    /// The one with the index of the innermost array around what is shaped.
    case same
  }

  public init(_ table: Table?, _ field: StaticString, entry: Entry = .nearest, absent: Int? = nil) {
    self.table = table
    self.field = field
    self.entry = entry
    self.absent = absent
  }
}

/// How many, or how long.
public indirect enum Count: Sendable {
  case exactly(Int)
  case field(Reference)
  /// How often the field is repeated.
  case entries(Reference)
  case plus(Count, Count)
  /// Not below 0.
  case minus(Count, Int)
  case times(Count, Count)
  /// Integer division, the fraction dropped.
  case dividedDown(Count, Int)
  /// Integer division, the fraction counting as one more.
  case dividedUp(Count, Int)
  /// Octets that are left up to this offset from the start of the table; 0 behind it.
  case upTo(Count)
  /// All octets of the table that are left; 0 where they are not at hand.
  case rest
}

/// When a part of a table is there.
public indirect enum Condition: Sendable {
  /// The field is not 0.
  case isSet(Reference)
  case equals(Reference, Int)
  case atLeast(Reference, Int)
  /// The firmware is this one or a later one; modules (1.x) count apart. Taken as true of an unknown firmware.
  case firmware(from: FirmwareVersion, module: FirmwareVersion?)
  /// Any build of this version.
  case version(UInt8, UInt8)
  /// The entry's place in the innermost array around it.
  case index(ClosedRange<Int>)
  case not(Condition)
  case any([Condition])
}

extension Element {
  public static func uint8(
    _ name: StaticString, _ control: ValueControl = .unstated, factory: Int64 = 0, _ quantity: Quantity? = .count,
    limit: Int? = nil, meanings: [Meaning] = []
  ) -> Element {
    integer(name, .unsigned, 1, control, factory, quantity, limit, meanings)
  }

  public static func uint16(
    _ name: StaticString, _ control: ValueControl = .unstated, factory: Int64 = 0, _ quantity: Quantity? = .count,
    limit: Int? = nil, meanings: [Meaning] = []
  ) -> Element {
    integer(name, .unsigned, 2, control, factory, quantity, limit, meanings)
  }

  public static func uint32(
    _ name: StaticString, _ control: ValueControl = .unstated, factory: Int64 = 0, _ quantity: Quantity? = .count
  ) -> Element {
    integer(name, .unsigned, 4, control, factory, quantity, nil, [])
  }

  public static func int16(
    _ name: StaticString, _ control: ValueControl = .unstated, factory: Int64 = 0, _ quantity: Quantity? = .count
  ) -> Element {
    integer(name, .signed, 2, control, factory, quantity, nil, [])
  }

  /// INT32, which NI_FMAT1 and NI_FMAT2 are as well. Unnamed in an array of measurements, and then scaled by its source.
  public static func int32(
    _ name: StaticString = "", _ control: ValueControl = .meter, factory: Int64 = 0, _ quantity: Quantity? = .count
  ) -> Element {
    integer(name, .signed, 4, control, factory, quantity, nil, [])
  }

  public static func text(_ name: StaticString, octets: Int, _ control: ValueControl = .unstated) -> Element {
    .field(Field(name, .text, size: .exactly(octets), control: control))
  }

  public static func octets(_ name: StaticString, _ size: Count, _ control: ValueControl = .unstated) -> Element {
    .field(Field(name, .octets, size: size, control: control))
  }

  /// Packed binary coded decimal, least significant octet first.
  public static func bcd(_ name: StaticString, octets: Int, _ control: ValueControl = .unstated) -> Element {
    .field(Field(name, .bcd, size: .exactly(octets), control: control))
  }

  public static func set(_ name: StaticString, octets: Count, _ control: ValueControl = .unstated) -> Element {
    .field(Field(name, .set, size: octets, control: control))
  }

  public static func time(_ name: StaticString = "", _ control: ValueControl = .meter) -> Element {
    .field(Field(name, .time, size: .exactly(3), control: control))
  }

  public static func longTime(_ name: StaticString = "", _ control: ValueControl = .meter) -> Element {
    .field(Field(name, .longTime, size: .exactly(6), control: control))
  }

  public static func shortTime(_ name: StaticString = "", _ control: ValueControl = .meter) -> Element {
    .field(Field(name, .shortTime, size: .exactly(5), control: control))
  }

  public static func date(_ name: StaticString, _ control: ValueControl = .meter) -> Element {
    .field(Field(name, .date, size: .exactly(3), control: control))
  }

  public static func reserved(_ size: Count, _ name: StaticString = "Reserved") -> Element {
    .field(Field(name, .reserved, size: size))
  }

  public static func reserved(_ octets: Int) -> Element { reserved(.exactly(octets)) }

  public static func array(
    _ name: StaticString, _ count: Count, stride: Count? = nil, labels: ArrayElement.Labels? = nil, of entry: [Element]
  ) -> Element {
    .array(ArrayElement(name: name, count: count, stride: stride, labels: labels, entry: entry))
  }

  public static func when(_ condition: Condition, _ elements: [Element]) -> Element {
    .when(condition, elements, otherwise: [])
  }

  private static func integer(
    _ name: StaticString, _ type: FieldType, _ octets: Int, _ control: ValueControl, _ factory: Int64,
    _ quantity: Quantity?, _ limit: Int?, _ meanings: [Meaning]
  ) -> Element {
    .field(
      Field(
        name, type, size: .exactly(octets), quantity: quantity, control: control, factory: factory, limit: limit,
        meanings: meanings))
  }
}

extension Condition {
  public static func firmware(_ major: UInt8, _ minor: UInt8, module: FirmwareVersion? = nil) -> Condition {
    .firmware(from: FirmwareVersion(major, minor), module: module)
  }
}
