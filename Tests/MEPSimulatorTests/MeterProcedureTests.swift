// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct MeterProcedureTests {
  private let ep17: UInt16 = 0x0811
  private let all: [UInt8] = [0, 0xFF, 0xFF]
  private let nobody: [UInt8] = [0, 7, 0]

  @Test(
    arguments: [
      ([0, 0xE8, 0x03], 0), ([1, 0xE8, 0x03], 0), ([2, 0xE8, 0x03], 2), ([0], 2), ([], 2),
      ([0, 0xD0, 0x07], 3), ([0, 0, 0], 3),
    ] as [([UInt8], UInt8)]) func removeDeviceAnswers(parameters: [UInt8], result: UInt8) async throws
  {
    let bench = try Bench(.gen3)
    let path = "mep_inbound_configuration[0].mep_device_registered"
    #expect(try await bench.ask(.writePart(.extended(50), offset: 30, [1])) == .done)
    #expect(try await bench.call(ep17, sequence: 6, parameters) == .done)
    #expect(try await bench.answer() == answer(6, result))
    #expect(try await bench.integer(.et50, path) == (result == 0 ? 0 : 1))
  }

  @Test func unknownProcedureIsAnsweredSix() async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.call(0x0042, sequence: 5) == .done)
    #expect(try await bench.answer() == answer(5, 6, number: 0x0042))
    #expect(await bench.meter.procedureCalls == 1)
  }

  @Test func numberMustDifferFromTheLast() async throws {
    let bench = try Bench(.gen3Old)
    for sequence in [5, 6, 5, 9] as [UInt8] {
      #expect(try await bench.call(ep17, sequence: sequence, all) == .done)
      #expect(try await bench.call(ep17, sequence: sequence, all) == .refused(.operationNotPossible))
      #expect(try await bench.answer() == answer(sequence, 0))
    }
    #expect(await bench.meter.procedureCalls == 4)
  }

  @Test func numberMustBeAClients() async throws {
    let bench = try Bench(.gen3Old)
    for sequence in UInt8(0)...20 {
      let isOpen = (5...9).contains(sequence)
      #expect(
        try await bench.call(ep17, sequence: sequence, all) == (isOpen ? .done : .refused(.operationNotPossible)))
    }
    #expect(await bench.meter.procedureCalls == 5)
    #expect(try await bench.ask(.write(.basic(7), [0x11, 0x08])) == .refused(.operationNotPossible))
  }

  @Test func answersGoWhereTheClientWantsThem() async throws {
    let bench = try Bench(.gen4)
    #expect(try await bench.call(ep17, sequence: 5, nobody) == .done)
    #expect(try await bench.answer(.basic(8)) == answer(5, 3))
    #expect(try await bench.answer(.extended(59))?.sequence == 0)
    #expect(try await bench.ask(.writePart(.extended(50), offset: 30, [0b10])) == .done)
    #expect(try await bench.call(ep17, sequence: 6, nobody) == .done)
    #expect(try await bench.answer(.extended(59)) == answer(6, 3))
    #expect(try await bench.answer(.basic(8)) == answer(5, 3))

    let second = try Bench(.gen4, port: 2, meter: bench.meter)
    #expect(try await second.call(ep17, sequence: 7, nobody) == .done)
    #expect(try await second.answer(.extended(85)) == answer(7, 3))
    #expect(try await second.answer(.extended(59)) == answer(6, 3))
  }

  @Test func devicesAreRemovedOneAfterTheOther() async throws {
    let bench = try Bench(.gen3)
    let before = try await bench.read(.et16).octets
    #expect(try await bench.call(ep17, sequence: 5, all) == .done)
    let course: [(seconds: Int64, result: UInt8, occupied: Int64)] = [(0, 1, 3), (3, 1, 2), (2, 1, 2), (1, 0, 0)]
    for (seconds, result, occupied) in course {
      bench.clock.go(seconds)
      #expect(try await bench.answer() == answer(5, result))
      let status = try await bench.read(.et14)
      let occupancy = try #require(status.places.first { $0.pathText == "device_occupancy" })
      #expect(status.octets[occupancy.offset] == occupied)
      #expect(status.integer("m_bus_mep_status[0].device_handle") == occupied & 1)
      #expect(status.integer("m_bus_mep_status[1].device_handle") == occupied & 2)
    }
    #expect(try await bench.events().suffix(3).map(\.argument) == [[0x11, 8], [4, 0x20], [4, 0x40]])
    // What was read stays, and nothing is read any more.
    bench.clock.go(2 * 86_400)
    #expect(try await bench.read(.et16).octets == before)
    #expect(try await bench.call(ep17, sequence: 6, all) == .done)
    #expect(try await bench.answer() == answer(6, 0))
  }

  @Test func oneRemovalAtATime() async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.call(ep17, sequence: 5, [0, 2, 0]) == .done)
    #expect(try await bench.call(ep17, sequence: 6, [0, 1, 0]) == .done)
    #expect(try await bench.answer() == answer(6, 4))
    bench.clock.go(3)
    // The end of the first does not change the second's answer.
    #expect(try await bench.answer() == answer(6, 4))
    #expect(try await bench.integer(.et14, "m_bus_mep_status[0].device_handle") == 1)
    #expect(try await bench.integer(.et14, "m_bus_mep_status[1].device_handle") == 0)
    let basic = try Bench(.gen3, key: basicKey)
    #expect(try await basic.call(ep17, sequence: 5, [0, 2, 0]) == .done)
    #expect(try await basic.answer() == answer(5, 5))
  }

  /// What the load profile has of the time before does not depend on when somebody looks.
  @Test func thePastIsAsItWas() async throws {
    let early = try await Bench(.gen4).read(.bt65).octets
    let bench = try Bench(.gen4)
    #expect(try await bench.call(ep17, sequence: 5, all) == .done)
    bench.clock.go(10)
    #expect(try await bench.read(.bt65).octets == early)
  }

  /// Answer tables have a fixed size: a header of 4, and 12 octets more.
  private func answer(_ sequence: UInt8, _ result: UInt8, number: UInt16 = 0x0811) -> ProcedureAnswer {
    ProcedureAnswer(number: number, sequence: sequence, result: result, data: [UInt8](repeating: 0, count: 12))
  }
}
