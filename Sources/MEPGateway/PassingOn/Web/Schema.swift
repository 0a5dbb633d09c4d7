// SPDX-License-Identifier: Apache-2.0
import MEPClient

/// What JSON looks like, for the OpenAPI document.
indirect enum Schema: Sendable {
  /// Members, and what others may be among them.
  case object([Member], others: Schema? = nil)
  /// Published names, each with one of these.
  case map(Schema)
  case array(Schema)
  case text
  case time
  case number
  case integer
  case flag
  case choice([String])
  case nullable(Schema)
  case any

  struct Member: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool

    init(_ name: String, _ schema: Schema, isRequired: Bool = true) {
      (self.name, self.schema, self.isRequired) = (name, schema, isRequired)
    }
  }

  /// As JSON Schema 2020-12 has it.
  var json: JSON {
    switch self {
    case .object(let members, let others):
      .object([
        ("type", .string("object")),
        ("properties", .object(members.map { ($0.name, $0.schema.json) })),
        ("required", .array(members.filter(\.isRequired).map { .string($0.name) })),
        ("additionalProperties", others?.json ?? .bool(false)),
      ])
    case .map(let schema): .object([("type", .string("object")), ("additionalProperties", schema.json)])
    case .array(let schema): .object([("type", .string("array")), ("items", schema.json)])
    case .text: .object([("type", .string("string"))])
    case .time: .object([("type", .string("string")), ("format", .string("date-time"))])
    case .number: .object([("type", .string("number"))])
    case .integer: .object([("type", .string("integer"))])
    case .flag: .object([("type", .string("boolean"))])
    case .choice(let names): .object([("type", .string("string")), ("enum", .array(names.map { .string($0) }))])
    case .any: .object([])
    case .nullable(let schema): .object([("anyOf", .array([schema.json, .object([("type", .string("null"))])]))])
    }
  }
}
