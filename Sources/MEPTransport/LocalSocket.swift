// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP

/// Sockets by which programs on one computer talk: a file, and who may open it is who may ask.
public enum LocalSocket {
  /// A link to the program that listens there.
  public static func connect(_ path: String) throws(LinkError) -> DescriptorLink {
    let address = try SocketAddress(path: path)
    let descriptor = try address.socket()
    guard address.withPointer({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
      let failure = errno
      close(descriptor)
      switch failure {
      case ENOENT, ECONNREFUSED: throw .notFound(path: path)
      case EACCES, EPERM: throw .noPermission(path: path)
      default: throw .system("connect", failure)
      }
    }
    return DescriptorLink(
      descriptor, description: path, gone: .closed("the gateway has closed \(path)"), isSocket: true)
  }

  /// Sends a datagram to whoever waits for it; "@" begins a name that is no file. Nobody is told where nobody waits.
  public static func tell(_ path: String, _ text: String) {
    guard let address = try? SocketAddress(path: path) else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // Who does not listen holds up nobody for longer.
    var patience = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let octets = Array(text.utf8)
    _ = address.withPointer { sendto(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL), $0, $1) }
  }

  /// Whether a program listens there.
  public static func isHeard(at path: String) -> Bool {
    guard let link = try? connect(path) else { return false }
    link.close()
    return true
  }
}

/// Waits for programs on this computer.
public final class LocalListener: Sendable {
  public let path: String
  private let watcher: Watcher<Int32>

  /// Listens at a path, for this user and this group. A file that a program left which has ended is replaced.
  public init(_ path: String) throws(LinkError) {
    let address = try SocketAddress(path: path)
    if Files.exists(path) {
      if LocalSocket.isHeard(at: path) { throw .inUse(path: path, holder: nil) }
      unlink(path)
    }
    let descriptor = try address.socket()
    // Until it listens, nobody gets in.
    guard address.withPointer({ bind(descriptor, $0, $1) }) == 0, chmod(path, 0o660) == 0,
      listen(descriptor, 16) == 0
    else {
      let failure = errno
      Glibc.close(descriptor)
      throw failure == EACCES ? .noPermission(path: path) : .system("bind \(path)", failure)
    }
    self.path = path
    watcher = Watcher(descriptor, label: path, read: TCPListener.accept)
  }

  deinit { close() }

  /// The next connection; throws `.closed` once the listener is closed.
  public func accept() async throws(LinkError) -> any Link {
    let descriptor = try await watcher.take(until: nil, atMost: 1)[0]
    return DescriptorLink(
      descriptor, description: path, gone: .closed("the program at \(path) has gone"), isSocket: true)
  }

  /// Stops listening and removes the file; connections that were accepted live on.
  public func close() {
    for waiting in watcher.close(.closed("this program listens at \(path) no more")) { Glibc.close(waiting) }
    unlink(path)
  }
}
