// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP

/// Waits for TCP connections, as a simulator does.
public final class TCPListener: Sendable {
  /// The address it is bound to, in numbers.
  public let host: String
  /// The port it is bound to, also when the system chose it.
  public let port: Int
  private let watcher: Watcher<Int32>

  /// Listens on an IP address, only for programs on this computer unless told otherwise; port 0 lets the system choose.
  ///
  /// - Parameter sendBuffer: how many octets the system takes for a peer that reads none; nil for as many as it likes.
  public init(host: String = "127.0.0.1", port: Int = 0, sendBuffer: Int32? = nil) throws(LinkError) {
    guard let address = SocketAddress.lookUp(host, port: port, onlyNumbers: true).first else {
      throw .unresolved(host: host)
    }
    let descriptor = try address.socket()
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    // Connections inherit it.
    if var sendBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &sendBuffer, socklen_t(MemoryLayout<Int32>.size))
    }
    guard address.withPointer({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, 64) == 0,
      let bound = SocketAddress(of: descriptor, getsockname)
    else {
      let failure = errno
      Glibc.close(descriptor)
      throw .notListening(host: host, port: port, reason: LinkError.words(for: failure))
    }
    (self.host, self.port) = bound.numbers
    watcher = Watcher(descriptor, label: endpoint(host, port), read: Self.accept)
  }

  deinit { close() }

  /// The next connection; throws `.closed` once the listener is closed.
  public func accept() async throws(LinkError) -> any Link {
    let descriptor = try await watcher.take(until: nil, atMost: 1)[0]
    let peer = SocketAddress(of: descriptor, getpeername)?.numbers
    return TCPLink.link(descriptor, description: peer.map { endpoint($0.host, $0.port) } ?? "a client that has left")
  }

  /// Stops listening; connections that were accepted live on.
  public func close() {
    for waiting in watcher.close(.closed("this program listens on \(endpoint(host, port)) no more")) {
      Glibc.close(waiting)
    }
  }

  static func accept(_ descriptor: Int32) -> Mailbox<Int32>.Outcome {
    let connection = Glibc.accept(descriptor, nil, nil)
    if connection >= 0 {
      _ = fcntl(connection, F_SETFL, O_NONBLOCK)
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      return .success([connection])
    }
    switch errno {
    case EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP: return .failure(.system("accept", errno))
    // Out of descriptors: the connection stays readable, so don't ask again at once.
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: usleep(50_000)
    default: break
    }
    return .success([])
  }
}
