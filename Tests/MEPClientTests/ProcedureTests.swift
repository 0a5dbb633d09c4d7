// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// EP17, Remove MEP Device, is the procedure that every client may call.
private let removeDevice: UInt16 = 0x0811
private func handle(_ port: UInt16) -> [UInt8] { [0, UInt8((port * 1000) & 0xFF), UInt8((port * 1000) >> 8)] }

@Suite(.timeLimit(.minutes(2))) struct ProcedureTests {
  enum Place: CaseIterable {
    case bt08, et59, et85
    var port: Int { self == .et85 ? 2 : 1 }
    var table: TableID { [.bt08: .basic(8), .et59: .extended(59), .et85: .extended(85)][self]! }
  }

  /// A meter whose first client is registered, and who answers it where it is told to.
  private func meter(_ place: Place) async throws -> SimulatedMeter {
    let simulator = try simulated(place == .et85 ? .gen4 : .gen3)
    let meter = Meter(at: plug(simulator.port(1)))
    let layout = try await meter.layout(of: .et50)
    let flags = layout.places.filter { $0.displayName == "MEP Device Registered" }[place.port - 1].offset
    try await meter.write(.extended(50), offset: flags, [place == .et59 ? 0b11 : 0b01])
    return simulator
  }

  @Test(arguments: Place.allCases) func answersComeInTheirTable(_ place: Place) async throws {
    let simulator = try await meter(place)
    let wire = Wire()
    let meter = Meter(at: wire.tap(plug(simulator.port(place.port))))
    let answer = try await meter.call(procedure: removeDevice, parameters: handle(UInt16(place.port)))
    #expect(answer.number == removeDevice)
    #expect(answer.result == 0)
    #expect(await simulator.procedureCalls == 1)
    let tables = Set(wire.requests.map(\.table)).intersection([.basic(8), .extended(59), .extended(85)])
    #expect(tables == [place.table])
    let path = "mep_inbound_configuration[\(place.port - 1)].mep_device_registered"
    #expect(try await meter.read(.et50, paths: [path]).integers == [0])
  }

  @Test func resultCodesAreReturned() async throws {
    let simulator = try await meter(.bt08)
    let meter = Meter(at: plug(simulator.port(1)))
    #expect(try await meter.call(procedure: removeDevice, parameters: handle(2)).result == 3)
    #expect(try await meter.call(procedure: removeDevice, parameters: [7, 0, 0]).result == 2)
    #expect(try await meter.call(procedure: 0x0855).result == 6)
    #expect(await simulator.procedureCalls == 3)
  }

  @Test func numberIsNeverTheSameTwiceRunning() async throws {
    let simulator = try await meter(.bt08)
    let wire = Wire()
    for _ in 0..<15 {
      // A client that begins anew doesn't know its last number; the response table does.
      let meter = Meter(at: wire.tap(plug(simulator.port(1))))
      for _ in 0..<2 { _ = try await meter.call(procedure: removeDevice, parameters: handle(1)) }
      meter.close()
    }
    let numbers = wire.procedureNumbers
    #expect(numbers.count == 30)
    #expect(numbers.allSatisfy { ProcedureCall.sequences.contains($0) })
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 != $1 })
  }

  @Test(arguments: LostWriteTests.cases) func isCalledOnce(_ test: LostWriteTests.Case) async throws {
    let place = Place.allCases[test.sendings % 3]
    let simulator = try await meter(place)
    let link = TamperedLink(plug(simulator.port(place.port))) { request, sending in
      request.isRead || sending > test.sendings ? .pass : test.fate
    }
    let meter = Meter(at: link, timers: test.timers)
    let answer = try await meter.call(procedure: removeDevice, parameters: handle(UInt16(place.port)))
    #expect(answer.result == 0, "\(place)")
    #expect(await simulator.procedureCalls == 1, "\(place)")
  }

  @Test func anotherClientsNumberIsAvoided() async throws {
    let simulator = try await meter(.bt08)
    let other = bareClient(plug(simulator.port(1)))
    let wire = Wire()
    // The other client takes the very number, just before.
    let link = TamperedLink(plug(simulator.port(1))) { request, sending in
      guard sending == 1, case .write(.basic(7), let octets) = request else { return .pass }
      _ = try? await other.perform(.write(.basic(7), [0x55, 0x08, octets[2]]))
      return .pass
    }
    let meter = Meter(at: wire.tap(link))
    let answer = try await meter.call(procedure: removeDevice, parameters: handle(1))
    #expect(answer.number == removeDevice)
    #expect(answer.result == 0)
    #expect(await simulator.procedureCalls == 2)
    #expect(wire.procedureNumbers.count == 2)
    #expect(Set(wire.procedureNumbers).count == 2)
  }

  /// An answer that was there before must not pass for that of a call which never arrived.
  @Test func oldAnswerIsNotTakenForANewOne() async throws {
    let simulator = try await meter(.bt08)
    let meter = Meter(at: plug(simulator.port(1)))
    #expect(try await meter.call(procedure: removeDevice, parameters: handle(1)).result == 0)
    let lossy = TamperedLink(plug(simulator.port(1))) { request, _ in request.isRead ? .pass : .damageRequest }
    let words = await failure { () async throws(MeterError) in
      try await Meter(at: lossy).call(procedure: removeDevice, parameters: handle(1))
    }
    #expect(words == "exchange keyNotAccepted BT07, may have been executed")
    #expect(await simulator.procedureCalls == 1)
  }

  /// Refused without anything lost: it is known that it was not executed.
  @Test func refusalIsARefusal() async throws {
    let count = Counter()
    let handler = Altered(try simulated(.gen3).port(1)) { request, response in
      guard !request.isRead else { return response }
      _ = await count.next()
      return .refused(.operationNotPossible)
    }
    let meter = Meter(at: plug(handler))
    #expect(
      await failure { () async throws(MeterError) in try await meter.call(procedure: removeDevice) }
        == "refused Requested operation not possible BT07")
    #expect(await count.value == 2)
  }

  @Test func callsOfTwoTasksDoNotMix() async throws {
    let simulator = try await meter(.bt08)
    let meter = Meter(at: plug(simulator.port(1)))
    try await withThrowingTaskGroup(of: UInt16.self) { group in
      for number in UInt16(0x0860)..<0x0866 {
        group.addTask { try await meter.call(procedure: number).number - number }
      }
      for try await difference in group { #expect(difference == 0) }
    }
    #expect(await simulator.procedureCalls == 6)
  }
}

extension Wire {
  /// The sequence numbers of the procedure calls, each sending of them.
  fileprivate var procedureNumbers: [UInt8] {
    requests.compactMap { request in
      guard case .write(.basic(7), let octets) = request else { return nil }
      return ProcedureCall(octets: octets)?.sequence
    }
  }
}
