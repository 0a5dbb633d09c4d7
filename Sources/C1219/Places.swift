// SPDX-License-Identifier: Apache-2.0

/// The fields of a layout in the order of their octets.
///
/// Where the entries of an array differ in nothing but their offset and index, the first is kept and the others are made
/// when they are asked for: a load profile has 27 000 fields, and few of them are wanted at a time.
public struct Places: RandomAccessCollection, Sendable {
  private(set) var runs: [Run] = []
  public private(set) var count = 0

  /// Fields one behind the other, or an array's entries.
  struct Run: Sendable {
    /// The index of its first field.
    let start: Int
    var fields: [Place] = []
    var entries: Entries?
  }

  struct Entries: Sendable {
    let first: Places
    let count: Int
    /// From one entry to the next.
    let octets: Int
    /// Which step of a field's path tells the entry.
    let depth: Int
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(index: Int) -> Place {
    precondition((0..<count).contains(index))
    let run = runs[self.run(of: index)]
    guard let entries = run.entries else { return run.fields[index - run.start] }
    let (entry, field) = (index - run.start).quotientAndRemainder(dividingBy: entries.first.count)
    return entries.first[field].moved(to: entry, of: entries)
  }

  private func run(of index: Int) -> Int {
    var (low, high) = (0, runs.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].start <= index { low = middle } else { high = middle }
    }
    return low
  }

  // MARK: Laying out

  mutating func append(_ place: Place) {
    if runs.isEmpty || runs[runs.count - 1].entries != nil { runs.append(Run(start: count)) }
    runs[runs.count - 1].fields.append(place)
    count += 1
  }

  mutating func append(_ entries: Entries) {
    guard entries.first.count > 0 else { return }
    runs.append(Run(start: count, entries: entries))
    count += entries.first.count * entries.count
  }

  /// Removes the last fields that go beyond an offset, down to so many.
  mutating func cut(at end: Int, keeping least: Int) {
    while count > least, let last, last.end > end {
      if runs[runs.count - 1].entries != nil { unfold() }
      runs[runs.count - 1].fields.removeLast()
      if runs[runs.count - 1].fields.isEmpty { runs.removeLast() }
      count -= 1
    }
  }

  /// Makes all fields of the last run, which becomes one of fields that may differ.
  private mutating func unfold() {
    let fields = Array(self[runs[runs.count - 1].start...])
    runs.removeLast()
    count -= fields.count
    for field in fields { append(field) }
  }
}

extension Place {
  /// The same field of another entry than the first.
  func moved(to entry: Int, of entries: Places.Entries) -> Place {
    if entry == 0 { return self }
    var path = path
    path[entries.depth] = Step(name: path[entries.depth].name, index: entry)
    return Place(
      path: path, field: field, offset: offset + entry * entries.octets, octets: octets, source: source)
  }
}
