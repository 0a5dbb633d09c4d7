// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import Testing

@testable import MEPGateway

@Suite struct PackedRowsTests {
  /// A house by the second: registers that rise now and then, values that wander, columns with holes.
  private func rows(_ count: Int, seed: UInt64) -> Rows {
    var random = SeededGenerator(seed: seed)
    var rows = Rows()
    var (time, energy, voltage) = (Int64(1_760_000_000_000), Int64(12_345_678), Int64(230_000))
    for n in 0..<count {
      time += 1000 + Int64.random(in: -4...4, using: &random)
      energy += Int64.random(in: 0...1, using: &random)
      voltage += Int64.random(in: -300...300, using: &random)
      var values: [Int64: Int64] = [0: 0, 9: voltage, 12: Int64.random(in: -5...5, using: &random), 16: 0]
      if n.isMultiple(of: 10) { values[4] = energy }
      if n == count / 2 { values[20] = .min }
      if n == count / 2 + 1 { values[20] = .max }
      rows.put(values, at: Timestamp(milliseconds: time))
    }
    return rows
  }

  @Test(arguments: [0, 1, 2, 7, 8, 9, 100, 3600]) func whatIsPackedIsUnpacked(count: Int) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let rows = rows(count, seed: seed)
      #expect(try Rows(packed: rows.packed) == rows)
      var one = rows.part(Timestamp(milliseconds: .min)..<Timestamp(milliseconds: .max), columns: [9])
      if count == 0 { one = Rows() }
      #expect(try Rows(packed: rows.packed, columns: [9]) == one)
    }
  }

  @Test func aHouseTakesLittleRoom() {
    let rows = rows(3600, seed: 1)
    let numbers = rows.columns.values.reduce(0) { $0 + $1.count { $0 != nil } }
    // The noise of a voltage takes two octets, what hardly moves next to nothing.
    #expect(rows.packed.count * 10 < numbers * 11)
  }

  @Test func whatIsDamagedIsNotBelieved() {
    var random = SeededGenerator(seed: 7)
    let packed = rows(60, seed: 3).packed
    for cut in packed.indices.dropFirst() {
      let part = try? Rows(packed: packed.prefix(cut))
      // At the end of a column nothing is missing that anything tells of.
      if let part { #expect(part.count == 60 && part.columns.count < 6) }
    }
    for _ in 0..<2000 {
      var damaged = packed
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let read = try? Rows(packed: damaged) else { continue }
      #expect(zip(read.times, read.times.dropFirst()).allSatisfy { $0 < $1 })
      #expect(read.columns.values.allSatisfy { $0.count == read.count })
    }
    // A little that says it is very much.
    #expect(throws: Rows.Damage.self) { try Rows(packed: [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0xFF, 0x7F]) }
  }

  /// Whatever the order in which rows come, and whichever columns they have.
  @Test func theOrderOfPuttingDoesNotMatter() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let times = (0..<20).map { _ in Int64.random(in: 0...30, using: &random) }
      var (rows, expected) = (Rows(), [Int64: [Int64: Int64]]())
      for (n, time) in times.enumerated() {
        let values = [Int64.random(in: 1...3, using: &random): Int64(n)]
        rows.put(values, at: Timestamp(milliseconds: time))
        expected[time, default: [:]].merge(values) { $1 }
      }
      #expect(rows.times.map(\.milliseconds) == expected.keys.sorted())
      for row in rows.times.indices { #expect(rows.values(at: row) == expected[rows.times[row].milliseconds]) }
    }
  }
}
