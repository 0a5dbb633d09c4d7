// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Synchronization

/// A line whose answers are cut: no more than so many octets come in a row, as from a driver that gives out.
final class CutLink: Link {
  private let link: any Link
  private let limit: Int
  private let left: Mutex<Int>

  init(_ link: any Link, after limit: Int) {
    self.link = link
    self.limit = limit
    left = Mutex(limit)
  }

  var description: String { "cut \(link)" }

  func send(_ octets: [UInt8]) async throws(LinkError) {
    left.withLock { $0 = limit }
    try await link.send(octets)
  }

  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    while true {
      let octets = try await link.receive(until: deadline)
      if octets.isEmpty { return [] }
      let whole = left.withLock { left in
        defer { left -= min(left, octets.count) }
        return Array(octets.prefix(left))
      }
      if !whole.isEmpty { return whole }
    }
  }

  func close() { link.close() }
}

/// A line on which nothing that is sent arrives.
final class MuteLink: Link {
  private let link: any Link

  init(_ link: any Link) { self.link = link }

  var description: String { "mute \(link)" }
  func send(_ octets: [UInt8]) async throws(LinkError) {}
  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] { try await link.receive(until: deadline) }
  func close() { link.close() }
}

/// The far end of a line that does the same with all that comes.
func far(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]) -> any Link {
  let (near, far) = MemoryLink.pair()
  Task {
    while let octets = try? await far.receive(until: nil) { try? await far.send(answer(octets)) }
  }
  return near
}

/// Two clients at one plug: what either says goes to the meter, what the meter says goes to both.
func party(_ meter: any Link) -> (any Link, any Link) {
  let (a, first) = MemoryLink.pair()
  let (b, second) = MemoryLink.pair()
  for far in [first, second] {
    Task { while let octets = try? await far.receive(until: nil) { try? await meter.send(octets) } }
  }
  Task {
    while let octets = try? await meter.receive(until: nil) {
      for far in [first, second] { try? await far.send(octets) }
    }
  }
  return (a, b)
}
