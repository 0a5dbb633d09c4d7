// SPDX-License-Identifier: Apache-2.0

#if !hasFeature(Embedded)
  extension StaticString {
    /// The guide's name as part of a path: "Number of Self-reads" becomes "number_of_self_reads".
    public var slug: String { String(decoding: name.slug, as: UTF8.self) }

    private var name: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }

    /// Whether this is its ``slug``, without making it: of the names in a table most differ in their first letters.
    func hasSlug(_ wanted: [UInt8]) -> Bool {
      if let letter = name.first?.lowercaseLetter, letter != wanted.first { return false }
      var matched = 0
      name.visitSlug { octet in
        guard matched < wanted.count, wanted[matched] == octet else {
          matched = -1
          return false
        }
        matched += 1
        return true
      }
      return matched == wanted.count
    }
  }

  extension String {
    /// Lower case, letters and digits kept, everything between them one underscore; "+" is spoken.
    public var slug: String { String(decoding: utf8.slug, as: UTF8.self) }
  }

  extension UInt8 {
    /// Of an ASCII letter or digit; nil for anything else.
    fileprivate var lowercaseLetter: UInt8? {
      switch self {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): self
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): self | 0x20
      default: nil
      }
    }
  }

  extension Sequence<UInt8> {
    fileprivate var slug: [UInt8] {
      var result: [UInt8] = []
      visitSlug { octet in
        result.append(octet)
        return true
      }
      return result
    }

    /// Octet by octet, as asking characters what they are takes ten times as long; until the body has had enough.
    fileprivate func visitSlug(_ body: (UInt8) -> Bool) {
      var (gap, isFirst) = (false, true)
      for octet in self {
        if let letter = octet.lowercaseLetter {
          if gap, !isFirst, !body(UInt8(ascii: "_")) { return }
          (gap, isFirst) = (false, false)
          if !body(letter) { return }
        } else if octet == UInt8(ascii: "+") {
          for letter in (isFirst ? "plus" : "_plus").utf8 where !body(letter) { return }
          (gap, isFirst) = (true, false)
        } else {
          gap = true
        }
      }
    }
  }

  extension Place {
    /// The register source's name, or the guide's name for the field.
    public var displayName: String {
      if let source {
        let name = source.name.isEmpty ? "Source \(source.number)" : source.name.description
        return field.name.isEmpty ? name : "\(name) \(field.name.description)"
      }
      return field.name.isEmpty ? (path.last?.name.description ?? "") : field.name.description
    }
  }

  extension Reference {
    /// "BT21 Number of Summations".
    public var description: String {
      let which =
        switch entry {
        case .nearest: ""
        case .at(let n): "[\(n)]"
        case .same: "[of the same entry]"
        }
      return (table.map { "\($0.id) " } ?? "") + field.description + which
    }
  }

  extension Count {
    /// In words: "BT21 Number of Demands / 8, rounded up".
    public var description: String {
      switch self {
      case .exactly(let n): "\(n)"
      case .field(let reference): reference.description
      case .entries(let reference): "entries of \(reference.description)"
      case .minus(let a, let n): "\(a.factor) − \(n)"
      case .plus(let a, let b): "\(a.description) + \(b.description)"
      case .times(let a, let b): "\(a.factor) × \(b.factor)"
      case .dividedDown(let a, let n): "\(a.factor) / \(n)"
      case .dividedUp(let a, let n): "\(a.factor) / \(n), rounded up"
      case .upTo(let end): "up to octet \(end.description)"
      case .rest: "what is left"
      }
    }

    private var factor: String {
      if case .plus = self { "(\(description))" } else { description }
    }
  }

  extension Condition {
    public var description: String {
      switch self {
      case .isSet(let reference): reference.description
      case .equals(let reference, let value): "\(reference.description) = \(value)"
      case .atLeast(let reference, let value): "\(reference.description) ≥ \(value)"
      case .firmware(let from, let module):
        "firmware from \(from.short)" + (module.map { " (modules from \($0.short))" } ?? " (not in modules)")
      case .version(let major, let minor): "firmware \(major).\(minor)"
      case .index(let range): "entry \(range.lowerBound) to \(range.upperBound)"
      case .not(let condition): "not \(condition.description)"
      case .any(let conditions): conditions.map(\.description).joined(separator: " or ")
      }
    }
  }

  extension LayoutError: CustomStringConvertible {
    public var description: String {
      switch self {
      case .needs(let table): "\(table) must be read first: it says how this table is laid out."
      case .absent(let table, let field): "\(table) of this meter is too short to have \"\(field.description)\"."
      case .impossible(let table, let field, let value):
        "\(table) says that \"\(field.description)\" is \(value), which no meter can have; its configuration cannot be "
          + "trusted."
      case .tooLarge(let table): "By the meter's dimensions \(table) would be larger than any table can be."
      }
    }
  }
#endif
