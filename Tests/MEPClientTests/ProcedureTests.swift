// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
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

  /// "Not complete" changes in time where the guide says so, of EP17; of others it is the answer.
  @Test func whatWorksOnIsWaitedFor() async throws {
    for (procedure, looks) in [(removeDevice, 4), (0x0860, 1)] as [(UInt16, Int)] {
      let reads = Counter()
      let handler = Altered(try simulated(.gen3).port(1)) { request, response in
        // The first look is at the answer to the call before.
        guard request.table == .basic(8), case .data(var octets) = response else { return response }
        if await reads.next() <= 4 { octets[3] = 1 }
        return .data(octets)
      }
      let meter = await Meter(hasty: plug(handler))
      let answer = try await meter.call(procedure: procedure, parameters: handle(7))
      #expect(answer.result == (looks == 1 ? 1 : 3))
      #expect(await reads.value == 1 + looks)
    }
  }

  @Test func aDevicesRemovalIsWaitedFor() async throws {
    let clock = VirtualClock(start: 836_400_000, speed: 10)
    let meter = Meter(at: plug(try SimulatedMeter(.gen3, clock: { clock.now() }).port(1)))
    #expect(try await meter.readDevices().devices[1].state == .up)
    #expect(try await meter.call(RemoveMEPDevice(2)).allSatisfy { $0 == 0 })
    #expect(try await meter.readDevices().devices.map(\.state).prefix(2) == [.up, .empty])
  }

  @Test func whatNeverEndsIsLeftAtThat() async throws {
    let handler = Altered(try simulated(.gen3).port(1)) { request, response in
      guard request.table == .basic(8), case .data(var octets) = response else { return response }
      octets[3] = 1
      return .data(octets)
    }
    let meter = Meter(at: plug(handler))
    var patience = Patience()
    (patience.completion, patience.pause) = (.milliseconds(20), .milliseconds(5))
    await meter.set(patience: patience)
    let words = await failure { () async throws(MeterError) in try await meter.call(RemoveMEPDevice(1000)) }
    #expect(words == "procedure 1")
  }

  /// BT07 has 258 octets: the meter would drop the rest.
  @Test func moreThanTheMeterHoldsIsRefused() async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1)))
    let long = [UInt8](repeating: 9, count: 256)
    let words = await failure { () async throws(MeterError) in
      try await meter.call(procedure: 0x0827, parameters: long)
    }
    #expect(words == "exchange requestTooLong BT07")
    #expect(await simulator.procedureCalls == 0)
    // 180 of them make a message whose digest the guide leaves open: another message carries them.
    for count in [180, 255] {
      #expect(try await meter.call(procedure: 0x0827, parameters: Array(long.prefix(count))).result == 2)
    }
  }

  @Test(
    arguments: [
      (0x0811, 3, "EP17 was not carried out: result 3, \"No device has this handle\"."),
      (0x0811, 1, "EP17 is not complete: result 1, \"Not complete: not all devices have been removed yet\"."),
      (0x0813, 7, "EP19 was not carried out: result 7, \"The on-demand request queue is full\"."),
      (0x083D, 3, "EP61 was not carried out: result 3, \"The other MEP client has locked the transaction tables\"."),
      (
        0x0812, 5,
        "EP18 was not carried out: result 5, \"No authorization for requested procedure, procedure ignored\"."
      ),
      (0x0005, 9, "BP05 was not carried out: result 9, \"a result code that the guide does not list\"."),
    ] as [(UInt16, UInt8, String)]) func resultCodesAreWords(number: UInt16, result: UInt8, words: String)
  {
    let answer = ProcedureAnswer(number: number, sequence: 5, result: result)
    #expect(MeterError.procedure(answer).description == words)
  }

  // MARK: Parameters by name

  private func octets(_ procedure: Procedure, _ text: String) -> String {
    let values = text.split(separator: ";").map { pair in
      let parts = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      return (name: parts[0], value: parts[1])
    }
    do throws(MeterError) { return Hex.text(try procedure.octets(setting: values)) } catch { return error.words }
  }

  @Test func parametersByName() {
    #expect(octets(.ep17, "device_handle=1000;action=0") == "00e803")
    #expect(octets(.ep17, "Action=Primary Address 250;Device Handle=all devices") == "01ffff")
    #expect(octets(.ep61, "lock=lock") == "01")
    #expect(octets(.ep16, "delta=-2") == "feffffff")
    let target = "device_handle_group_mask_or_device_index_bitmask=2"
    #expect(octets(.ep19, "transaction_number=1024;\(target);request_type=billing read") == "0004020002")
    #expect(octets(.ep19, "transaction_number=1;\(target);request_type=4;write_data=0a 0b") == "0100020004020a0b")
    #expect(
      octets(
        .ep19,
        "transaction_number=1;\(target);request_type=9;image_length=7;image_mac=\(String(repeating: "ab", count: 16))")
        == "010002000907000000" + String(repeating: "ab", count: 16))
    #expect(octets(.ep39, "type=12") == "0c")
    #expect(octets(.ep39, "type=12;data=") == "0c")
    #expect(octets(.ep39, "type=3;data=010203") == "03010203")
  }

  @Test func parametersThatAreNone() {
    #expect(octets(.ep17, "device_handle=1000") == #"parameters EP17 missing("action")"#)
    #expect(
      octets(.ep17, "action=0;device_handle=1;action=1")
        == #"parameters EP17 unknown("action", ["action", "device_handle"])"#)
    #expect(
      octets(.ep17, "action=0;device_handle=1;x=1") == #"parameters EP17 unknown("x", ["action", "device_handle"])"#)
    #expect(octets(.ep17, "action=0;device_handle=65536") == #"parameters EP17 bad("device_handle", "65536")"#)
    #expect(octets(.ep17, "action=maybe;device_handle=1") == #"parameters EP17 bad("action", "maybe")"#)
    #expect(octets(.ep39, "type=3;data=0x1") == #"parameters EP39 bad("data", "0x1")"#)
    let head = "transaction_number=1;device_handle_group_mask_or_device_index_bitmask=2;request_type"
    #expect(octets(.ep19, "\(head)=4") == #"parameters EP19 missing("write_data_length")"#)
    #expect(octets(.ep19, "\(head)=4;write_data_length=3;write_data=0a") == #"parameters EP19 bad("write_data", "0a")"#)
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
