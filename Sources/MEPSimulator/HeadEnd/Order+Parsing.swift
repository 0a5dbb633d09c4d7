// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import OSGPTables

extension Order {
  /// How orders are written, and what they do.
  static let forms: [(form: String, name: String, does: String)] = [
    ("on-demand PORT TYPE [HEX]", "an on-demand request for the device at the port"),
    ("scheduled-read PORT", "a scheduled read of it"),
    ("downlink PORT HEX", "data for it that can wait"),
    ("remove PORT", "the device at the port is registered no more"),
    ("one-time-read", "the meter copies its energy registers into ET31"),
    ("tariff TIER|calendar", "switch the tariff by hand, or back"),
    ("clock SECONDS", "move the clock, such as -30"),
    ("power-outage SPAN", "such as 10m"),
    ("phase-loss PHASE SPAN", "phase 1, 2 or 3"),
    ("voltage PHASE PERCENT SPAN", "a sag (80) or a swell (115)"),
    ("transaction lost|cut N SPAN", "the next one: lost, or power fails after N steps"),
    ("configuration-change", "the sequence number goes on by 25"),
    ("key OCTET", "the MAK becomes 16 times this octet (hexadecimal)"),
    ("port N open|closed", "the utility opens or closes the port"),
    ("optical SPAN", "somebody reads the optical port: up to 3.x the MEP port is deaf"),
    ("tls N 0a|0b|03|silence|off", "TLS only: so it refuses digests; or digests again"),
  ].map { ($0, String($0.prefix { $0 != " " }), $1) }

  /// From an order's words; nil where they are not as its form has it.
  init?(_ words: [String]) {
    func number(_ i: Int, _ range: ClosedRange<Int>) -> Int? { Int(words[i]).flatMap { range.contains($0) ? $0 : nil } }
    func port() -> Int? { number(1, 1...2) }
    func phase() -> Int? { number(1, 1...3) }
    func span(_ i: Int) -> Int64? { Scenario.span(words[i]).flatMap { $0 > 0 ? $0 : nil } }
    func octets(_ i: Int) -> [UInt8]? { Hex.octets(words.dropFirst(i).joined()) }
    func choice(_ yes: String, _ no: String) -> Bool? { words[2] == yes ? true : words[2] == no ? false : nil }
    switch (words.first, words.count) {
    case ("on-demand", 3...):
      guard let port = port(), let type = number(2, 0...255), let data = octets(3),
        UInt8(type) != OnDemandRequests.Kind.multicast.rawValue
      else { return nil }
      self = .onDemandRequest(port: port, type: UInt8(type), data: data)
    case ("scheduled-read", 2):
      guard let port = port() else { return nil }
      self = .scheduledRead(port: port)
    case ("downlink", 3...):
      guard let port = port(), let data = octets(2), !data.isEmpty else { return nil }
      self = .downlink(port: port, data: data)
    case ("remove", 2):
      guard let port = port() else { return nil }
      self = .removeClient(port: port)
    case ("one-time-read", 1): self = .oneTimeRead
    case ("tariff", 2):
      let tier = number(1, 0...7)
      guard tier != nil || words[1] == "calendar" else { return nil }
      self = .tariff(tier: tier)
    case ("clock", 2):
      guard let seconds = number(1, -1_000_000_000...1_000_000_000) else { return nil }
      self = .clock(seconds: Int64(seconds))
    case ("power-outage", 2):
      guard let span = span(1) else { return nil }
      self = .powerOutage(seconds: span)
    case ("phase-loss", 3):
      guard let phase = phase(), let span = span(2) else { return nil }
      self = .phaseLoss(phase: phase, seconds: span)
    case ("voltage", 4):
      guard let phase = phase(), let percent = number(2, 1...200), let span = span(3) else { return nil }
      self = .voltage(phase: phase, percent: percent, seconds: span)
    case ("transaction", 2) where words[1] == "lost": self = .transaction(.lost)
    case ("transaction", 4) where words[1] == "cut":
      guard let steps = number(2, 0...100), let span = span(3) else { return nil }
      self = .transaction(.powerFailure(afterSteps: steps, seconds: span))
    case ("configuration-change", 1): self = .configurationChange
    case ("key", 2):
      guard let octets = octets(1), octets.count == 1 else { return nil }
      self = .advancedKey(dummy: octets[0])
    case ("port", 3):
      guard let port = port(), let isOpen = choice("open", "closed") else { return nil }
      self = .port(port, isOpen: isOpen)
    case ("optical", 2):
      guard let span = span(1) else { return nil }
      self = .opticalSession(seconds: span)
    case ("tls", 3):
      guard let port = port(), words[2] == "off" || DigestRefusal(words[2]) != nil else { return nil }
      self = .tls(port: port, DigestRefusal(words[2]))
    default: return nil
    }
  }
}

extension DigestRefusal {
  fileprivate init?(_ word: String) {
    switch word {
    case "silence": self = .silence
    case "0a": self = .code(.invalidServiceSequenceState)
    case "0b": self = .code(.authenticationFailure)
    case "03": self = .code(.noPermission)
    default: return nil
    }
  }
}
