// SPDX-License-Identifier: Apache-2.0

extension Layout {
  /// The fields of each entry of an array that is in no other one; empty where the table has no such array, or no entries.
  public func entries(of array: StaticString) -> [Slice<Places>] {
    var entries: [Slice<Places>] = []
    func note(_ index: Int, _ range: Range<Int>) {
      while entries.count <= index { entries.append(places[range.lowerBound..<range.lowerBound]) }
      entries[index] = places[entries[index].startIndex..<range.upperBound]
    }
    for run in places.runs {
      for (i, place) in run.fields.enumerated() {
        if let index = place.entry(of: array) { note(index, run.start + i..<run.start + i + 1) }
      }
      guard let repeated = run.entries, let index = repeated.first.first?.entry(of: array) else { continue }
      let size = repeated.first.count
      for i in 0..<repeated.count {
        let start = run.start + i * size
        note(repeated.depth == 0 ? i : index, start..<start + size)
      }
    }
    return entries
  }
}

extension Place {
  fileprivate func entry(of array: StaticString) -> Int? {
    guard let step = path.first, step.isCalled(array) else { return nil }
    return step.index
  }
}
