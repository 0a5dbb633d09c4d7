// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables
import Testing

@Suite struct ProcedureTests {
  private func layout(_ procedure: Procedure, _ parameters: [UInt8] = []) throws -> Layout {
    try procedure.call.layout(in: Dimensions(), image: [0, 0, 0] + parameters)
  }

  /// What the declaration reads of the parameters: "offset path = value".
  private func read(_ procedure: Procedure, _ parameters: [UInt8]) throws -> [String] {
    let call = ProcedureCall(number: procedure.id.number, sequence: 5, parameters: parameters)
    let decoded = Decoded(layout: try layout(procedure, parameters), octets: call.octets)
    return decoded.places.dropFirst(3).map { place in
      switch decoded[place] {
      case .integer(let value)?: "\(place.offset) \(place.pathText) = \(value)"
      case .octets(let octets)?: "\(place.offset) \(place.pathText) = \(octets)"
      case nil: "\(place.offset) \(place.pathText)"
      }
    }
  }

  private func comesBack<P: ProcedureParameters>(_ parameters: P) -> Bool {
    P(octets: parameters.octets) == parameters
  }

  // MARK: EP17

  /// The guide's example: handle 0x03F8.
  @Test func removeMEPDevice() throws {
    let parameters = RemoveMEPDevice(0x03F8)
    #expect(parameters.octets == [0x00, 0xF8, 0x03] && comesBack(parameters))
    #expect(
      ProcedureCall(number: RemoveMEPDevice.procedure.id.number, sequence: 7, parameters: parameters.octets).octets
        == [0x11, 0x08, 0x07, 0x00, 0xF8, 0x03])
    #expect(try read(.ep17, parameters.octets) == ["3 action = 0", "4 device_handle = 1016"])
    let all = RemoveMEPDevice(RemoveMEPDevice.allDevices, action: .address250)
    #expect(all.octets == [1, 0xFF, 0xFF] && comesBack(all))
    #expect(RemoveMEPDevice(octets: [0, 1, 2, 3]) == RemoveMEPDevice(0x0201))
    #expect(RemoveMEPDevice(octets: [2, 0, 0]) == nil && RemoveMEPDevice(octets: [0, 0]) == nil)
  }

  // MARK: EP19

  static let requests: [(PostOnDemandRequest.Request, [UInt8], [String])] = [
    (.applicationReset, [1], ["7 request_type = 1"]), (.billingRead, [2], ["7 request_type = 2"]),
    (.statusRead, [3], ["7 request_type = 3"]), (.timeSync, [5], ["7 request_type = 5"]),
    (
      .write([0xAA, 0xBB]), [4, 2, 0xAA, 0xBB],
      ["7 request_type = 4", "8 write_data_length = 2", "9 write_data = [170, 187]"]
    ),
    (.multicast([9]), [6, 1, 9], ["7 request_type = 6", "8 write_data_length = 1", "9 write_data = [9]"]),
    (.writeByIndex([]), [10, 0], ["7 request_type = 10", "8 write_data_length = 0", "9 write_data = []"]),
    (.switchover(nil), [9], ["7 request_type = 9"]),
    (
      .switchover(.init(length: 0x0403_0201, mac: [UInt8](11...26))), [9, 1, 2, 3, 4] + [UInt8](11...26),
      [
        "7 request_type = 9", "8 image_length = 67305985",
        "12 image_mac = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26]",
      ]
    ),
  ]

  @Test(arguments: requests.indices) func postOnDemandRequest(i: Int) throws {
    let (request, octets, fields) = Self.requests[i]
    let parameters = PostOnDemandRequest(request, to: 0x03E8, transaction: 0x0401)
    #expect(parameters.octets == [0x01, 0x04, 0xE8, 0x03] + octets && comesBack(parameters))
    #expect(request.type == octets[0])
    let head = ["3 transaction_number = 1025", "5 device_handle_group_mask_or_device_index_bitmask = 1000"]
    #expect(try read(.ep19, parameters.octets).filter { $0.contains("=") } == head + fields)
    #expect(PostOnDemandRequest(octets: parameters.octets + [0, 0]) == parameters)
    // Cut off it is none, but for the image, which older meters do without.
    for count in 0..<parameters.octets.count {
      let cut = PostOnDemandRequest(octets: Array(parameters.octets.prefix(count)))
      if octets[0] == 9, count >= 5 { #expect(cut?.request == .switchover(nil)) } else { #expect(cut == nil) }
    }
  }

  @Test func whatAnOnDemandRequestCannotHoldIsCut() {
    let long = PostOnDemandRequest(.write([UInt8](repeating: 7, count: 300)), to: 1, transaction: 2)
    #expect(long.octets.count == 6 + 255 && long.octets[5] == 255)
    #expect(
      PostOnDemandRequest(.switchover(.init(length: 1, mac: [3])), to: 1, transaction: 2).octets.count == 5 + 20)
    for type in [0, 7, 8, 11, 255] as [UInt8] { #expect(PostOnDemandRequest(octets: [0, 0, 0, 0, type, 0]) == nil) }
  }

  @Test func theEntryIsInTheAnswer() throws {
    let octets: [UInt8] = [0x13, 0x08, 5, 0, 3] + [UInt8](repeating: 0, count: 11)
    let answer = try #require(ProcedureAnswer(octets: octets))
    #expect(PostOnDemandRequest.entryIndex(in: answer.data) == 3)
    #expect(PostOnDemandRequest.entryIndex(in: []) == nil)
    let layout = try Procedure.ep19.response(in: .et59).layout(in: Dimensions())
    #expect(layout.places.last?.pathText == "entry_index" && layout.places.last?.offset == 4)
    #expect(layout.table == .extended(59))
  }

  // MARK: EP61, EP16, EP39

  @Test func transactionLockControl() throws {
    #expect(TransactionLockControl(locks: true).octets == [1] && TransactionLockControl(locks: false).octets == [0])
    #expect(comesBack(TransactionLockControl(locks: true)) && comesBack(TransactionLockControl(locks: false)))
    #expect(TransactionLockControl(octets: [2]) == nil && TransactionLockControl(octets: []) == nil)
    #expect(try read(.ep61, [1]) == ["3 lock = 1"])
  }

  /// What we suppose, so that a change of it is noticed; no meter has proven it.
  @Test func unprovenOnes() throws {
    #expect(ChangeSystemClockByDelta(seconds: -2).octets == [0xFE, 0xFF, 0xFF, 0xFF])
    #expect(comesBack(ChangeSystemClockByDelta(seconds: .min)) && ChangeSystemClockByDelta(octets: [1, 2, 3]) == nil)
    #expect(try read(.ep16, [0xFE, 0xFF, 0xFF, 0xFF]) == ["3 delta = -2"])
    #expect(PostMEPData.clearDeltaDataAlert.octets == [12] && PostMEPData(octets: []) == nil)
    #expect(comesBack(PostMEPData(type: 1, data: [2, 3])))
    #expect(try read(.ep39, [12]) == ["3 type = 12", "4 data = []"])
    for procedure in [Procedure.ep16, .ep39] { #expect(procedure.source == .unproven && !procedure.isDescribed) }
  }

  // MARK: All

  @Test func numbersAscend() {
    let numbers = Catalogue.procedures.map(\.id.number)
    #expect(numbers == Set(numbers).sorted() && numbers.allSatisfy { $0 < 4096 })
    #expect(
      Catalogue.procedures.map(\.id.description).joined(separator: " ")
        == "BP01 BP04 BP05 BP10 EP02 EP03 EP04 EP06 EP11 EP16 EP17 EP18 EP19 EP26 EP32 EP33 EP37 EP39 EP41 EP50 EP52 "
        + "EP61 EP64")
    #expect(Catalogue.procedure(.extended(17))?.name.description == "Remove MEP Device")
    #expect(Catalogue.procedure(.extended(62)) == nil)
  }

  /// The number that each section's heading prints.
  @Test func printedNumbers() {
    #expect([Procedure.ep17, .ep19, .ep61].map(\.id.number) == [2065, 2067, 2109])
  }

  /// Appendix C.2 and the sections; EP39 is in neither, the overview of the keys has it.
  @Test func keys() {
    let callable = Catalogue.procedures.filter { $0.access != nil }
    #expect(callable.map(\.id) == [Procedure.ep16, .ep17, .ep19, .ep39, .ep61].map(\.id))
    #expect(callable.filter { $0.access == .advanced }.map(\.id) == [Procedure.ep19.id])
  }

  /// The guide calls BP05 and EP16 not idempotent; a request that is queued twice is carried out twice.
  @Test func whatMustNotBeCalledTwice() {
    let not = Catalogue.procedures.filter { $0.isIdempotent == false }.map(\.id.number)
    #expect(not == [5, 2064, 2067])
    #expect(Transaction.notIdempotent.allSatisfy(not.contains))
  }

  @Test func wordsForResults() throws {
    #expect(Procedure.ep17.words(for: 4) == "A removal is already under way")
    #expect(Procedure.ep19.words(for: 4) == "Timing constraint, procedure ignored")
    #expect(Procedure.ep19.words(for: 7) == "The on-demand request queue is full")
    #expect(Procedure.ep61.words(for: 0) == "Procedure completed")
    #expect(Procedure.ep61.words(for: 7) == "a result code that the guide does not list")
    #expect(Procedure.words(for: 6, of: nil) == "Unrecognized procedure, procedure ignored")
  }

  @Test func onlyEP17WorksOn() {
    #expect(Catalogue.procedures.filter(\.worksOn).map(\.id) == [.extended(17)])
  }

  /// What nobody describes may do anything.
  @Test func consequences() {
    #expect(Procedure.ep16.consequences == [.clock])
    for procedure in [Procedure.ep17, .ep19, .ep39, .ep61] { #expect(procedure.consequences.isEmpty) }
    for procedure in Catalogue.procedures where procedure.source == .named {
      #expect(procedure.consequences == Consequence.allCases)
    }
  }

  @Test func names() {
    for text in ["EP17", "ep17", "2065", "0x0811"] { #expect(ProcedureID(text) == .extended(17), "\(text)") }
    for text in ["BP05", "bp5", "5"] { #expect(ProcedureID(text) == .basic(5), "\(text)") }
    for text in ["", "EP", "ET17", "BT05", "EP+1", "EP2048", "4096", "-1", "P5", "EP 5"] {
      #expect(ProcedureID(text) == nil, "\(text)")
    }
    #expect(ProcedureID(name: "17") == nil && ProcedureID(name: "EP61") == .extended(61))
  }

  @Test func whereTheAnswerIs() {
    #expect(Table.procedureResponse(port: 1, usesET59: false).id == .basic(8))
    #expect(Table.procedureResponse(port: 1, usesET59: true).id == .extended(59))
    for chosen in [false, true] { #expect(Table.procedureResponse(port: 2, usesET59: chosen).id == .extended(85)) }
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func anyOctets(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let octets = random.octets(.random(in: 0...30, using: &random)).map { $0 % 4 == 0 ? $0 : $0 % 12 }
      if let read = RemoveMEPDevice(octets: octets) { #expect(comesBack(read)) }
      if let read = PostOnDemandRequest(octets: octets) { #expect(comesBack(read)) }
      if let read = TransactionLockControl(octets: octets) { #expect(comesBack(read)) }
      if let read = PostMEPData(octets: octets) {
        #expect(comesBack(read))
        if let kind = read.kind, let answer = read.answer { #expect(PostMEPData(kind, answer).answer == answer) }
      }
      for procedure in Catalogue.procedures {
        let layout = try layout(procedure, octets)
        let decoded = Decoded(layout: layout, octets: [0, 0, 0] + octets)
        #expect(layout.encode(decoded.values, tail: Array(decoded.tail)) == decoded.octets, "seed \(seed)")
        _ = procedure.words(for: octets.first ?? 0)
      }
    }
  }
}

private func == (a: StaticString, b: String) -> Bool { a.description == b }
