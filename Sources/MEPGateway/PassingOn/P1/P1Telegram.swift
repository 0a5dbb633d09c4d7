// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPTransport

/// What a meter of the Netherlands tells at its P1 port (DSMR 5), and many programs read: see Documentation/P1.md, whose lines
/// are promises. What is not known, or is old, is not in it.
struct P1Telegram {
  /// With its checksum and line ends.
  let text: String
  /// When the newest of its live values was measured.
  let time: Timestamp
  /// Whether the register of forward energy is in it.
  let hasEnergy: Bool

  /// Nil where the meter is away, or no live value is fresh.
  ///
  /// - Parameters:
  ///   - meter: its name here, for a meter that tells no number of its own.
  ///   - zone: whose summer and winter time it tells.
  init?(_ live: LiveValues, meter: String, zone: TimeZone, now: Timestamp) {
    let values = live.fresh(at: now)
    guard let time = values.values.filter(\.series.isLive).map(\.value.time).max() else { return nil }
    let identity = live.identity
    var lines = ["1-3:0.2.8(50)", "0-0:1.0.0(\(Self.stamp(time, zone)))"]
    let number = [identity?.utilitySerialNumber, identity?.serialNumber].lazy.compactMap { $0 }.first { !$0.isEmpty }
    lines.append("0-0:96.1.1(\(Hex.text((number ?? meter).utf8.prefix(48)).uppercased()))")
    let hasTwoTiers = identity?.dimensions.contains { $0 == ("Number of Tiers", 2) } == true
    for (code, name, kind) in Self.codes(hasTwoTiers: hasTwoTiers) {
      guard let (series, value) = values[name], let text = kind.text(series.decimal(value.number)) else { continue }
      lines.append("1-0:\(code)(\(text))")
    }
    let body =
      "/NES5\\\(Self.identification(identity?.model ?? ""))\r\n\r\n" + lines.joined(separator: "\r\n") + "\r\n!"
    let checksum = String(Self.crc16(body.utf8), radix: 16, uppercase: true)
    text = body + String(repeating: "0", count: 4 - checksum.count) + checksum + "\r\n"
    (self.time, hasEnergy) = (time, values["fwd_active_energy_wh"] != nil)
  }

  /// "261129101340W": the local time, and whether it is winter's or summer's.
  private static func stamp(_ time: Timestamp, _ zone: TimeZone) -> String {
    let local = time.local(in: zone)
    let parts = [local.year % 100, local.month, local.day, local.hour, local.minute, local.second]
    return parts.map { ($0 < 10 ? "0" : "") + "\($0)" }.joined()
      + (zone.isDaylightSavingTime(for: time.date) ? "S" : "W")
  }

  /// A slash or an exclamation mark would be taken for the beginning or the end of a telegram.
  private static func identification(_ model: String) -> String {
    let fitting = model.filter { $0.isASCII && ($0.isLetter || $0.isNumber || " -_.".contains($0)) }
    return fitting.isEmpty ? "OSGP" : String(fitting.prefix(16))
  }

  /// CRC-16/ARC, of all from "/" through "!".
  static func crc16(_ octets: some Sequence<UInt8>) -> UInt16 {
    octets.reduce(0) { crc, octet in
      (0..<8).reduce(crc ^ UInt16(octet)) { crc, _ in crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xA001 }
    }
  }
}
