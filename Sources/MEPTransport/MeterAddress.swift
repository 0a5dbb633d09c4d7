// SPDX-License-Identifier: Apache-2.0

/// Where a meter is: `serial:/dev/ttyUSB0?baud=9600&enable=rts`, `tcp://host:port`, `sim:PROFILE?days=7`
/// or `gateway:NAME`.
public enum MeterAddress: Equatable, Hashable, Sendable {
  /// A serial port, at a rate in baud, with the modem line that is wired to ENABLE.
  case serial(path: String, baud: Int = 9600, enable: EnableLine = .none)
  /// A serial device server or a simulator; the host is a name or an address, without brackets.
  case tcp(host: String, port: Int)
  /// A simulated meter inside this program, behind which so many days have passed already.
  case sim(profile: String, days: Int = 0)
  /// A meter that a gateway on this computer reads, by its name there; nil for the only one.
  case gateway(name: String? = nil)

  public init(_ text: String) throws(MeterAddressError) {
    if text.isEmpty { throw .empty }
    if text.hasPrefix("/dev/") { throw .barePath(text) }
    guard let colon = text.firstIndex(of: ":") else { throw .noScheme(text) }
    let rest = text[text.index(after: colon)...]
    switch text[..<colon] {
    case "serial": self = try Self.serial(rest)
    case "tcp": self = try Self.tcp(rest)
    case "sim": self = try Self.sim(rest)
    case "gateway": self = .gateway(name: rest.isEmpty ? nil : try Self.name(rest))
    case let scheme: throw .unknownScheme(String(scheme))
    }
  }

  private static func serial(_ text: Substring) throws(MeterAddressError) -> MeterAddress {
    let (path, settings) = try parts(text)
    if path.isEmpty { throw .noPath }
    var baud: Int?
    var enable: EnableLine?
    for (key, value) in settings {
      switch key {
      case "baud":
        guard let number = number(value), (50...4_000_000).contains(number) else { throw .badBaud(value) }
        baud = number
      case "enable":
        guard let line = EnableLine(rawValue: value) else { throw .badEnable(value) }
        enable = line
      default: throw .unknownKey(key)
      }
    }
    return .serial(path: path, baud: baud ?? 9600, enable: enable ?? .none)
  }

  private static func sim(_ text: Substring) throws(MeterAddressError) -> MeterAddress {
    let (profile, settings) = try parts(text)
    if profile.isEmpty { throw .noProfile }
    var days = 0
    for (key, value) in settings {
      guard key == "days" else { throw .unknownSimulationKey(key) }
      guard let number = number(value), number <= 366 else { throw .badDays(value) }
      days = number
    }
    return .sim(profile: profile, days: days)
  }

  private static func name(_ text: Substring) throws(MeterAddressError) -> String {
    guard text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }) else {
      throw .badName(String(text))
    }
    return String(text)
  }

  /// What is before the question mark, and the settings behind it, each there once.
  private static func parts(_ text: Substring) throws(MeterAddressError) -> (String, [(key: String, value: String)]) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var settings: [(key: String, value: String)] = []
    for item in parts.count == 1 ? [] : parts[1].split(separator: "&", omittingEmptySubsequences: false) {
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if settings.contains(where: { $0.key == pair[0] }) { throw .repeatedKey(pair[0]) }
      settings.append((pair[0], pair.count == 2 ? pair[1] : ""))
    }
    return (String(parts[0]), settings)
  }

  private static func tcp(_ text: Substring) throws(MeterAddressError) -> MeterAddress {
    guard text.hasPrefix("//") else { throw .noSlashes(String(text)) }
    let place = text.dropFirst(2)
    guard let colon = place.lastIndex(of: ":"), !place.hasSuffix("]") else { throw .noPort(String(place)) }
    var host = place[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw .noBrackets(String(place))
    }
    if host.isEmpty { throw .noHost }
    let digits = String(place[place.index(after: colon)...])
    guard let port = number(digits), (1...65_535).contains(port) else { throw .badPort(digits) }
    return .tcp(host: String(host), port: port)
  }

  /// Decimal digits only: `Int` would take a sign as well.
  private static func number(_ text: String) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }
}

extension MeterAddress: CustomStringConvertible {
  /// The address as text that reads back as the same, without what is as usual.
  public var description: String {
    switch self {
    case .serial(let path, let baud, let enable):
      var keys: [String] = []
      if baud != 9600 { keys.append("baud=\(baud)") }
      if enable != .none { keys.append("enable=\(enable.rawValue)") }
      return "serial:\(path)" + (keys.isEmpty ? "" : "?\(keys.joined(separator: "&"))")
    case .tcp(let host, let port): return "tcp://\(endpoint(host, port))"
    case .gateway(let name): return "gateway:\(name ?? "")"
    case .sim(let profile, let days): return "sim:\(profile)" + (days == 0 ? "" : "?days=\(days)")
    }
  }
}
