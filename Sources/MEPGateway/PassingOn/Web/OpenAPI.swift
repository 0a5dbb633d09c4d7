// SPDX-License-Identifier: Apache-2.0
import MEPClient

/// The OpenAPI 3.1 document of what a ``Site`` answers.
enum OpenAPI {
  static func document(_ endpoints: [Endpoint], version: String) -> JSON {
    .object([
      ("openapi", .string("3.1.0")),
      (
        "info",
        .object([
          ("title", .string("mep gateway")), ("version", .string(version)),
          ("description", .string("What electricity meters measure, and what was kept of it. Times are in UTC.")),
        ])
      ),
      // Where the document is: behind a proxy it may be anywhere.
      ("servers", .array([.object([("url", .string("."))])])),
      ("paths", .object(endpoints.map { ($0.path, .object([("get", operation($0))])) })),
      (
        "components",
        .object([
          (
            "securitySchemes",
            .object(
              [("password", "basic"), ("token", "bearer")].map { name, scheme in
                (name, .object([("type", .string("http")), ("scheme", .string(scheme))]))
              })
          )
        ])
      ),
      ("security", .array([.object([]), .object([("password", .array([]))]), .object([("token", .array([]))])])),
    ])
  }

  private static func operation(_ endpoint: Endpoint) -> JSON {
    let captured = endpoint.path.split(separator: "/").filter { $0.first == "{" }.map { $0.dropFirst().dropLast() }
    let inPath = captured.map { name in
      parameter(String(name), "path", Self.words[String(name)] ?? "", Schema.text.json)
    }
    let inQuery = endpoint.parameters.map { parameter($0.name, "query", $0.words, $0.schema) }
    let content: [(String, JSON)] =
      switch endpoint.content {
      case .json(let schema): [("application/json", .object([("schema", schema.json)]))]
      case .text(let types): types.map { ($0, .object([("schema", Schema.text.json)])) }
      }
    let refusals: [(String, String)] =
      [("401", "A password or a token is needed."), ("403", "Asked from another site."), ("429", "Asked too often.")]
      + (endpoint.parameters.isEmpty ? [] : [("400", "A parameter makes no sense.")])
      + (captured.isEmpty ? [] : [("404", "There is no such thing.")])
      + [
        ("500", "The store failed."), ("502", "The meter answers, and not with what was asked for."),
        ("503", "Not at the moment."),
      ]
    let refusal = Schema.object([.init("error", .text)])
    return .object([
      ("summary", .string(endpoint.summary)),
      ("parameters", .array(inPath + inQuery)),
      (
        "responses",
        .object(
          [("200", .object([("description", .string("What was asked.")), ("content", .object(content))]))]
            + refusals.map { status, words in
              (
                status,
                .object([
                  ("description", .string(words)),
                  ("content", .object([("application/json", .object([("schema", refusal.json)]))])),
                ])
              )
            })
      ),
    ])
  }

  private static let words = [
    "meter": "The meter's name, as the configuration has it.", "table": "BT28, ET03, or a number.",
  ]

  private static func parameter(_ name: String, _ place: String, _ words: String, _ schema: JSON) -> JSON {
    .object([
      ("name", .string(name)), ("in", .string(place)), ("required", .bool(place == "path")),
      ("description", .string(words)), ("schema", schema),
    ])
  }
}

extension Parameter {
  /// RFC 3339, or a day, or a time of the house's clock. Leap years are nothing that a pattern can tell.
  private static let time: String = {
    let day = #"((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"#
    let hour = #"([01]\d|2[0-3]):[0-5]\d"#
    return #"^20\d\d-\#(day)(T\#(hour)(:[0-5]\d(\.\d{1,3})?)?(Z|[+-]\#(hour))?)?$"#
  }()

  fileprivate var schema: JSON {
    switch kind {
    case .time:
      .object([("type", .string("string")), ("pattern", .string(Self.time))])
    case .names: .object([("type", .string("string")), ("pattern", .string("^[A-Za-z0-9_-]+(,[A-Za-z0-9_-]+)*$"))])
    case .choice(let names): Schema.choice(names).json
    case .count(let range):
      .object([
        ("type", .string("integer")), ("minimum", .integer(Int64(range.lowerBound))),
        ("maximum", .integer(Int64(range.upperBound))),
      ])
    }
  }
}
