// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Why values are not the parameters of a procedure.
public enum ParameterProblem: Error, Sendable {
  case missing(String)
  /// A name that is none, and those that are.
  case unknown(String, [String])
  /// A name, and the value that it cannot take.
  case bad(String, String)
}

extension Procedure {
  /// The octets of its parameters, each given once by its name, its value as ``Place/raw(parsing:)`` reads it.
  ///
  /// The length of other octets ("write_data_length") can be left out where these are given ("write_data").
  public func octets(setting values: [(name: String, value: String)]) throws(MeterError) -> [UInt8] {
    var values = values
    var octets = [UInt8](repeating: 0, count: Self.header)
    var i = 0
    while true {
      let places = try places(in: octets)
      guard i < places.count else { break }
      let name = places[i].pathText
      defer { i += 1 }
      let value: String
      if let given = values.firstIndex(where: { $0.name.slug == name }) {
        value = values.remove(at: given).value
      } else if let data = values.first(where: { $0.name.slug + "_length" == name }) {
        value = "\(data.value.filter { $0 != " " }.count / 2)"
      } else if places[i].octets == 0 {
        continue
      } else {
        throw .parameters(id, .missing(name))
      }
      octets += [UInt8](repeating: 0, count: max(0, places[i].end - octets.count))
      if let raw = places[i].raw(parsing: value), places[i].store(raw, in: &octets) { continue }
      // What goes on to the end is as long as it is given.
      octets = octets.prefix(places[i].offset) + [UInt8](repeating: 0, count: value.filter { $0 != " " }.count / 2)
      guard let longer = try self.places(in: octets).dropFirst(i).first, let raw = longer.raw(parsing: value),
        longer.store(raw, in: &octets)
      else { throw .parameters(id, .bad(name, value)) }
    }
    if let other = values.first { throw .parameters(id, .unknown(other.name, names)) }
    return Array(octets.dropFirst(Self.header))
  }

  /// Number and sequence number.
  private static let header = 3

  private func places(in octets: [UInt8]) throws(MeterError) -> [Place] {
    do throws(LayoutError) {
      return try call.layout(in: Dimensions(), image: octets).places.filter { $0.offset >= Self.header }
    } catch {
      throw .layout(error)
    }
  }

  /// Those that a call always has.
  private var names: [String] {
    (try? places(in: [UInt8](repeating: 0, count: Self.header)))?.map(\.pathText) ?? []
  }
}
