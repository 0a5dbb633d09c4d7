// SPDX-License-Identifier: Apache-2.0

#if !hasFeature(Embedded)
  extension Place {
    /// "tiers[0].summations[3]": as it is asked for, and as it is printed.
    public var pathText: String {
      var text = ""
      for step in path {
        let slug = step.name.slug
        if !slug.isEmpty { text += (text.isEmpty ? "" : ".") + slug }
        if let index = step.index { text += "[\(index)]" }
      }
      return text
    }
  }

  extension Layout {
    /// The field whose ``Place/pathText`` this is.
    public func place(at path: String) -> Place? { places.place(at: PathStep.steps(of: path)) }
  }

  /// A step of a path as it is written.
  private struct PathStep {
    var slug: [UInt8]
    var index: Int?

    static func steps(of path: String) -> [PathStep] {
      path.split(separator: ".").flatMap { part in
        let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
        let indices = pieces.dropFirst().map { Int($0.dropLast()) }
        let first = PathStep(slug: Array(pieces[0].utf8), index: indices.first ?? nil)
        return [first] + indices.dropFirst().map { PathStep(slug: [], index: $0) }
      }
    }
  }

  extension Places {
    fileprivate func place(at path: [PathStep]) -> Place? {
      for run in runs {
        if let place = run.fields.first(where: { $0.isAt(path) }) { return place }
        guard let entries = run.entries, entries.depth < path.count, let entry = path[entries.depth].index,
          (0..<entries.count).contains(entry)
        else { continue }
        var first = path
        first[entries.depth].index = 0
        if let place = entries.first.place(at: first) { return place.moved(to: entry, of: entries) }
      }
      return nil
    }
  }

  extension Place {
    fileprivate func isAt(_ wanted: [PathStep]) -> Bool {
      guard path.count == wanted.count else { return false }
      // Fields differ in their last names first.
      for i in wanted.indices.reversed() {
        guard path[i].index == wanted[i].index, path[i].name.hasSlug(wanted[i].slug) else { return false }
      }
      return true
    }
  }
#endif
