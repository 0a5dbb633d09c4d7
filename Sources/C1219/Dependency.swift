// SPDX-License-Identifier: Apache-2.0

/// What an element's layout depends on.
enum Dependency {
  case field(Reference)
  /// The place of the entry in its array.
  case index
  /// How many octets the table has.
  case length
  /// How many octets stand before it.
  case offset
  case firmware
}

extension Table {
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
  public var dependsOnFirmware: Bool {
    elements.depend { if case .firmware = $0 { true } else { false } }
  }

  /// Whether it has dimensions of its own, so that only its octets tell where its fields lie.
  public var describesItself: Bool {
    elements.depend { dependency in
      switch dependency {
      case .field(let reference): reference.table == nil
      case .length: true
      case .index, .offset, .firmware: false
      }
    }
  }

  /// Calls `body` with every reference to a dimension.
  public func visitReferences(_ body: (Reference) -> Void) {
    for element in elements {
      element.visit { if case .field(let reference) = $0 { body(reference) } }
    }
  }
}

extension ArrayElement {
  /// Whether the entries differ in nothing but their offset and index.
  var isUniform: Bool {
    guard labels == nil else { return false }
    return !entry.depend { dependency in
      switch dependency {
      case .field(let reference): reference.table == nil || reference.entry == .same
      case .index, .length, .offset: true
      case .firmware: false
      }
    }
  }
}

extension [Element] {
  fileprivate func depend(on isOne: (Dependency) -> Bool) -> Bool {
    var found = false
    for element in self { element.visit { found = found || isOne($0) } }
    return found
  }
}

extension Element {
  fileprivate func visit(_ body: (Dependency) -> Void) {
    switch self {
    case .field(let field): field.size.visit(body)
    case .bits: break
    case .array(let array):
      array.count.visit(body)
      array.stride?.visit(body)
      if let labels = array.labels { body(.field(labels.numbers)) }
      for element in array.entry { element.visit(body) }
    case .section(_, let octets, let elements):
      octets.visit(body)
      for element in elements { element.visit(body) }
    case .when(let condition, let then, let otherwise):
      condition.visit(body)
      for element in then + otherwise { element.visit(body) }
    }
  }
}

extension Count {
  fileprivate func visit(_ body: (Dependency) -> Void) {
    switch self {
    case .exactly: break
    case .rest: body(.length)
    case .upTo(let end):
      body(.offset)
      end.visit(body)
    case .field(let reference), .entries(let reference): body(.field(reference))
    case .plus(let a, let b), .times(let a, let b):
      a.visit(body)
      b.visit(body)
    case .dividedDown(let a, _), .dividedUp(let a, _), .minus(let a, _): a.visit(body)
    }
  }
}

extension Condition {
  fileprivate func visit(_ body: (Dependency) -> Void) {
    switch self {
    case .isSet(let reference), .equals(let reference, _), .atLeast(let reference, _): body(.field(reference))
    case .firmware, .version: body(.firmware)
    case .index: body(.index)
    case .not(let condition): condition.visit(body)
    case .any(let conditions): for condition in conditions { condition.visit(body) }
    }
  }
}
