// SPDX-License-Identifier: Apache-2.0

/// JSON to give away: members keep their order, and numbers are written as exactly as they are known.
public indirect enum JSON: Sendable, CustomStringConvertible {
  case object([(String, JSON)])
  case array([JSON])
  case string(String)
  case integer(Int64)
  /// A number in plain decimal digits.
  case number(String)
  case bool(Bool)
  case null

  public var description: String {
    switch self {
    case .object(let members): "{" + members.map { Self.quote($0) + ":" + $1.description }.joined(separator: ",") + "}"
    case .array(let items): "[" + items.map(\.description).joined(separator: ",") + "]"
    case .string(let text): Self.quote(text)
    case .integer(let value): "\(value)"
    case .number(let digits): digits
    case .bool(let value): value ? "true" : "false"
    case .null: "null"
    }
  }

  private static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
