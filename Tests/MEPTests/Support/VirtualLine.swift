// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport

/// What may happen to what is sent down one direction of a line, each as a probability.
struct LineFaults {
  var loseTransmission = 0.0
  var duplicateTransmission = 0.0
  /// It arrives 100 to 1500 ms late: mostly after the response time.
  var delayTransmission = 0.0
  /// Its end is missing.
  var cutTransmission = 0.0
  /// Random octets come before it.
  var noiseBefore = 0.0
  /// For each octet.
  var loseOctet = 0.0
  var changeOctet = 0.0
  var flipBit = 0.0

  /// Some faults, none, or many.
  static func random(_ random: inout SeededGenerator) -> LineFaults {
    func transmissions(_ random: inout SeededGenerator) -> Double {
      random.chance(0.3) ? Double.random(in: 0.05...0.5, using: &random) : 0
    }
    func octets(_ random: inout SeededGenerator) -> Double {
      random.chance(0.2) ? Double.random(in: 0.001...0.03, using: &random) : 0
    }
    return LineFaults(
      loseTransmission: transmissions(&random), duplicateTransmission: transmissions(&random) / 2,
      delayTransmission: transmissions(&random), cutTransmission: transmissions(&random),
      noiseBefore: transmissions(&random), loseOctet: octets(&random), changeOctet: octets(&random),
      flipBit: octets(&random))
  }
}

/// One direction of a line in virtual time: octets take the time of their baud rate, stay in order, and meet faults.
struct VirtualLine {
  var faults = LineFaults()
  private let octetTime: Int64
  /// Octets that arrive as one: fewer than the pause that ends a request lasts.
  private let mostTogether: Int
  private var random: SeededGenerator
  /// Octets under way, a few together, each group with the moment at which its last octet is there.
  private var underWay: [(at: Instant, octets: [UInt8])] = []
  private var lastArrival = Instant.zero

  init(baud: Int = 9600, seed: UInt64 = 0) {
    octetTime = Int64(10_000_000 / baud)
    mostTogether = min(16, max(1, Int(40_000 / octetTime)))
    random = SeededGenerator(seed: seed)
  }

  /// When the next octets arrive.
  var nextArrival: Instant? { underWay.first?.at }

  /// Puts octets on the line, and returns the moment at which the last of them has left the sender.
  mutating func send(_ octets: [UInt8], at now: Instant) -> Instant {
    let late = random.chance(faults.delayTransmission) ? Int64.random(in: 100_000...1_500_000, using: &random) : 0
    let start = Instant(microseconds: now.microseconds + late)
    if !random.chance(faults.loseTransmission) {
      if random.chance(faults.noiseBefore) { carry(random.octets(in: 1...6), from: start) }
      carry(damaged(octets), from: start)
      if random.chance(faults.duplicateTransmission) { carry(damaged(octets), from: start) }
    }
    return Instant(microseconds: now.microseconds + Int64(octets.count) * octetTime)
  }

  /// Octets that nobody sent, there at once, between any others.
  mutating func disturb(_ octets: [UInt8], at now: Instant) {
    let place = underWay.firstIndex { $0.at > now } ?? underWay.endIndex
    underWay.insert((now, octets), at: place)
  }

  mutating func arrivals(at now: Instant) -> [UInt8] {
    var octets: [UInt8] = []
    while let first = underWay.first, first.at <= now { octets += underWay.removeFirst().octets }
    return octets
  }

  /// Forgets what is under way.
  mutating func drain() { underWay = [] }

  private mutating func damaged(_ octets: [UInt8]) -> [UInt8] {
    var octets = octets
    if random.chance(faults.cutTransmission) { octets.removeLast(Int.random(in: 1...octets.count, using: &random)) }
    guard faults.loseOctet + faults.changeOctet + faults.flipBit > 0 else { return octets }
    return octets.compactMap { octet in
      if random.chance(faults.loseOctet) { return nil }
      if random.chance(faults.changeOctet) { return UInt8(truncatingIfNeeded: random.next()) }
      if random.chance(faults.flipBit) { return octet ^ 1 << UInt8.random(in: 0..<8, using: &random) }
      return octet
    }
  }

  private mutating func carry(_ octets: [UInt8], from start: Instant) {
    var at = max(start, lastArrival)
    var rest = octets[...]
    while !rest.isEmpty {
      let group = rest.prefix(Int.random(in: 1...mostTogether, using: &random))
      rest = rest.dropFirst(group.count)
      at = Instant(microseconds: at.microseconds + Int64(group.count) * octetTime)
      underWay.append((at, Array(group)))
    }
    lastArrival = at
  }
}
