// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import MEPTransport
import OSGPTables

extension Listing {
  /// An interval a row. The names are a promise to scripts: see CHANGELOG.md.
  init(_ reading: LoadProfileReading, utc: Bool) {
    let channels = reading.profile.channels
    self.init(
      [Column("end", utc ? "End (UTC)" : "End")]
        + zip(channels.publishedNames, channels).map { Column($0, $1.label) } + [Column("status", "Status")])
    for interval in reading.intervals {
      let values = zip(channels, interval.values).map { channel, value in channel.shown(value) }
      add(
        [.string(Clock.text(interval.end, utc: utc))] + values
          + [.string(interval.words(channels.publishedNames).joined(separator: "; "))])
    }
  }
}

extension LoadProfile.Channel {
  fileprivate var label: String {
    switch source {
    case .register(let source): source.label
    case .mbus(let device, let type):
      "M-Bus \(device) "
        + (type.content.map { "\($0.quantity) \($0.unit.symbol)".trimmed } ?? "type \(type.number)")
    case .other(let id): "Source \(id)"
    case .mapped: "Mapped source \(number)"
    }
  }

  /// A number, or octets in hexadecimal; nothing for what was not measured.
  fileprivate func shown(_ value: LoadProfile.Value) -> JSON {
    guard value.isMeasured else { return .null }
    if case .octets(let octets) = value.raw {
      guard case .mbus(_, let type) = source, let known = type.value(of: octets) else {
        return .string(Hex.text(octets))
      }
      return .init(known)
    }
    return self.value(of: value.raw).map { .number("\($0)") } ?? .null
  }
}

extension LoadProfile.Interval {
  /// What happened, then what is to be said of channels: once where it goes for all of them.
  fileprivate func words(_ names: [String]) -> [String] {
    let common: [(LoadProfile.CommonStatus, String)] = [
      (.daylightSaving, "daylight saving time"), (.powerFail, "power failure"), (.clockForward, "clock set forward"),
      (.clockBackward, "clock set backward"),
    ]
    var words = common.filter { status.contains($0.0) }.map(\.1)
    let channels = values.map { $0.status.words?.description ?? "status \($0.status.code)" }
    if let first = channels.first, channels.allSatisfy({ $0 == first }) {
      if !first.isEmpty { words.append(first) }
    } else {
      words += zip(names, channels).filter { !$1.isEmpty }.map { "\($0): \($1)" }
    }
    return words
  }
}
