// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import MEP

/// A TCP connection, as to a serial device server or a simulator.
public enum TCPLink {
  /// Connects to the first of the host's addresses that answers, within `timeout` for them all.
  ///
  /// - Parameter baud: the rate of the serial line behind the bridge; a sending ends when that line has carried it, since
  ///   the time for an answer begins then. Nil where there is no line.
  public static func connect(
    host: String, port: Int, baud: Int? = nil, timeout: Instant.Span = .milliseconds(5000)
  ) async throws(LinkError) -> DescriptorLink {
    let deadline = Instant.now() + timeout
    var failure = LinkError.unresolved(host: host)
    for address in try await SocketAddress.resolve(host, port: port, until: deadline) {
      do throws(LinkError) {
        let descriptor = try await connect(address, host, port, until: deadline)
        return link(descriptor, description: endpoint(host, port), baud: baud)
      } catch .cancelled {
        throw .cancelled
      } catch {
        failure = error
      }
    }
    throw failure
  }

  /// A link over a connected, non-blocking socket.
  static func link(_ descriptor: Int32, description: String, baud: Int? = nil) -> DescriptorLink {
    // A request is one small packet; it must not wait for company.
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    let advice = "see that it runs, and that no other program is connected to it"
    let gone = LinkError.closed("\(description) ended the connection, so \(advice)")
    return DescriptorLink(descriptor, description: description, gone: gone, baud: baud, isSocket: true)
  }

  private static func connect(
    _ address: SocketAddress, _ host: String, _ port: Int, until deadline: Instant
  ) async throws(LinkError) -> Int32 {
    let descriptor = try address.socket()
    do throws(LinkError) {
      let result = address.withPointer { Glibc.connect(descriptor, $0, $1) }
      var failure = result == 0 ? 0 : errno
      if failure == EINPROGRESS { failure = try await outcome(of: descriptor, until: deadline) }
      switch failure {
      case 0: return descriptor
      case ECONNREFUSED: throw .refused(host: host, port: port)
      default: throw .unreachable(host: host, port: port, reason: LinkError.words(for: failure))
      }
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// The error number that connecting ended with: 0 if it is connected.
  private static func outcome(of descriptor: Int32, until deadline: Instant) async throws(LinkError) -> Int32 {
    while true {
      var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      if poll(&state, 1, 0) > 0 {
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
        return failure
      }
      if deadline <= .now() { return ETIMEDOUT }
      // Happens once a connection, so looking now and then costs less than a dispatch source.
      try await Instant.sleep(until: .now() + .milliseconds(2))
    }
  }
}
