// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the address of a meter. Each description says what is wrong and what to write instead.
public enum MeterAddressError: Error, Equatable {
  case empty
  case barePath(String)
  case noScheme(String)
  case unknownScheme(String)
  case noPath
  case unknownKey(String)
  case repeatedKey(String)
  case badBaud(String)
  case badEnable(String)
  case noSlashes(String)
  case noHost
  case noPort(String)
  case noBrackets(String)
  case badPort(String)
  case noProfile
  case unknownSimulationKey(String)
  case badDays(String)
  case badName(String)
}

extension MeterAddressError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty:
      "The address of the meter is empty: write \(forms)."
    case .barePath(let path):
      "\(path) alone is not the address of a meter: write serial:\(path)."
    case .noScheme(let text):
      "\"\(text)\" does not say what kind of address it is: write \(forms)."
    case .unknownScheme(let scheme):
      "There is no kind of address \"\(scheme)\": write \(forms)."
    case .noPath:
      "The address names no serial port: write for example serial:/dev/ttyUSB0, and see `mep ports`."
    case .unknownKey(let key):
      "A serial port has no setting \"\(key)\": use baud or enable, as in serial:/dev/ttyUSB0?baud=9600&enable=rts."
    case .repeatedKey(let key):
      "The setting \"\(key)\" is there twice: keep one of them."
    case .badBaud(let value):
      "\"\(value)\" is no rate in baud: write a number from 50 to 4000000, or leave it out for 9600."
    case .badEnable(let value):
      "\"\(value)\" is no line for ENABLE: write enable=rts, enable=dtr or enable=none."
    case .noSlashes(let text):
      "A TCP address begins with two slashes: write tcp://\(text)."
    case .noHost:
      "The TCP address names no host: write tcp://host:port."
    case .noPort(let place):
      "The TCP address has no port: write tcp://\(place):port."
    case .noBrackets(let place):
      "An IPv6 address needs brackets: write tcp://[address]:port instead of tcp://\(place)."
    case .badPort(let digits):
      "\"\(digits)\" is no TCP port: write a number from 1 to 65535."
    case .noProfile:
      "The address names no profile to simulate: write sim: and its name."
    case .unknownSimulationKey(let key):
      "A simulated meter has no setting \"\(key)\": use days, as in sim:gen3?days=7."
    case .badName(let name):
      "No meter of a gateway is called \"\(name)\": names have letters, digits, - and _."
    case .badDays(let value):
      "\"\(value)\" is no number of days: write one from 0 to 366, as in sim:gen3?days=7."
    }
  }

  private var forms: String { "serial:/dev/ttyUSB0, tcp://host:port, sim:PROFILE?days=7 or gateway:NAME" }
}
