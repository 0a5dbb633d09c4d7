// SPDX-License-Identifier: Apache-2.0

extension Layout {
  /// The fields of each entry of an array that is in no other one; empty where the table has no such array, or no entries.
  public func entries(of array: StaticString) -> [ArraySlice<Place>] {
    var entries: [ArraySlice<Place>] = []
    for i in places.indices {
      guard let step = places[i].path.first, let index = step.index, same(step.name, array) else { continue }
      while entries.count <= index { entries.append(places[i..<i]) }
      entries[index] = places[entries[index].startIndex...i]
    }
    return entries
  }
}
