// SPDX-License-Identifier: Apache-2.0
// A client on a line that does to it whatever the input says: each request ends in the right value or an error, in
// bounded time, after a bounded number of sendings.
import C1219
import MEP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var script = Script(UnsafeBufferPointer(start: data, count: count))
  let key = AccessKey(dummy: 1)
  var number: UInt8 = 0
  var client = ClientConnection(key: key, firstSequence: 7, encrypted: script.next() & 1 == 1)
  var server = ServerConnection(basic: key, advanced: AccessKey(dummy: 2), sequence: 1_000_000)
  var now = Instant(microseconds: 0)

  while !script.isAtEnd {
    let isWrite = script.next() & 3 == 0
    number &+= 1
    let table: [UInt8] = [number, 2, 3, 4, 5, 6, 7, 8]
    let wanted: Request =
      isWrite
      ? .write(.basic(1), table) : .readPart(.basic(23), offset: UInt32(number), length: UInt16(table.count))
    client.send(wanted, at: now)
    var executed = 0
    var sendings = 0
    var ended = false
    for _ in 0..<2000 {
      while let event = client.takeEvent() {
        guard case .finished(let outcome) = event else { continue }
        ended = true
        precondition(outcome.attempts == sendings)
        switch outcome.result {
        case .success(.data(let octets)): precondition(octets == table && !isWrite)
        case .success(.done): precondition(isWrite && executed == 1, "done means once")
        case .success: preconditionFailure("an answer that the server never gives")
        case .failure(let error): precondition(error.mayHaveBeenExecuted || executed == 0 || !isWrite)
        }
      }
      if ended { break }
      if let frame = client.takeTransmission(at: now) {
        sendings += 1
        precondition(sendings <= 9)
        server.receive(script.damage(frame), at: now)
        client.transmitted(at: now)
      }
      if let request = server.takeRequest() {
        // One that was given up may come late: it is another, and so is its answer.
        let isWanted = request.body == wanted.body
        if isWanted { executed += 1 }
        server.respond(!isWanted ? .data([]) : isWrite ? .done : .data(table), at: now)
      }
      while let segment = server.takeTransmission(at: now) {
        client.receive(script.damage(segment), at: now)
        server.transmitted(at: now)
      }
      let due = [client.deadline, server.deadline].compactMap { $0 }.min() ?? now
      now = max(due, now + .milliseconds(1))
      client.advance(to: now)
      server.advance(to: now)
    }
    precondition(ended, "a request without an end")
    now = now + .milliseconds(3000)
    client.advance(to: now)
    server.advance(to: now)
  }
  return 0
}

/// The input as a source of decisions; zeros when it has ended.
private struct Script {
  private let octets: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ octets: UnsafeBufferPointer<UInt8>) { self.octets = octets }

  var isAtEnd: Bool { position >= octets.count }

  mutating func next() -> UInt8 {
    guard position < octets.count else { return 0 }
    defer { position += 1 }
    return octets[position]
  }

  /// Passed on, lost, cut, flipped, preceded by noise, followed by noise, or said twice.
  mutating func damage(_ frame: [UInt8]) -> [UInt8] {
    switch next() & 7 {
    case 1: return []
    case 2: return Array(frame.prefix(Int(next())))
    case 3:
      var flipped = frame
      flipped[Int(next()) % frame.count] ^= next() | 1
      return flipped
    case 4: return noise() + frame
    case 5: return frame + noise()
    case 6: return frame + frame
    default: return frame
    }
  }

  private mutating func noise() -> [UInt8] { (0..<Int(next() & 0x0F)).map { _ in next() } }
}
