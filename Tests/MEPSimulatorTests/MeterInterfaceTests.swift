// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

/// ET29, ET42 and ET54 say of the meter what its other tables, and the simulator itself, have.
@Suite(.timeLimit(.minutes(1))) struct MeterInterfaceTests {
  @Test(arguments: Profile.all) func theInterfaceIsThatOfTheOtherTables(profile: Profile) async throws {
    let bench = try Bench(profile)
    let table = try await bench.read(.et42)
    #expect(table.tail.isEmpty)
    #expect(table.integer("table_length").map(Int.init) == table.octets.count)
    let interface = try #require(InterfaceDefinition(table))

    let (registers, status) = (try await bench.read(.bt21), try await bench.read(.et54))
    for field in ["self_reads", "summations", "demands", "coincident_values", "tiers", "present_values"] {
      #expect(table.integer("number_of_\(field)") == registers.integer("number_of_\(field)"), "\(field)")
    }
    let selection = try await bench.read(.bt22)
    #expect(table.integers(named: "Demand Sources") == selection.integers(named: "Demand Select"))
    #expect(table.integers(named: "Coincident Sources") == selection.integers(named: "Coincident Select"))
    #expect((table.integer("demand_configured") == 1) == !profile.demands.isEmpty)

    let dimensions = try await bench.read(.et36)
    #expect(interface.logs.count == Int(try #require(dimensions.integer("count"))))
    for (i, log) in interface.logs.enumerated() {
      let entry = "actual_dimension_list[\(i)]."
      #expect(dimensions.integer(entry + "tbl_proc_nbr") == Int64(log.table.index))
      #expect(dimensions.integer(entry + "current_entries") == Int64(log.entries))
      #expect(dimensions.integer(entry + "entry_size") == Int64(log.entrySize))
    }
    let log = try await bench.read(.bt71)
    #expect(interface.historyEntries == log.integer("number_of_history_entries").map { Int($0) })
    #expect(interface.historyArgumentSize == 2)
    #expect(interface.recurringReadEntries.map(Int64.init) == status.integer("et74_entry_count"))
    #expect(interface.alternateHistoryEntries.map(Int64.init) == status.integer("et79_entry_count"))
    #expect(interface.energyRegisterUnit ?? 1 == profile.energyUnit)
  }

  @Test(arguments: Profile.all) func theLoadProfileIsThatOfItsTables(profile: Profile) async throws {
    let bench = try Bench(profile)
    let interface = try #require(InterfaceDefinition(try await bench.read(.et42)))
    let (shape, control) = (try await bench.read(.bt61), try await bench.read(.bt62))
    let (state, map) = (try await bench.read(.et21), try await bench.read(.et66))
    let isMapped = try await bench.integer(.et54, "multiple_load_profile_data_set_support") == 1
    #expect(isMapped == (profile.loadProfile.count > 1))
    var used: [Int] = []
    for i in profile.loadProfile.indices {
      let (actual, internals) = ("data_set_configuration[\(i)].", "data_set_internal_configuration[\(i)].")
      let blocks = try #require(shape.integer(actual + "number_of_blocks"))
      guard blocks > 0 else { continue }
      used.append(i + 1)
      let set = try #require(interface.dataSets.first { $0.number == i + 1 })
      #expect(Int64(set.blocks) == blocks)
      #expect(Int64(set.intervalsPerBlock) == shape.integer(actual + "number_of_intervals"))
      let minutes = try #require(shape.integer(actual + "maximum_interval_time"))
      #expect(Int64(set.interval) == (minutes == 84 ? 86_400 : minutes * 60))
      #expect(Int64(set.blockSize) == state.integer(internals + "block_size"))
      #expect(Int64(set.intervalSize) == state.integer(internals + "interval_size"))
      let sources = set.sources.indices.map {
        control.integer("data_set_control[\(i)].channel_settings[\($0)].interval_source") ?? -1
      }
      for (source, extended) in zip(sources, set.sources) {
        let isHere = isMapped && (112...163).contains(source)
        #expect(Int64(extended) == (isHere ? map.integer("extended_source_ids[\(source - 112)]") : source))
      }
      #expect(Int64(set.sources.count) == shape.integer(actual + "number_of_channels"))
    }
    #expect(interface.dataSets.filter { $0.blocks > 0 }.map(\.number) == used)
  }

  @Test func aGen4TellsOfAllFourDataSets() async throws {
    let bench = try Bench(.gen4)
    let interface = try #require(InterfaceDefinition(try await bench.read(.et42)))
    #expect(interface.dataSets.map(\.number) == [1, 2, 3, 4])
    #expect(interface.dataSets[1].sources == [0, 1, 0x4001, 0x4102])
  }

  /// 2 for a reset counter that only meters with demands have; 4 for each register.
  @Test func aTierHasItsSize() async throws {
    #expect(try await Bench(.gen3).integer(.et42, "tier_size") == 44)
    #expect(try await Bench(.gen4).integer(.et42, "tier_size") == 76)
    // Two demands of 17 octets, two coincident values each.
    #expect(try await Bench(.gen3Demand).integer(.et42, "tier_size") == 60 + 34 + 16)
  }

  // MARK: Changes

  /// The guide wants the IDT version counted up and the alarm of BT03 whenever ET42 changes.
  @Test func whatShapesTheInterfaceChangesIt() async throws {
    let bench = try Bench(.gen3)
    try await bench.write(.et57, "mdt_entry_array[0].entry_type", 1 | 3 << 2)
    let outcome = try await bench.client.perform(.readPart(.basic(21), offset: 0, length: 1))
    #expect(outcome.sequenceReplaced)
    let table = try await bench.read(.et42)
    #expect(table.integer("mdtt_current_entries") == 1 && table.integer("mdtt_entries[0].mdt") == 3)
    #expect(table.integer("table_length").map(Int.init) == table.octets.count)
    #expect(try await bench.integer(.et04, "idt_version") == 2)
    #expect(try await bench.integer(.bt03, "dimension_change") == 1)
    let change = try #require(try await bench.events().last { $0.id == .manufacturer(24) })
    #expect(change.argument == [3, 0] && change.user == .mepClient)
  }

  @Test func whatDoesNotShapeItLeavesItAlone() async throws {
    let bench = try Bench(.gen3)
    try await bench.write(.et04, "self_read_hour", 3)
    // An entry that stays empty.
    try await bench.write(.et57, "mdt_entry_array[0].drh", 0x0C)
    #expect(try await bench.integer(.et04, "idt_version") == 1)
    try await bench.write(.et04, "c12_19_compliance", 1)
    #expect(try await bench.integer(.et42, "c12_19_compliance") == 1)
    #expect(try await bench.integer(.et04, "idt_version") == 2)
  }

  @Test func aReconfigurationIsInIt() async throws {
    let bench = try Bench(.gen3)
    try await bench.meter.reconfigure { $0.tiers = 2 }
    #expect(try await bench.integer(.et42, "number_of_tiers") == 2)
    let change = try #require(try await bench.events().last { $0.id == .manufacturer(24) })
    #expect(change.argument == [1, 0] && change.user == .network)
  }

  // MARK: Hardware

  @Test(arguments: Profile.all) func itSaysWhatItIsFittedWith(profile: Profile) async throws {
    let hardware = try #require(HardwareSettings(try await Bench(profile).read(.et29)))
    #expect(hardware.mepPorts.first == true)
    #expect(hardware.mepPorts.filter { $0 }.count == profile.ports)
    #expect(hardware.controlRelays.map(\.number) == [1])
    #expect(hardware.phases == .poly)
    let options = hardware.options.map(\.description)
    #expect(options.contains("M-Bus Module") == !profile.devices.isEmpty)
    #expect(hardware.hasExternalCT == (profile.energyUnit > 1))
    #expect(options.contains("No Metering") == profile.firmware.isModule)
    #expect(hardware.ports.compactMap(\.mepClient) == (hardware.ports.isEmpty ? [] : Array(1...profile.ports)))
  }
}
