// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct FaultyLinkTests {
  typealias Faults = FaultyLink.Faults
  let clean = (0..<2000).map { UInt8(truncatingIfNeeded: $0) }

  /// What arrives of `clean` when it is sent in groups of that size.
  private func sent(_ faults: Faults, seed: UInt64, group: Int = 2000) async throws -> [UInt8] {
    let (a, b) = MemoryLink.pair()
    let link = FaultyLink(a, seed: seed, sending: faults)
    for start in stride(from: 0, to: clean.count, by: group) {
      try await link.send(Array(clean[start..<min(start + group, clean.count)]))
    }
    return try await b.receive(until: .now())
  }

  @Test func theGeneratorIsSplitMix64() {
    // The first numbers for the seed 1234567, as published with the generator's reference implementation.
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
    #expect(generator.next() == 9_817_491_932_198_370_423)
  }

  @Test func withoutFaultsNothingHappens() async throws {
    #expect(try await sent(Faults(), seed: 1) == clean)
  }

  @Test func theSameSeedGivesTheSameFaultsHoweverOctetsAreGrouped() async throws {
    let faults = Faults(loss: 0.05, corruption: 0.05, duplication: 0.05, delay: Instant.Span(microseconds: 10))
    let first = try await sent(faults, seed: 42)
    #expect(try await sent(faults, seed: 42) == first)
    #expect(try await sent(faults, seed: 42, group: 7) == first)
    #expect(try await sent(faults, seed: 43) != first)
  }

  @Test func eachFaultDoesWhatItsNameSays() async throws {
    let lossy = try await sent(Faults(loss: 0.1), seed: 1)
    #expect((1600..<1950).contains(lossy.count))
    let doubled = try await sent(Faults(duplication: 0.1), seed: 1)
    #expect((2050..<2400).contains(doubled.count))
    let corrupt = try await sent(Faults(corruption: 1), seed: 1)
    #expect(zip(clean, corrupt).allSatisfy { ($0 ^ $1).nonzeroBitCount == 1 })
    #expect(corrupt.count == clean.count)
    #expect(try await sent(Faults(loss: 1), seed: 1) == [])
  }

  @Test func receivingHasFaultsOfItsOwn() async throws {
    let (a, b) = MemoryLink.pair()
    let link = FaultyLink(a, seed: 5, receiving: Faults(corruption: 1))
    try await b.send([0])
    #expect(try await link.receive(until: soon()).map(\.nonzeroBitCount) == [1])
    try await link.send([0])
    #expect(try await b.receive(until: soon()) == [0])
  }

  @Test func aDelayedOctetIsNotLostAtTheDeadline() async throws {
    let (a, b) = MemoryLink.pair()
    let link = FaultyLink(a, seed: 2, delay: .milliseconds(200))
    try await b.send([1])
    var octets: [UInt8] = []
    while octets.isEmpty { octets = try await link.receive(until: .now() + .milliseconds(1)) }
    #expect(octets == [1])
  }

  @Test func whenEverythingIsLostTheDeadlineStillComes() async throws {
    let (a, b) = MemoryLink.pair()
    let link = FaultyLink(a, seed: 2, loss: 1)
    try await b.send([1])
    #expect(try await link.receive(until: .now() + .milliseconds(10)) == [])
  }
}
