// SPDX-License-Identifier: Apache-2.0

/// A table as it is declared, once: everything else that is known of it is derived from here.
public struct Table: Sendable {
  public let id: TableID
  /// The guide's name.
  public let name: StaticString
  /// The page of its guide on which its section begins, counted from the cover.
  public let page: Int
  public let guide: Guide
  public let read: Access
  public let write: Access
  /// Which accesses touch the meter's non-volatile memory (guide, Appendix C).
  public let memory: NonVolatileMemory
  public let elements: [Element]

  /// Who describes a table.
  public enum Guide: Sendable {
    /// The MEP Client Developer's Guide; its printed page numbers are 6 less.
    case mep
    /// The Optical Port Programmer's Guide; its printed page numbers are 2 less.
    case optical

    public var title: StaticString {
      switch self {
      case .mep: "MEP Client Developer's Guide"
      case .optical: "Optical Port Programmer's Guide"
      }
    }
  }

  /// Which key an access needs.
  public enum Access: Sendable {
    case none
    /// The advanced key (MAK).
    case advanced
    /// Either key.
    case any

    public var words: StaticString {
      switch self {
      case .none: "none"
      case .advanced: "MAK"
      case .any: "MBK or MAK"
      }
    }
  }

  public struct NonVolatileMemory: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let write = NonVolatileMemory(rawValue: 1)
    public static let read = NonVolatileMemory(rawValue: 2)
  }

  public init(
    _ id: TableID, _ name: StaticString, page: Int, guide: Guide = .mep, read: Access = .any, write: Access = .none,
    memory: NonVolatileMemory = [], _ elements: [Element]
  ) {
    self.id = id
    self.name = name
    self.page = page
    self.guide = guide
    self.read = read
    self.write = write
    self.memory = memory
    self.elements = elements
  }

  /// The tables whose fields shape this one, those first that shape others.
  public var dimensionTables: [Table] {
    var found: [Table] = []
    visitReferences { reference in
      guard let table = reference.table else { return }
      for candidate in table.dimensionTables + [table] where !found.contains(where: { $0.id == candidate.id }) {
        found.append(candidate)
      }
    }
    return found
  }

  /// Whether its layout depends on the firmware version, which BT01 tells.
  public var dependsOnFirmware: Bool { elements.contains { $0.dependsOnFirmware } }

  /// Whether it has dimensions of its own, so that only its octets tell where its fields lie.
  public var describesItself: Bool {
    var found = false
    visitReferences { if $0.table == nil { found = true } }
    return found
  }

  /// Calls `body` with every reference to a dimension.
  public func visitReferences(_ body: (Reference) -> Void) {
    for element in elements { element.visitReferences(body) }
  }
}

extension Element {
  fileprivate func visitReferences(_ body: (Reference) -> Void) {
    switch self {
    case .field(let field): field.size.visitReferences(body)
    case .bits: break
    case .array(let array):
      array.count.visitReferences(body)
      array.stride?.visitReferences(body)
      if let labels = array.labels { body(labels.numbers) }
      for element in array.entry { element.visitReferences(body) }
    case .when(let condition, let then, let otherwise):
      condition.visitReferences(body)
      for element in then + otherwise { element.visitReferences(body) }
    }
  }

  fileprivate var dependsOnFirmware: Bool {
    switch self {
    case .field, .bits: false
    case .array(let array): array.entry.contains { $0.dependsOnFirmware }
    case .when(let condition, let then, let otherwise):
      condition.dependsOnFirmware || (then + otherwise).contains { $0.dependsOnFirmware }
    }
  }
}

extension Count {
  fileprivate func visitReferences(_ body: (Reference) -> Void) {
    switch self {
    case .exactly, .rest: break
    case .field(let reference), .entries(let reference): body(reference)
    case .plus(let a, let b), .times(let a, let b):
      a.visitReferences(body)
      b.visitReferences(body)
    case .dividedDown(let a, _), .dividedUp(let a, _), .minus(let a, _), .upTo(let a): a.visitReferences(body)
    }
  }
}

extension Condition {
  fileprivate func visitReferences(_ body: (Reference) -> Void) {
    switch self {
    case .isSet(let reference), .equals(let reference, _), .atLeast(let reference, _): body(reference)
    case .firmware, .version, .index: break
    case .not(let condition): condition.visitReferences(body)
    case .any(let conditions): for condition in conditions { condition.visitReferences(body) }
    }
  }

  fileprivate var dependsOnFirmware: Bool {
    switch self {
    case .firmware, .version: true
    case .isSet, .equals, .atLeast, .index: false
    case .not(let condition): condition.dependsOnFirmware
    case .any(let conditions): conditions.contains { $0.dependsOnFirmware }
    }
  }
}
