// SPDX-License-Identifier: Apache-2.0

/// How a field's octets are to be read. Integers are least significant octet first (guide, "Data Types").
public enum FieldType: Equatable, Sendable {
  case unsigned
  case signed
  /// One bit: false 0, true 1.
  case flag
  /// Characters, zeros at the end left out.
  case text
  /// Octets without an order of significance.
  case octets
  /// Packed binary coded decimal: two digits an octet, least significant octet first.
  case bcd
  /// A set: element i is bit i % 8 of octet i / 8.
  case set
  /// TIME, 3 octets: hour, minute, second.
  case time
  /// LTIME_DATE, 6 octets: year of the century, month, day, hour, minute, second.
  case longTime
  /// STIME_DATE, 5 octets: as LTIME_DATE without seconds.
  case shortTime
  /// Three octets: year of the century, month, day.
  case date
  /// Reserved or filler: kept as it is, never shown unasked.
  case reserved
}

/// Which side is in control of a value (guide, "Value Control Identifiers").
public enum ValueControl: Equatable, Sendable {
  /// The guide gives none.
  case unstated
  /// F: a fixed value.
  case fixed
  /// M: the meter.
  case meter
  /// H: the host.
  case host
  /// P: fixed for a program ID.
  case program

  public var letter: StaticString {
    switch self {
    case .unstated: ""
    case .fixed: "F"
    case .meter: "M"
    case .host: "H"
    case .program: "P"
    }
  }
}

/// What one value of a field stands for.
public struct Meaning: Sendable {
  public let value: Int
  public let words: StaticString

  public init(_ value: Int, _ words: StaticString) {
    self.value = value
    self.words = words
  }
}

/// One value of a table.
public struct Field: Sendable {
  /// The guide's name; empty in an array of plain values.
  public let name: StaticString
  public let type: FieldType
  /// Octets that the field takes; for bits, those of the group that they are in.
  public let size: Count
  /// The bits of a field that shares its octets, bit 0 being the least significant of the first octet.
  public let bits: ClosedRange<Int>?
  /// How to scale it; nil takes the quantity of the register source that labels the array around it.
  public let quantity: Quantity?
  public let control: ValueControl
  /// The value that a new meter has.
  public let factory: Int64
  /// More than this is no dimension that a meter can have.
  public let limit: Int?
  public let meanings: [Meaning]

  public init(
    _ name: StaticString, _ type: FieldType, size: Count, bits: ClosedRange<Int>? = nil, quantity: Quantity? = .count,
    control: ValueControl = .unstated, factory: Int64 = 0, limit: Int? = nil, meanings: [Meaning] = []
  ) {
    self.name = name
    self.type = type
    self.size = size
    self.bits = bits
    self.quantity = quantity
    self.control = control
    self.factory = factory
    self.limit = limit
    self.meanings = meanings
  }

  /// Whether it is stored as an integer.
  public var isInteger: Bool {
    switch type {
    case .unsigned, .signed, .flag: true
    case .reserved: bits != nil
    case .text, .octets, .bcd, .set, .time, .longTime, .shortTime, .date: false
    }
  }
}

/// Bits of a group of octets.
extension Field {
  public static func flag(
    _ bit: Int, _ name: StaticString, _ control: ValueControl = .unstated, factory: Bool = false,
    meanings: [Meaning] = []
  ) -> Field {
    Field(
      name, .flag, size: .exactly(0), bits: bit...bit, control: control, factory: factory ? 1 : 0, meanings: meanings)
  }

  public static func uint(
    _ bits: ClosedRange<Int>, _ name: StaticString, _ control: ValueControl = .unstated, factory: Int64 = 0,
    _ quantity: Quantity? = .count, meanings: [Meaning] = []
  ) -> Field {
    Field(
      name, .unsigned, size: .exactly(0), bits: bits, quantity: quantity, control: control, factory: factory,
      meanings: meanings)
  }

  public static func fill(_ bits: ClosedRange<Int>, _ name: StaticString = "Filler", factory: Int64 = 0) -> Field {
    Field(name, .reserved, size: .exactly(0), bits: bits, factory: factory)
  }
}
