// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Each of a process's own, below those that the system gives away itself: in between nobody else is given it.
private let next = Atomic(20_000 + Int(getpid()) * 61 % 10_000)

/// A port of this computer that nobody listens at, for a program that cannot choose one itself. Closed before anybody can
/// connect to it: a `TCPListener` closes a moment later.
public func freePort() -> Int {
  while true {
    let port = next.wrappingAdd(1, ordering: .relaxed).oldValue
    precondition(port < 32_768, "no port is free")
    if isFree(port) { return port }
  }
}

private func isFree(_ port: Int) -> Bool {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  (address.sin_family, address.sin_addr.s_addr) = (sa_family_t(AF_INET), UInt32(0x7F00_0001).bigEndian)
  address.sin_port = UInt16(port).bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}
