// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import MEP

/// A line of a capture (`.mepcap`): octets as they came, whose they are, and when the last of them was there.
///
/// A capture is a text of JSON objects, one a line: `{"from":"client","octets":"0011…","time":1764380106.123456}`. `time`
/// is in seconds since 1970-01-01 UTC. Members that are not known are passed over.
public struct CaptureRecord: Equatable, Sendable {
  /// Microseconds since 1970-01-01 UTC.
  public let time: Instant
  public let speaker: Speaker
  public let octets: [UInt8]

  public init(time: Instant, speaker: Speaker, octets: [UInt8]) {
    self.time = time
    self.speaker = speaker
    self.octets = octets
  }

  /// Nil for what is no such line.
  public init?(line: some StringProtocol) {
    guard let form = try? JSONDecoder().decode(Form.self, from: Data(line.utf8)), form.time.isFinite,
      abs(form.time) < 1e11, let octets = Hex.octets(form.octets), !octets.isEmpty
    else { return nil }
    self.init(
      time: Instant(microseconds: Int64((form.time * 1_000_000).rounded())), speaker: form.from, octets: octets)
  }

  /// Without a line feed.
  public var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let form = Form(time: Double(time.microseconds) / 1_000_000, from: speaker, octets: Hex.text(octets))
    guard let data = try? encoder.encode(form) else { preconditionFailure("a finite number and two texts have a form") }
    return String(decoding: data, as: UTF8.self)
  }

  private struct Form: Codable {
    var time: Double
    var from: Speaker
    var octets: String
  }
}
