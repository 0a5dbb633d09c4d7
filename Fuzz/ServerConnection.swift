// SPDX-License-Identifier: Apache-2.0
// Arbitrary octets at the meter's end: nothing is taken for a request that nobody signed, and the port lives on.
import C1219
import MEP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let octets = [UInt8](UnsafeBufferPointer(start: data, count: count))
  let key = AccessKey(dummy: 1)
  var server = ServerConnection(basic: key, advanced: AccessKey(dummy: 2), sequence: 100)
  var now = Instant(microseconds: 0)

  func settle() -> Int {
    var sent = 0
    for _ in 0..<2000 {
      while let segment = server.takeTransmission(at: now) {
        sent += segment.count
        server.transmitted(at: now)
      }
      guard let deadline = server.deadline else { return sent }
      now = max(deadline, now + .milliseconds(1))
      server.advance(to: now)
    }
    preconditionFailure("the port never comes to rest")
  }

  var rest = octets[...]
  while let size = rest.first {
    server.receive(Array(rest.dropFirst().prefix(Int(size))), at: now)
    rest = rest.dropFirst(1 + Int(size))
    precondition(server.takeRequest() == nil, "nobody signed this")
    // Half of the pieces come at once, half after a silence.
    if size & 1 == 1 { _ = settle() }
  }
  _ = settle()
  precondition(server.accepted == 0)

  // After a silence it answers as if nothing had been.
  now = now + .milliseconds(1000)
  server.advance(to: now)
  server.receive(Exchange.seal(.read(.basic(1), length: 8), sequence: 101, key: key).frame, at: now)
  precondition(server.takeRequest()?.level == .basic)
  server.respond(.data([1, 2, 3]), at: now)
  precondition(settle() == 2 + 3 + 3 + 8)
  return 0
}
