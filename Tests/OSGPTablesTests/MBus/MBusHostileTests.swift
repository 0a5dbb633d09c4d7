// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// Whatever a device sends, or says that it sends: an answer, soon, and no octet of it lost.
@Suite(.timeLimit(.minutes(1))) struct MBusHostileTests {
  private func check(_ octets: [UInt8], _ seed: UInt64) {
    for mostSignificantFirst in [false, true] {
      let read = MBusRecords(octets, mostSignificantFirst: mostSignificantFirst)
      let special = read.manufacturerData.map { [read.moreFollow ? 0x1F : 0x0F] + $0 } ?? []
      var left = octets[...]
      for part in read.records.map(\.octets) + [special, read.undecoded] where !part.isEmpty {
        // Between the parts are fillers and nothing else.
        while left.first == 0x2F, !left.starts(with: part) { left.removeFirst() }
        #expect(left.starts(with: part), "seed \(seed)")
        left = left.dropFirst(part.count)
      }
      #expect(left.allSatisfy { $0 == 0x2F }, "seed \(seed)")
      for record in read.records { #expect(!record.description.isEmpty) }
      for isFixed in [false, true] {
        let telegram = MBusTelegram(octets, isFixed: isFixed, mostSignificantFirst: mostSignificantFirst)
        #expect(telegram.identification == nil || octets.count >= 12)
      }
    }
  }

  @Test(arguments: 0..<150 as Range<UInt64>) func randomOctets(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      var octets = random.octets(.random(in: 0...300, using: &random))
      // Mostly short data fields, so that there are many records.
      if seed % 2 == 0 { octets = octets.map { $0 & 0x80 == 0 ? $0 % 0x0E : $0 } }
      check(octets, seed)
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func mutatedTelegrams(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      var octets = Array(MBusTelegramTests.water[12...]) + [0x02, 0xFC, 0x03, 0x48, 0x52, 0x25, 0x74, 0x44, 0x0D]
      for _ in 0...Int.random(in: 0...3, using: &random) {
        octets[.random(in: 0..<octets.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      check(Array(octets.prefix(.random(in: 0...octets.count, using: &random))), seed)
    }
  }
}
