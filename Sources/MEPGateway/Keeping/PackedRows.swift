// SPDX-License-Identifier: Apache-2.0

/// Numbers over time: rows that have a time each, columns that have a number each.
public struct Rows: Equatable, Sendable {
  /// In their order, each once.
  public private(set) var times: [Timestamp] = []
  /// A number, or none, for each time.
  public private(set) var columns: [Int64: [Int64?]] = [:]

  public init() {}

  public var count: Int { times.count }
  public var isEmpty: Bool { times.isEmpty }

  /// The numbers of a row.
  public func values(at row: Int) -> [Int64: Int64] { columns.compactMapValues { $0[row] } }

  /// Puts numbers at a time; those of other columns that are there already stay.
  public mutating func put(_ values: [Int64: Int64], at time: Timestamp) {
    let row = place(of: time)
    let count = count
    for (column, value) in values { columns[column, default: [Int64?](repeating: nil, count: count)][row] = value }
  }

  public mutating func put(_ other: Rows) {
    for row in other.times.indices { put(other.values(at: row), at: other.times[row]) }
  }

  /// Puts rows behind all that are there.
  mutating func append(_ later: Rows) {
    guard let first = later.times.first else { return }
    if let last = times.last, first <= last { return put(later) }
    let before = count
    times += later.times
    for column in Set(columns.keys).union(later.columns.keys) {
      columns[column, default: [Int64?](repeating: nil, count: before)] +=
        later.columns[column] ?? [Int64?](repeating: nil, count: later.count)
    }
  }

  /// Only what lies in a range, and only these columns, where they are named.
  public func part(_ range: Range<Timestamp>, columns wanted: Set<Int64>? = nil) -> Rows {
    let rows = lowerBound(range.lowerBound)..<lowerBound(range.upperBound)
    var part = Rows()
    part.times = Array(times[rows])
    for (column, values) in columns where wanted?.contains(column) != false {
      part.columns[column] = Array(values[rows])
    }
    return part
  }

  private mutating func place(of time: Timestamp) -> Int {
    let isLast = times.last.map { $0 < time } ?? true
    let row = isLast ? count : lowerBound(time)
    if isLast || times[row] != time {
      times.insert(time, at: row)
      // Not over the keys themselves: these hold the columns, and each would be copied before it is changed.
      for column in Array(columns.keys) { columns[column]?.insert(nil, at: row) }
    }
    return row
  }

  func lowerBound(_ time: Timestamp) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

// MARK: Packed

/// Rows take little room one column after the other, each number as its difference from the one before:
/// a version (1), the number of rows, their times; then for each column its key, the octets that follow, a bit for each
/// row that has a number (none where all have), and the numbers. A number is a varint of 7 bits an octet, the least
/// significant first, the sign in the lowest bit; a zero is followed by how many more zeros there are.
extension Rows {
  public var packed: [UInt8] {
    var octets: [UInt8] = [Self.version]
    octets.append(varint: UInt64(count))
    // The differences of the differences: a row a second is zeros.
    octets.append(differences: Self.differences(times.map(\.milliseconds)))
    for (column, values) in columns.sorted(by: { $0.key < $1.key }) {
      let present = values.compactMap { $0 }
      if present.isEmpty { continue }
      var content: [UInt8] = [present.count == count ? 0 : 1]
      if present.count != count {
        for start in stride(from: 0, to: count, by: 8) {
          content.append(
            (0..<min(8, count - start)).reduce(0) { $0 | (values[start + $1] == nil ? 0 : 1 << UInt8($1)) })
        }
      }
      content.append(differences: present)
      octets.append(varint: UInt64(bitPattern: column))
      octets.append(varint: UInt64(content.count))
      octets += content
    }
    return octets
  }

  /// - Parameter wanted: the columns to unpack, all where they are not named.
  public init(packed octets: some Collection<UInt8>, columns wanted: Set<Int64>? = nil) throws(Damage) {
    var reader = Reader(octets: Array(octets)[...])
    guard try reader.octet() == Self.version else { throw Damage() }
    let count = try reader.varint()
    // A run of zeros takes two octets: nothing bounds the count but sense.
    guard count <= 1 << 20 else { throw Damage() }
    var time: Int64 = 0
    times = try reader.differences(Int(count)).map { difference in
      time &+= difference
      return Timestamp(milliseconds: time)
    }
    guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else { throw Damage() }
    while !reader.octets.isEmpty {
      let column = Int64(bitPattern: try reader.varint())
      var content = try reader.part(try reader.varint())
      guard wanted?.contains(column) != false else { continue }
      var present = [Bool](repeating: true, count: times.count)
      if try content.octet() == 1 {
        let bits = try content.part(UInt64((times.count + 7) / 8)).octets
        for row in present.indices { present[row] = bits[bits.startIndex + row / 8] >> UInt8(row % 8) & 1 == 1 }
      }
      var numbers = try content.differences(present.count { $0 }).makeIterator()
      columns[column] = present.map { $0 ? numbers.next() : nil }
    }
  }

  /// Octets that nobody packed.
  public struct Damage: Error, Sendable {}

  private static let version: UInt8 = 1

  private static func differences(_ values: [Int64]) -> [Int64] {
    var last: Int64 = 0
    return values.map { value in
      defer { last = value }
      return value &- last
    }
  }

  private struct Reader {
    var octets: ArraySlice<UInt8>

    mutating func octet() throws(Damage) -> UInt8 {
      guard let octet = octets.popFirst() else { throw Damage() }
      return octet
    }

    mutating func varint() throws(Damage) -> UInt64 {
      var (value, shift): (UInt64, UInt64) = (0, 0)
      while true {
        let octet = try octet()
        guard shift < 64 else { throw Damage() }
        value |= UInt64(octet & 0x7F) << shift
        if octet < 0x80 { return value }
        shift += 7
      }
    }

    mutating func part(_ count: UInt64) throws(Damage) -> Reader {
      guard count <= octets.count else { throw Damage() }
      defer { octets = octets.dropFirst(Int(count)) }
      return Reader(octets: octets.prefix(Int(count)))
    }

    /// The numbers whose differences stand here.
    mutating func differences(_ count: Int) throws(Damage) -> [Int64] {
      var values: [Int64] = []
      values.reserveCapacity(count)
      var last: Int64 = 0
      while values.count < count {
        let code = try varint()
        guard code != 0 else {
          let more = try varint()
          guard more < UInt64(count - values.count) else { throw Damage() }
          for _ in 0...more { values.append(last) }
          continue
        }
        last &+= Int64(bitPattern: code >> 1) ^ -Int64(bitPattern: code & 1)
        values.append(last)
      }
      return values
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Numbers as their differences.
  fileprivate mutating func append(differences values: [Int64]) {
    var last: Int64 = 0
    var zeros: UInt64 = 0
    func code(_ difference: Int64) -> UInt64 { UInt64(bitPattern: difference << 1 ^ difference >> 63) }
    for value in values {
      let difference = value &- last
      last = value
      if difference == 0 {
        zeros += 1
        continue
      }
      if zeros > 0 {
        append(0)
        append(varint: zeros - 1)
        zeros = 0
      }
      append(varint: code(difference))
    }
    if zeros > 0 {
      append(0)
      append(varint: zeros - 1)
    }
  }
}
