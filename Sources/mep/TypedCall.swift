// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables

/// A procedure and its parameters as somebody typed them, and what came of the call.
struct TypedCall {
  let id: ProcedureID
  let parameters: [UInt8]
  /// Nil for one that the guide does not name.
  private let procedure: Procedure?

  /// - Parameters:
  ///   - words: NAME=VALUE each.
  ///   - octets: the parameters in hexadecimal, in place of words.
  ///   - unproven: whether a layout that nobody has proven will do.
  init(_ name: String, _ words: [String], octets: String? = nil, unproven: Bool) throws {
    guard let id = ProcedureID(name) else {
      throw Failure(.wrongUse, "\"\(name)\" names no procedure: write EP17, BP10 or a number.")
    }
    let procedure = Catalogue.procedure(id)
    (self.id, self.procedure) = (id, procedure)
    if procedure?.source == .unproven, !unproven {
      throw Failure(
        .wrongUse,
        "The public guide leaves the parameters of \(id) out: only our own simulated meter is known to understand them as "
          + "they are sent here. Give --unproven if that will do. Nothing was sent.")
    }
    if let octets {
      guard words.isEmpty, let given = Hex.octets(octets) else {
        throw Failure(.wrongUse, "--octets takes hexadecimal digits, two an octet, in place of NAME=VALUE.")
      }
      parameters = given
      return
    }
    guard let procedure, procedure.source != .named else {
      throw Failure(.wrongUse, "The parameters of \(id) are not public: give them by --octets (\"\" for none).")
    }
    let values = try words.map { word in
      guard let equals = word.firstIndex(of: "=") else {
        throw Failure(.wrongUse, "\"\(word)\" is no NAME=VALUE, such as device_handle=1000.")
      }
      return (name: String(word[..<equals]), value: String(word[word.index(after: equals)...]))
    }
    do throws(MeterError) { parameters = try procedure.octets(setting: values) } catch {
      throw Failure(.wrongUse, error.description)
    }
  }

  var title: String { "\(id) \(procedure?.name.description ?? "")".trimmed }
  var consequences: [Consequence] { procedure?.consequences ?? Consequence.allCases }

  /// For a person: the result in words, then what was answered beyond it.
  func lines(_ answer: ProcedureAnswer) -> [String] {
    let octets = answer.data.contains { $0 != 0 } ? ["  octets: \(Hex.text(answer.data, separator: " "))"] : []
    return ["\(title): result \(answer.result), \"\(words(answer))\"."] + report(answer).lines.dropFirst() + octets
  }

  func members(_ answer: ProcedureAnswer) -> [(String, JSON)] {
    [
      ("procedure", .string("\(id)")), ("id", .integer(Int64(id.number))),
      ("name", procedure.map { $0.name.description }.flatMap { $0.isEmpty ? nil : .string($0) } ?? .null),
      ("parameters", .string(Hex.text(parameters))), ("result", .integer(Int64(answer.result))),
      ("meaning", .string(words(answer))), ("octets", .string(Hex.text(answer.data))),
      ("fields", report(answer).fields),
    ]
  }

  private func words(_ answer: ProcedureAnswer) -> String {
    "\(Procedure.words(for: answer.result, of: procedure))"
  }

  /// The fields of the answer behind its header.
  private func report(_ answer: ProcedureAnswer) -> Report {
    let table = procedure?.response(in: .bt08) ?? .bt08
    let places = procedure == nil ? nil : try? table.layout(in: Dimensions()).places
    let own = places?.filter { $0.offset >= 4 && $0.end <= answer.octets.count } ?? []
    return Report(table, octets: answer.octets, places: own, ranges: [])
  }
}
