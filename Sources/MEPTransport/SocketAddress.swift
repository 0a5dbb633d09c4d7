// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import MEP

/// Whether a text is an IPv4 or IPv6 address in numbers, without brackets.
public func isInternetAddress(_ text: String) -> Bool {
  var octets = in6_addr()
  return inet_pton(AF_INET, text, &octets) == 1 || inet_pton(AF_INET6, text, &octets) == 1
}

/// An IPv4 or IPv6 address with a port, in the form that the system wants.
struct SocketAddress: Sendable {
  private var storage = sockaddr_storage()
  private var size: socklen_t

  /// Asks the resolver on a thread that may be left behind, because `getaddrinfo` cannot be called off.
  static func resolve(_ host: String, port: Int, until deadline: Instant) async throws(LinkError) -> [SocketAddress] {
    let answer = Mailbox<[SocketAddress]>()
    DispatchQueue.global().async { answer.deliver([lookUp(host, port: port)]) }
    guard let addresses = try await answer.take(until: deadline).first else {
      throw .unreachable(host: host, port: port, reason: "the name server does not answer")
    }
    return addresses
  }

  /// The addresses of a host; with `onlyNumbers` no name server is asked.
  static func lookUp(_ host: String, port: Int, onlyNumbers: Bool = false) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV | (onlyNumbers ? AI_NUMERICHOST : 0)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      addresses.append(SocketAddress(entry.ai_addr, entry.ai_addrlen))
      next = entry.ai_next
    }
    return addresses
  }

  private init(_ address: UnsafePointer<sockaddr>, _ size: socklen_t) {
    self.size = size
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(size)))
    }
  }

  /// The address that a bound or connected socket got from one of `getsockname` and `getpeername`.
  init?(of descriptor: Int32, _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32)
  {
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &size) }
    }
    guard result == 0 else { return nil }
    self.size = size
  }

  /// A socket's file, or behind "@" a name that is none; it may have 107 octets.
  init(path: String) throws(LinkError) {
    var address = sockaddr_un()
    let octets = Array(path.utf8)
    guard octets.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw .system(call: "bind \(path)", reason: "the path is too long")
    }
    address.sun_family = sa_family_t(AF_UNIX)
    let isAbstract = octets.first == UInt8(ascii: "@")
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: isAbstract ? [0] + octets.dropFirst() : octets) }
    size = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + octets.count + (isAbstract ? 0 : 1))
    withUnsafeBytes(of: &address) { whole in withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: whole) } }
  }

  func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
  }

  /// A non-blocking stream socket of the address's family.
  func socket() throws(LinkError) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Glibc.socket(Int32(storage.ss_family), kind, 0)
    guard descriptor >= 0 else { throw .system("socket", errno) }
    return descriptor
  }

  /// The host and the port, as numbers.
  var numbers: (host: String, port: Int) {
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    _ = withPointer { address, size in
      getnameinfo(
        address, size, &host, socklen_t(host.count), &port, socklen_t(port.count), NI_NUMERICHOST | NI_NUMERICSERV)
    }
    return (text(host), Int(text(port)) ?? 0)
  }

  private func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
