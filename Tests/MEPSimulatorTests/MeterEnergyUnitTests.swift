// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

/// Energy registers that count tens of Wh (ET55).
@Suite(.timeLimit(.minutes(1))) struct MeterEnergyUnitTests {
  @Test func registersCountInTheirUnit() async throws {
    let (ones, tens) = (try Bench(.gen3), try Bench(.gen3CT))
    for bench in [ones, tens] { bench.clock.go(7200) }
    let (before, after) = (try await ones.registers(.bt23), try await tens.registers(.bt23))
    let energies: Set<UInt8> = [0, 1, 2, 3]
    for (source, value) in before {
      let counted = try #require(after[source])
      #expect(energies.contains(source) ? counted == value / 10 : [6, 7].contains(source) || counted == value)
    }
    #expect(try #require(before[0]) > 10)
    // Powers are what they are.
    #expect(try await ones.registers(.bt28) == tens.registers(.bt28))
  }

  @Test func theLoadProfileCountsInIt() async throws {
    let (ones, tens) = (try Bench(.gen3), try Bench(.gen3CT))
    var newest: [[Int64]] = []
    for bench in [ones, tens] {
      bench.clock.go(7200)
      let state = try await bench.read(.et21)
      func number(_ name: String) throws -> Int {
        Int(try #require(state.integer("data_set_internal_configuration[0].\(name)")))
      }
      let interval =
        try number("last_block_index") * number("block_size") + number("interval_0_offset_from_block")
        + number("last_interval_number") * number("interval_size") + number("channel_0_offset_from_interval")
      let octets = try await bench.data(.readPart(.basic(64), offset: UInt32(interval), length: 16))
      newest.append((0..<4).map { Int64(UInt32(leastFirst: octets, at: 4 * $0) ?? 0) })
    }
    #expect(newest[1] == newest[0].map { $0 / 10 })
    #expect(newest[0][0] > 10)
  }

  /// "It cannot be changed in the field."
  @Test func aClientCannotChangeIt() async throws {
    let bench = try Bench(.gen3CT)
    try await bench.write(.et55, "energy_register_unit", 1)
    #expect(try await bench.integer(.et55, "energy_register_unit") == 10)
    #expect(try await bench.integer(.et04, "idt_version") == 1)
  }
}
