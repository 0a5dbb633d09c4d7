// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import Testing

@testable import MEPGateway

@Suite struct LineProtocolTests {
  private func point(_ name: String = "house", _ values: [Series: Int64], at time: Int64 = 1_760_000_000_250) -> Point {
    Point(meter: Store.MeterID(number: 1), name: name, time: Timestamp(milliseconds: time), values: values)
  }

  @Test func aLineIsOnePoint() {
    let values = [energy: Int64(12_345_678), power: 388, voltage: 230_050, Series("x", exponent: 2, .counter): 7]
    #expect(
      LineProtocol.line(measurement: "meter", point("house", values))
        == "meter,meter=house fwd_active_energy_wh=12345678i,fwd_active_power_w=388,voltage_l1_v=230.050,x=700i"
        + " 1760000000250")
    #expect(LineProtocol.line(measurement: "meter", point("house", [:])) == nil)
  }

  /// A register is an integer and all else a number with a fraction, however finely it was recorded.
  @Test(arguments: [Int8(-3), 0, 1, 2]) func aFieldHasOneType(exponent: Int8) throws {
    for (kind, isInteger) in [(Series.Kind.counter, true), (.balance, true), (.live, false)] {
      let values = [Series("a", exponent: exponent, kind): Int64(-1500)]
      let line = try #require(LineProtocol.line(measurement: "meter", point("house", values)))
      #expect(line.split(separator: " ")[1].hasSuffix("i") == isInteger, "\(line)")
    }
  }

  @Test func namesAreEscaped() {
    #expect(
      LineProtocol.line(measurement: "my meter,a=b", point("left, right = both", [power: 1], at: -5))
        == #"my\ meter\,a=b,meter=left\,\ right\ \=\ both fwd_active_power_w=1 -5"#)
  }

  /// What a parser of the protocol makes of a line is what was put into it.
  @Test func whatIsWrittenIsRead() throws {
    var random = SeededGenerator(seed: 3)
    let letters = Array("ab, =é\n_1")
    func name() -> String {
      "n"
        + String((0..<Int.random(in: 0...6, using: &random)).compactMap { _ in letters.randomElement(using: &random) })
    }
    for _ in 0..<500 {
      let (measurement, meter) = (name(), name())
      var values: [Series: Int64] = [:]
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let kind = [Series.Kind.live, .counter, .balance].randomElement(using: &random) ?? .live
        let exponent = kind == .live ? Int8.random(in: -3...2, using: &random) : 0
        values[Series(name(), exponent: exponent, kind)] = Int64.random(in: -(1 << 40)...1 << 40, using: &random)
      }
      let line = try #require(LineProtocol.line(measurement: measurement, point(meter, values)))
      let read = try #require(ReadLine(line), "\(line)")
      func plain(_ text: String) -> String { text.replacing("\n", with: " ") }
      #expect(read.measurement == plain(measurement) && read.tags == ["meter": plain(meter)])
      #expect(read.time == 1_760_000_000_250)
      for (series, number) in values {
        let text = try #require(read.fields[plain(series.name)])
        // Two series of one name are not in one store.
        if values.keys.count(where: { plain($0.name) == plain(series.name) }) == 1 {
          #expect(text.hasSuffix("i") != series.isLive)
          #expect(Double(text.hasSuffix("i") ? String(text.dropLast()) : text) == Double("\(series.decimal(number))"))
        }
      }
    }
  }
}

/// A line as an engine reads it.
struct ReadLine {
  let measurement: String
  var tags: [String: String] = [:]
  var fields: [String: String] = [:]
  let time: Int64

  init?(_ line: String) {
    let words = Self.parts(line, " ")
    guard words.count == 3, let time = Int64(words[2]) else { return nil }
    let key = Self.parts(words[0], ",")
    (measurement, self.time) = (Self.plain(key[0]), time)
    for tag in key.dropFirst().map({ Self.parts($0, "=") }) where tag.count == 2 {
      tags[Self.plain(tag[0])] = Self.plain(tag[1])
    }
    for field in Self.parts(words[1], ",").map({ Self.parts($0, "=") }) {
      guard field.count == 2 else { return nil }
      fields[Self.plain(field[0])] = field[1]
    }
  }

  /// What stands between separators that are not escaped.
  private static func parts(_ text: String, _ separator: Character) -> [String] {
    var parts = [""]
    var isEscaped = false
    for character in text {
      if character == separator, !isEscaped { parts.append("") } else { parts[parts.count - 1].append(character) }
      isEscaped = character == "\\" && !isEscaped
    }
    return parts
  }

  private static func plain(_ text: String) -> String { text.replacing("\\", with: "") }
}
