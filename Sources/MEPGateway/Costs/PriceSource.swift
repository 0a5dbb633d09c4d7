// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPClient

/// Where the prices of a series come from, and how they are written there.
public struct PriceSource: Sendable, Equatable {
  public let name: String
  public let place: Place
  var form = Form.csv(separator: ",")
  /// The names of the columns, or members.
  var time = "time"
  var price = "price"
  /// What stands before decimals in CSV.
  var point: Character = "."
  /// Whether a price is that of a MWh.
  var isOfMWh = false
  /// By whose clock times are, where they do not say.
  var zone: TimeZone
  var step = Step.hour
  /// Whether quarters are charged by the mean of their hour.
  var isSettledByHour = false

  public enum Place: Sendable, Equatable {
    case file(String)
    case url(String)
    /// An MQTT topic.
    case topic(String)
  }

  public enum Form: Sendable, Equatable {
    /// The first line has the names of the columns.
    case csv(separator: Character)
    /// A list of objects, below these members.
    case json([String])
  }

  public init(_ name: String, _ place: Place, in zone: TimeZone) {
    (self.name, self.place, self.zone) = (name, place, zone)
  }

  /// For how long each of its prices holds, as they are charged.
  var holds: Step { isSettledByHour ? .hour : step }

  /// Why prices cannot be had.
  public struct Flaw: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
    /// Whether nothing is wrong with the source: what it said may be kept later.
    var isOfStore = false
  }

  /// Without what may be secret in an address.
  var origin: String {
    switch place {
    case .file(let path): path
    case .url(let url): String(url.prefix { !"?#".contains($0) }).replacing(#/://[^/]*@/#, with: "://")
    case .topic(let topic): topic
    }
  }

  func flaw(_ words: String, at number: Int? = nil) -> Flaw {
    Flaw(description: origin + (number.map { ":\($0)" } ?? "") + ": " + words)
  }

  /// Reads what is written there.
  func series(_ text: String) throws(Flaw) -> PriceSeries {
    let rows =
      switch form {
      case .csv(let separator): try csv(text, separator)
      case .json(let members): try json(text, members)
      }
    guard !rows.isEmpty else { throw flaw("there are no prices in it.") }
    var (series, before) = (PriceSeries(step: step), nil as Timestamp?)
    let isBackwards = rows.count > 1 && rows[0].time > rows[rows.count - 1].time
    for row in isBackwards ? rows.reversed() : rows {
      var start = row.start
      // The hour that a clock shows twice stands there twice: the second is an hour later.
      if let local = row.isLocal ? start : nil, series.has(local) || before.map({ local < $0 }) ?? false {
        let later = local + PriceSeries.hour
        if later.local(in: zone) == local.local(in: zone) { start = later }
      }
      guard series.add(row.price, at: start) else {
        throw flaw(
          start.floored(to: series.span) == start
            ? "\(row.time) has two prices." : "\(row.time) is no full \(step.rawValue): see step:.",
          at: row.number)
      }
      before = start
    }
    return isSettledByHour ? series.hourly() : series
  }

  /// One price.
  private struct Row {
    /// The line, or the place in the list.
    let number: Int
    /// As it is written.
    let time: String
    let start: Timestamp
    let isLocal: Bool
    let price: Price
  }

  private func start(_ time: String, at number: Int) throws(Flaw) -> (Timestamp, isLocal: Bool) {
    // Many write a blank where the standard has a T.
    guard let written = WrittenTime(time.replacing(" ", with: "T", maxReplacements: 1)) else {
      throw flaw("takes a time such as 2026-11-22T10:00, and not \"\(Self.shown(time))\".", at: number)
    }
    return (Timestamp(written, in: zone), written.ahead == nil)
  }

  /// What was written, to be told: it may be anything.
  private static func shown(_ text: some StringProtocol, _ most: Int = 60) -> String {
    let scalars = text.unicodeScalars.lazy.filter { $0.properties.generalCategory != .control }
    return String(String.UnicodeScalarView(scalars.prefix(most)))
  }

  // MARK: CSV

  private func csv(_ text: String, _ separator: Character) throws(Flaw) -> [Row] {
    var rows: [Row] = []
    var columns: (time: Int, price: Int)?
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in zip(1..., lines) where !line.allSatisfy(\.isWhitespace) {
      let fields = Self.fields(line, separator)
      guard let columns else {
        guard let first = fields.firstIndex(of: time), let second = fields.firstIndex(of: price) else {
          throw flaw(
            "has no columns \"\(time)\" and \"\(price)\", but \(Self.shown(fields.joined(separator: ", "), 200)): "
              + "see time: and price:.",
            at: number)
        }
        columns = (first, second)
        continue
      }
      guard fields.count > max(columns.time, columns.price) else { throw flaw("the line ends too early.", at: number) }
      // What is not known yet is left empty.
      if fields[columns.price].isEmpty { continue }
      guard let price = Price(fields[columns.price], point: point, ofThousand: isOfMWh) else {
        throw flaw("takes a price such as 0\(point)25, and not \"\(Self.shown(fields[columns.price]))\".", at: number)
      }
      let (start, isLocal) = try start(fields[columns.time], at: number)
      rows.append(Row(number: number, time: fields[columns.time], start: start, isLocal: isLocal, price: price))
    }
    return rows
  }

  /// What stands between separators; in quotes they are none.
  private static func fields(_ line: Substring, _ separator: Character) -> [String] {
    var (fields, isQuoted) = ([""], false)
    // A mark of the order of octets is no part of a name.
    for character in line where character != "\u{FEFF}" {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == separator, !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return fields.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  // MARK: JSON

  private func json(_ text: String, _ members: [String]) throws(Flaw) -> [Row] {
    guard var found = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else { throw flaw("is no JSON.") }
    for member in members {
      guard let inside = (found as? [String: Any])?[member] else {
        throw flaw("has no \"\(member)\": see list:.")
      }
      found = inside
    }
    guard let list = found as? [[String: Any]] else { throw flaw("takes a list of objects: see list:.") }
    var rows: [Row] = []
    for (number, object) in zip(1..., list) {
      guard let value = object[price], let time = object[time] else {
        throw flaw("has no \"\(self.time)\" and \"\(price)\": see time: and price:.", at: number)
      }
      if value is NSNull { continue }
      let words = value as? String
      guard let price = words.map({ Price($0, ofThousand: isOfMWh) }) ?? Self.price(value, ofMWh: isOfMWh) else {
        throw flaw("takes a number as price.", at: number)
      }
      if let count = Self.number(time) {
        // Seconds or milliseconds since 1970, as those of our years are told apart.
        let milliseconds = count > 100_000_000_000 ? count : count * 1000
        guard Self.years.contains(milliseconds) else { throw flaw("\(count) is no time of our years.", at: number) }
        let start = Timestamp(milliseconds: Int64(milliseconds))
        rows.append(Row(number: number, time: "\(start)", start: start, isLocal: false, price: price))
      } else {
        let words = time as? String ?? ""
        let (start, isLocal) = try start(words, at: number)
        rows.append(Row(number: number, time: words, start: start, isLocal: isLocal, price: price))
      }
    }
    return rows
  }

  /// Milliseconds through the end of 2099.
  private static let years = 0.0..<4_102_444_800_000

  /// True and false are numbers as well, but none that anybody means.
  private static func number(_ value: Any) -> Double? {
    guard let number = value as? NSNumber, type(of: number) == NSNumber.self else { return nil }
    return number.doubleValue
  }

  /// The nearest billionth is the one that was written: below a million there are digits enough.
  private static func price(_ value: Any, ofMWh: Bool) -> Price? {
    guard let number = number(value), abs(number) < 1_000_000 else { return nil }
    return Price(billionths: Int64((number * (ofMWh ? 1e6 : 1e9)).rounded()))
  }
}
