// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A port of this computer that nobody listens at, for a program that cannot choose one itself. Closed before anybody can
/// connect to it: a `TCPListener` closes a moment later.
public func freePort() -> Int {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  (address.sin_family, address.sin_addr.s_addr) = (sa_family_t(AF_INET), UInt32(0x7F00_0001).bigEndian)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  return withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      _ = bind(descriptor, pointer, length)
      _ = getsockname(descriptor, pointer, &length)
    }
    return Int(UInt16(bigEndian: $0.pointee.sin_port))
  }
}
