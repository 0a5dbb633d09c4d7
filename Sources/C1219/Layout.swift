// SPDX-License-Identifier: Apache-2.0

/// Where the fields of a table lie in a particular meter.
public struct Layout: Sendable {
  public let table: TableID
  /// Every field in the order of its octets, reserved ones included; they tile the table without a gap.
  public let places: Places
  /// Octets of the whole table as far as it is declared.
  public let octets: Int
}

/// One field of a layout.
public struct Place: Sendable {
  public let path: [Step]
  public let field: Field
  /// Octets from the start of the table.
  public let offset: Int
  /// Octets that it takes; for bits, those of the group that they are in.
  public let octets: Int
  /// The register source that names and scales it.
  public let source: Source?

  public var end: Int { offset + octets }
  public var isReserved: Bool { field.type == .reserved }
  public var quantity: Quantity { field.quantity ?? source?.quantity ?? .count }

  /// A name on the way to a field, and which entry of an array it is.
  public struct Step: Sendable {
    public let name: StaticString
    public let index: Int?
  }
}

/// Why a table cannot be laid out.
public enum LayoutError: Error, Sendable {
  /// The octets of this table are needed first.
  case needs(TableID)
  /// The table is too short to have the field that another one's layout asks for.
  case absent(TableID, StaticString)
  /// No meter can have this value in a field that shapes a table.
  case impossible(TableID, StaticString, Int)
  /// The dimensions make the table larger than any can be.
  case tooLarge(TableID)
}

/// What must be known of a meter to lay its tables out: its firmware version and the tables that shape others.
public struct Dimensions: Sendable {
  /// Nil while unknown: tables are then laid out as the newest firmware has them.
  public var firmware: FirmwareVersion?
  private var known: [Decoded] = []

  public init(firmware: FirmwareVersion? = nil) { self.firmware = firmware }

  /// Takes in a table that shapes others; a later image replaces an earlier one.
  public mutating func learn(_ table: Table, _ octets: [UInt8]) throws(LayoutError) {
    learn(Decoded(layout: try table.layout(in: self, image: octets), octets: octets))
  }

  /// The same of a table that is laid out already, by these dimensions and by its own octets.
  public mutating func learn(_ table: Decoded) {
    if let i = known.firstIndex(where: { $0.layout.table == table.layout.table }) {
      known[i] = table
    } else {
      known.append(table)
    }
  }

  public func knows(_ table: TableID) -> Bool { known.contains { $0.layout.table == table } }

  /// All values of the fields of that name, in their order; of an array's one entry where the reference names it.
  func values(of reference: Reference, own: Searched) throws(LayoutError) -> [Int] {
    let searched = try searched(for: reference, own: own)
    var entry: Int?
    if case .at(let n) = reference.entry { entry = n }
    var values: [Int] = []
    for place in searched.places where place.isCalled(reference.field) && place.isIn(entry: entry) {
      if let value = try searched.value(at: place, reference.field) { values.append(value) }
    }
    return values
  }

  /// The value of the field of that name.
  ///
  /// - Parameter index: that of the innermost array around what the field shapes.
  func value(of reference: Reference, own: Searched, index: Int?) throws(LayoutError) -> Int {
    let searched = try searched(for: reference, own: own)
    var wanted: Int?
    switch reference.entry {
    case .nearest: break
    case .at(let n): wanted = n
    case .same: wanted = index
    }
    if var left = wanted {
      for place in searched.places where place.isCalled(reference.field) {
        if left == 0, let value = try searched.value(at: place, reference.field) { return value }
        left -= 1
      }
    } else {
      for place in searched.places.reversed() where place.isCalled(reference.field) {
        if let value = try searched.value(at: place, reference.field) { return value }
      }
    }
    guard let absent = reference.absent else { throw .absent(searched.table, reference.field) }
    return absent
  }

  /// Where a dimension is looked for: a table that is known, or the part of the own one that has its places already.
  struct Searched {
    let table: TableID
    let places: Places
    /// Nil for a table that describes itself and is not at hand yet: it is laid out as a new meter has it.
    let octets: [UInt8]?

    func value(at place: Place, _ name: StaticString) throws(LayoutError) -> Int? {
      guard let value = octets.map({ place.integer(in: $0) }) ?? place.field.factory else { return nil }
      if let limit = place.field.limit, value > limit { throw .impossible(table, name, Int(clamping: value)) }
      return Int(clamping: value)
    }
  }

  private func searched(for reference: Reference, own: Searched) throws(LayoutError) -> Searched {
    guard let table = reference.table else { return own }
    guard let found = known.first(where: { $0.layout.table == table.id }) else { throw .needs(table.id) }
    return Searched(table: table.id, places: found.layout.places, octets: found.octets)
  }
}

extension Place {
  /// By its own name, or by that of the array of plain values that it is an entry of.
  func isCalled(_ name: StaticString) -> Bool {
    if same(field.name, name) { return true }
    guard field.name.isEmpty, let step = path.last else { return false }
    return same(step.name, name)
  }

  /// Whether it is in the outermost array's entry with this index; nil asks for no particular one.
  func isIn(entry: Int?) -> Bool { entry == nil || path.first?.index == entry }
}

extension Table {
  /// No table of a meter has this many octets: the largest load profile has 233 856 (guide, BT60).
  public static let largest = 262_144

  /// Where the fields lie, given a meter's dimensions.
  ///
  /// - Parameter image: the table's own octets, for tables that describe themselves.
  public func layout(in dimensions: Dimensions, image: [UInt8]? = nil) throws(LayoutError) -> Layout {
    var survey = Survey(table: id, dimensions: dimensions, image: image)
    try survey.place(elements)
    return Layout(table: id, places: survey.places, octets: survey.offset)
  }
}

/// Walks a declaration and gives every field its place. Whatever reads or writes fields takes them from here.
private struct Survey {
  let table: TableID
  let dimensions: Dimensions
  let image: [UInt8]?
  var places = Places()
  var offset = 0
  var path: [Place.Step] = []
  var index: Int?
  var source: Source?
  /// Fields and entries gone through, the ones that a stride cut off included.
  var work = 0

  mutating func place(_ elements: [Element]) throws(LayoutError) {
    for element in elements {
      switch element {
      case .field(let field):
        let octets = try evaluate(field.size)
        if octets > 0 || !field.isInteger { try place(field, octets: octets) }
      case .bits(_, let octets, let fields):
        let start = offset
        for field in fields {
          offset = start
          try place(field, octets: octets)
        }
        offset = start + octets
      case .array(let array): try place(array)
      case .section(_, let octets, let elements):
        let (start, first) = (offset, places.count)
        let octets = try evaluate(octets)
        try place(elements)
        try fit(from: start, places: first, octets: octets)
      case .when(let condition, let then, let otherwise): try place(try holds(condition) ? then : otherwise)
      }
    }
  }

  private mutating func place(_ field: Field, octets: Int) throws(LayoutError) {
    let steps = field.name.isEmpty ? path : path + [Place.Step(name: field.name, index: nil)]
    places.append(Place(path: steps, field: field, offset: offset, octets: octets, source: source))
    offset += octets
    guard offset <= Table.largest, places.count <= Table.largest else { throw .tooLarge(table) }
    try spend()
  }

  private mutating func place(_ array: ArrayElement) throws(LayoutError) {
    let count = try evaluate(array.count)
    var stride: Int?
    if let declared = array.stride { stride = try evaluate(declared) }
    var numbers: [Int] = []
    if let labels = array.labels, count > 0 {
      numbers = try dimensions.values(of: labels.numbers, own: own)
    }
    let outer = (path: path, index: index, source: source)
    defer { (path, index, source) = outer }
    if count > 1, array.isUniform { return try repeatEntry(of: array, count: count, stride: stride) }
    for i in 0..<count {
      (path, source) = (outer.path, outer.source)
      if let labels = array.labels, i < numbers.count { source = labels.source(UInt8(truncatingIfNeeded: numbers[i])) }
      try placeEntry(i, of: array, stride: stride)
    }
  }

  private mutating func placeEntry(_ i: Int, of array: ArrayElement, stride: Int?) throws(LayoutError) {
    let (start, first) = (offset, places.count)
    path.append(Place.Step(name: array.name, index: i))
    index = i
    try place(array.entry)
    if let stride { try fit(from: start, places: first, octets: stride) }
    try spend()
  }

  /// Places the first entry of an array only, as the others are like it.
  private mutating func repeatEntry(of array: ArrayElement, count: Int, stride: Int?) throws(LayoutError) {
    let (start, depth, before) = (offset, path.count, places.count)
    var first = Places()
    swap(&places, &first)
    try placeEntry(0, of: array, stride: stride)
    swap(&places, &first)
    let octets = offset - start
    guard octets == 0 || count <= (Table.largest - start) / octets,
      first.isEmpty || count <= (Table.largest - before) / first.count
    else { throw .tooLarge(table) }
    try spend((count - 1) * first.count)
    places.append(Places.Entries(first: first, count: count, octets: octets, depth: depth))
    offset = start + count * octets
  }

  /// Ends what hostile dimensions could make endless: arrays in arrays whose entries take no octets.
  private mutating func spend(_ steps: Int = 1) throws(LayoutError) {
    work += steps
    guard work <= 4 * Table.largest else { throw .tooLarge(table) }
  }

  /// Makes an entry or a section as long as the meter says: what is declared beyond that is not there, what is not
  /// declared is kept.
  private mutating func fit(from start: Int, places first: Int, octets: Int) throws(LayoutError) {
    places.cut(at: start + octets, keeping: first)
    offset = places.count > first ? places[places.count - 1].end : start
    let left = start + octets - offset
    if left > 0 { try place(Field("Unlisted", .reserved, size: .exactly(left)), octets: left) }
  }

  private func evaluate(_ count: Count) throws(LayoutError) -> Int {
    let value: Int
    switch count {
    case .exactly(let n): value = n
    case .field(let reference): value = try self.value(of: reference)
    case .entries(let reference): value = try dimensions.values(of: reference, own: own).count
    case .plus(let a, let b): value = try evaluate(a) + evaluate(b)
    case .minus(let a, let n): value = max(0, try evaluate(a) - n)
    case .times(let a, let b):
      // Where an Int has 32 bits, the product of two permitted numbers need not fit.
      let (product, overflow) = try evaluate(a).multipliedReportingOverflow(by: evaluate(b))
      value = overflow ? .max : product
    case .dividedDown(let a, let n): value = try evaluate(a) / n
    case .dividedUp(let a, let n): value = (try evaluate(a) + n - 1) / n
    case .upTo(let end): value = max(0, try evaluate(end) - offset)
    case .rest: value = image.map { max(0, $0.count - offset) } ?? 0
    }
    guard value >= 0, value <= Table.largest else { throw .tooLarge(table) }
    return value
  }

  private func holds(_ condition: Condition) throws(LayoutError) -> Bool {
    switch condition {
    case .isSet(let reference): return try value(of: reference) != 0
    case .equals(let reference, let wanted): return try value(of: reference) == wanted
    case .atLeast(let reference, let least): return try value(of: reference) >= least
    case .firmware(let from, let module):
      return dimensions.firmware?.isFrom(from, module: module) ?? true
    case .version(let major, let minor):
      guard let firmware = dimensions.firmware else { return true }
      return firmware.major == major && firmware.minor == minor
    case .index(let range): return index.map { range.contains($0) } ?? false
    case .not(let condition): return try !holds(condition)
    case .any(let conditions):
      for condition in conditions where try holds(condition) { return true }
      return false
    }
  }

  private func value(of reference: Reference) throws(LayoutError) -> Int {
    try dimensions.value(of: reference, own: own, index: index)
  }

  private var own: Dimensions.Searched {
    Dimensions.Searched(table: table, places: places, octets: image)
  }
}
