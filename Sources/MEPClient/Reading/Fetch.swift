// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP

/// Which octets to ask for.
enum Fetch {
  /// A request of its own costs about as many octets of line time as this, with its header, its answer's and the pause.
  static let requestCost = 128

  /// The octets that these fields need, in as few requests as are worth it; no field is torn apart.
  static func ranges(of places: [Place], within room: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for place in places.sorted(by: { $0.offset < $1.offset }) where place.octets > 0 {
      if let last = ranges.last, place.offset - last.upperBound <= requestCost,
        place.end - last.lowerBound <= room
      {
        ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, place.end)
      } else {
        ranges += split(place.offset..<place.end, within: room)
      }
    }
    return ranges
  }

  /// A whole table in parts that fit a message and end where a field ends, so that no value mixes two moments.
  static func parts(of layout: Layout, within room: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    var end = 0
    for place in layout.places where place.octets > 0 {
      if place.end - start > room, end > start {
        parts.append(start..<end)
        start = end
      }
      end = max(end, place.end)
      while end - start > room {
        parts.append(start..<start + room)
        start += room
      }
    }
    return end > start ? parts + [start..<end] : parts
  }

  /// Octets one after the other, as many at a time as a message can carry.
  static func split(_ range: Range<Int>, within room: Int) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: room).map {
      $0..<min($0 + room, range.upperBound)
    }
  }
}
