// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct MeterAccessTests {
  /// Each table is read and written by each key as it is declared; a write of BT07 is a call.
  @Test(arguments: Catalogue.tables.filter { $0.id != Table.bt07.id }) func tablesAreOpenAsDeclared(_ table: Table)
    async throws
  {
    let basic = try Bench(.gen4, key: basicKey)
    let advanced = try Bench(.gen4)
    // Data sets that are not in use have no octets.
    guard try await advanced.read(table).layout.octets > 0 else { return }
    for (bench, isAdvanced) in [(basic, false), (advanced, true)] {
      let octets = try await bench.data(.readPart(table.id, offset: 0, length: 1))
      let isOpen =
        switch table.write {
        case .none, .unstated: false
        case .advanced: isAdvanced
        case .any: true
        }
      let response = try await bench.ask(.writePart(table.id, offset: 0, octets))
      #expect(response == (isOpen ? .done : .refused(.noPermission)))
      #expect(await bench.meter.writes == (isOpen ? 1 : 0))
    }
  }

  @Test func unknownTablesAndCodesAreRefused() async throws {
    let bench = try Bench(.gen3)
    for table in [TableID.basic(99), .extended(99), .extended(85)] {
      #expect(try await bench.ask(.read(table, length: 465)) == .refused(.tableOperationNotPossible))
      #expect(try await bench.ask(.writePart(table, offset: 0, [0])) == .refused(.tableOperationNotPossible))
    }
  }

  @Test func readsBeyondTheEnd() async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.ask(.readPart(.basic(21), offset: 9, length: 1)) == .data([55]))
    for (offset, length) in [(9, 2), (10, 1), (11, 0), (0, 11), (0xFF_FFFF, 1)] {
      let response = try await bench.ask(.readPart(.basic(21), offset: UInt32(offset), length: UInt16(length)))
      #expect(response == .refused(.operationNotPossible), "\(offset), \(length)")
    }
    // A full read gives what there is, at most what was asked for.
    let whole = try await bench.data(.read(.basic(21), length: 465))
    #expect(whole.count == 10)
    #expect(try await bench.ask(.read(.basic(21), length: 4)) == .data(Array(whole.prefix(4))))
  }

  @Test func writesBeyondTheEnd() async throws {
    let bench = try Bench(.gen3)
    let before = try await bench.data(.read(.basic(15), length: 465))
    for (offset, count) in [(before.count, 1), (before.count - 1, 2), (0xFF_FFFF, 1)] {
      let octets = [UInt8](repeating: 1, count: count)
      let response = try await bench.ask(.writePart(.basic(15), offset: UInt32(offset), octets))
      #expect(response == .refused(.operationNotPossible))
    }
    #expect(try await bench.ask(.read(.basic(15), length: 465)) == .data(before))
    #expect(await bench.meter.writes == 0)
  }

  @Test func fullWritesShorterAndLongerThanTheTable() async throws {
    let bench = try Bench(.gen3)
    let before = try await bench.data(.read(.basic(15), length: 465))
    #expect(try await bench.ask(.write(.basic(15), [9, 8])) == .done)
    #expect(try await bench.ask(.read(.basic(15), length: 465)) == .data([9, 8] + before[2...]))
    // What is too much is ignored (guide, table 2.7).
    let long = [UInt8](repeating: 7, count: before.count + 5)
    #expect(try await bench.ask(.write(.basic(15), long)) == .done)
    #expect(try await bench.ask(.read(.basic(15), length: 465)) == .data(Array(long.prefix(before.count))))
  }

  @Test(arguments: Profile.all) func bt00SaysWhatThereIs(_ profile: Profile) async throws {
    let bench = try Bench(profile)
    let decoded = try await bench.read(.bt00)
    func set(_ name: String) -> Set<UInt16> {
      guard let place = decoded.places.first(where: { $0.pathText == name }),
        case .octets(let octets)? = place.raw(in: decoded.octets)
      else { return [] }
      return Set(UInt16(0)..<UInt16(octets.count * 8)).filter { octets[Int($0) / 8] >> UInt8($0 % 8) & 1 == 1 }
    }
    for (isExtended, tables, writable) in [
      (false, set("basic_tables_used"), set("basic_tables_writable")),
      (true, set("extended_tables_used"), set("extended_tables_writable")),
    ] {
      #expect(writable.isSubset(of: tables))
      for index in UInt16(0)..<160 {
        let table = isExtended ? TableID.extended(index) : .basic(index)
        let isThere =
          try await bench.ask(.readPart(table, offset: 0, length: 1)) != .refused(.tableOperationNotPossible)
        #expect(isThere == tables.contains(index), "\(table)")
      }
    }
    #expect(set("basic_tables_writable") == [7, 15, 23, 24, 33, 53, 54])
    #expect(set("extended_procedures_used") == (profile.ports == 2 ? [16, 17, 19, 39, 61] : [16, 17, 19, 39]))
    #expect(set("basic_procedures_used") == [])
  }
}
