// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

/// What a real third generation meter answered (Fixtures/gen3-a.mep.txt).
@Suite struct MEPCaptureTests {
  /// Requests and responses in turn, length fields and digests off.
  private func exchanges() throws -> [(request: Request, answer: [UInt8])] {
    let frames = try Fixtures.octets("gen3-a.mep.txt")
    #expect(frames.count == 6)
    return try stride(from: 0, to: frames.count, by: 2).map { i in
      for frame in frames[i...i + 1] { #expect(frame.count - 2 == Int(frame[0]) << 8 | Int(frame[1])) }
      let request = try Request(body: frames[i].dropFirst(2).dropLast(MessageLimit.sequenceNumber + Digest.length))
      let response = frames[i + 1].dropFirst(2).dropLast(Digest.length)
      #expect(response.starts(with: [0]) && response.count - 3 == Int(response[3]) << 8 | Int(response[4]))
      return (request, Array(response.dropFirst(3)))
    }
  }

  static let gen3: Scenario = {
    var scenario = Scenario.household
    scenario.summationSources = Array(0...7) + [26, 27, 28]
    scenario.presentSources =
      Array(8...25) + Array(81...84) + Array(104...107) + Array(185...190) + Array(191...196) + Array(197...199)
      + Array(202...204) + Array(205...207) + [208, 209] + Array(210...212) + Array(213...215)
    return scenario
  }()

  @Test func theReaderAsksForMoreThanThereIs() throws {
    let requests = try exchanges().map(\.request)
    #expect(requests.map(\.table) == [.basic(23), .basic(23), .basic(28)])
    for request in requests { #expect(request == .read(request.table, length: 0x200)) }
  }

  @Test(arguments: [(0, "20491954 varh"), (1, "20491955 varh")])
  func energy(exchange: Int, export: String) throws {
    let layout = try Table.bt23.layout(in: Self.gen3.dimensions())
    let decoded = Decoded(layout: layout, octets: try exchanges()[exchange].answer)
    try #require(decoded.places.count == 55 && decoded.tail.isEmpty)
    #expect(decoded.reading("summations[0]") == "65845342 Wh")
    #expect(decoded.reading("summations[1]") == "179 Wh")
    #expect(layout.places[0].displayName == "Fwd Active Wh L1L2L3" && layout.places[0].quantity == Quantity(.wattHour))
    #expect(decoded.named("Rev Active Wh L1L2L3") == "179 Wh")
    #expect(decoded.named("Import Reactive Varh L1L2L3") == "4056958 varh")
    #expect(decoded.named("Export Reactive Varh L1L2L3") == export)
    #expect(decoded.reading("summations[4]") == "23315499 s")
    #expect(decoded.reading("summations[5]") == "10")
    #expect(decoded.reading("summations[7]") == "65842808 Wh")
    // All of it was in the first tier.
    #expect(decoded.reading("tiers[0].summations[0]") == "65845342 Wh")
    #expect(decoded.reading("tiers[3].summations[10]") == "0")
  }

  static let readings: [(path: String, name: String, reading: String)] = [
    ("present_values[0]", "Fwd Active W L1L2L3", "431 W"), ("present_values[1]", "Rev Active W L1L2L3", "0 W"),
    ("present_values[2]", "Import Reactive Var L1L2L3", "0 var"),
    ("present_values[3]", "Export Reactive Var L1L2L3", "545 var"), ("present_values[4]", "RMS Current L1", "1.982 A"),
    ("present_values[7]", "RMS Voltage L1", "228.315 V"), ("present_values[10]", "Power Factor L1", "0.709"),
    ("present_values[11]", "Frequency", "50.000 Hz"), ("present_values[12]", "VA Power L1L2L3", "822 VA"),
    ("present_values[15]", "Sin phase angle (L1)", "-0.452"), ("present_values[17]", "Sin phase angle (L3)", "-0.924"),
    ("present_values[25]", "Q4 Reactive VAr L1L2L3", "545 var"), ("present_values[26]", "Fwd Active W L1", "321 W"),
    ("present_values[41]", "Continuous RMS Voltage L1", "228.244 V"),
    ("present_values[47]", "Average Fwd Active W L1L2L3", "431 W"),
    ("present_values[49]", "Average Fwd Active W L1", "321 W"),
    ("present_values[54]", "Average Rev Active W L3", "0 W"),
  ]

  @Test(arguments: readings) func presentValues(path: String, name: String, reading: String) throws {
    let layout = try Table.bt28.layout(in: Self.gen3.dimensions())
    let decoded = Decoded(layout: layout, octets: try exchanges()[2].answer)
    #expect(decoded.places.count == 55 && decoded.tail.isEmpty)
    #expect(decoded.reading(path) == reading)
    #expect(layout.places.first { $0.pathText == path }?.displayName == name)
    #expect(decoded.named(name) == reading)
  }

  @Test func whatWasReadIsWhatWouldBeWritten() throws {
    for (request, answer) in try exchanges() {
      let layout = try #require(Catalogue.table(request.table)).layout(in: Self.gen3.dimensions())
      #expect(layout.encode(Decoded(layout: layout, octets: answer).values) == answer)
    }
  }
}
