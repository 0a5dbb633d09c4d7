// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What can go wrong between here and the meter's port. Each description says what happened and what to do next.
public enum LinkError: Error, Equatable {
  /// Nothing is there under that path.
  case notFound(path: String)
  /// The user has no right to open the port.
  case noPermission(path: String)
  /// Another program has the port, if it could be found.
  case inUse(path: String, holder: PortHolder?)
  /// There is something under that path, but not a serial port.
  case notASerialPort(path: String)
  /// There is something under that path which a link to a pseudo-terminal must not replace.
  case notReplaced(path: String)
  /// The link to a pseudo-terminal cannot be made.
  case notLinked(path: String, reason: String)
  /// The port cannot be set to that rate, in baud.
  case unsupportedBaud(Int)
  /// This computer cannot listen there.
  case notListening(host: String, port: Int, reason: String)
  /// Nobody listens there.
  case refused(host: String, port: Int)
  /// The name has no address.
  case unresolved(host: String)
  /// The address did not answer in time, or there is no way to it.
  case unreachable(host: String, port: Int, reason: String)
  /// The link has ended; says why.
  case closed(String)
  /// The task was cancelled.
  case cancelled
  /// A system call failed in a way that has no case of its own.
  case system(call: String, reason: String)

  /// `.system` with the words for an error number.
  static func system(_ call: String, _ number: Int32) -> LinkError {
    .system(call: call, reason: words(for: number))
  }

  static func words(for number: Int32) -> String { String(cString: strerror(number)) }
}

extension LinkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let path):
      "There is no \(path): plug the adapter in, or see `mep ports` for what is there."
    case .noPermission(let path):
      "You may not open \(path): add yourself to its group with `sudo usermod -aG dialout $USER`, then log in again."
    case .inUse(let path, let holder?):
      "\(path) is in use by \(holder): end that program first."
    case .inUse(let path, nil):
      "\(path) is in use by another program: find it with `sudo fuser -v \(path)` and end it first."
    case .notASerialPort(let path):
      "\(path) is not a serial port: see `mep ports` for those that are there."
    case .notReplaced(let path):
      "\(path) exists and is not a link to a pseudo-terminal, so it is left alone: choose another path, or remove it."
    case .notLinked(let path, let reason):
      "The link \(path) cannot be made (\(reason)): choose a path in a folder that is there and that you may write to."
    case .unsupportedBaud(let baud):
      "The port cannot be set to \(baud) baud: use 9600, which is what a meter speaks."
    case .notListening(let host, let port, let reason):
      "This computer cannot listen on \(endpoint(host, port)) (\(reason)): choose another port above 1023, or one of this "
        + "computer's own addresses, such as 127.0.0.1."
    case .refused(let host, let port):
      "\(endpoint(host, port)) refused the connection: check the port number, and that the far side is running."
    case .unresolved(let host):
      "The host name \(host) has no address: check its spelling and the name server, or use an IP address."
    case .unreachable(let host, let port, let reason):
      "\(endpoint(host, port)) cannot be reached (\(reason)): check the address, the network and the firewall."
    case .closed(let reason):
      "The link is closed: \(reason)."
    case .cancelled:
      "The wait was cancelled: start it again when you need it."
    case .system(let call, let reason):
      "The system refused `\(call)` (\(reason)): try again, and report it if it stays."
    }
  }
}

/// A host and a port as one word; an IPv6 address goes in brackets.
func endpoint(_ host: String, _ port: Int) -> String {
  host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
}
