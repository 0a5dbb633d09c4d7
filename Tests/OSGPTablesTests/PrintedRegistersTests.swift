// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// BT23 and BT28: most of their rows stand for sources, in the order that new meters have them in.
@Suite struct PrintedRegistersTests {
  /// What the guide prints above BT23.
  private static let symbols = [
    "A": "BT21.0.2", "B": "A + 4*BT21.3", "C": "B + BT21.4*DmdRcd", "D": "C + BT21.5*CoinRcd",
    "DmdRcd": "5*BT21.6*BT21.0.1 + 4*BT21.0.4 + 4*BT21.0.5 + 4*BT21.6", "CoinRcd": "4*BT21.6",
  ]

  private func arithmetic(_ scenario: Scenario) -> Arithmetic {
    Arithmetic(images: scenario.arithmetic(of: "").images, symbols: Self.symbols)
  }

  /// The sources in the order of the rows. 15 to 18 (apparent energy, firmware 4) have no number in the list of sources.
  static let summations: [UInt8] = Array(0...7) + [26, 27, 28] + Array(108...111) + [112, 113, 114, 115]
  static let presentValues: [UInt8] =
    Array(8...25) + Array(81...84) + Array(104...107) + Array(185...199) + Array(202...244)

  /// Rows of BT23 that the list of sources calls otherwise.
  private static let otherNames = [
    "Import Reactive VArh L1L2L3": "Import Reactive Varh L1L2L3",
    "Export Reactive VArh L1L2L3": "Export Reactive Varh L1L2L3", "Power Outage Duration": "Power Off Seconds",
    "Pulse Input 1": "Channel 0 Pulse Input", "Pulse Input 2": "Channel 1 Pulse Input",
    "Reactive VArh Q1": "Q1 Reactive VArh L1L2L3", "Reactive VArh Q2": "Q2 Reactive VArh L1L2L3",
    "Reactive VArh Q3": "Q3 Reactive VArh L1L2L3", "Reactive VArh Q4": "Q4 Reactive VArh L1L2L3",
    "Apparent Energy VAh Q1": "Source 112", "Apparent Energy VAh Q2": "Source 113",
    "Apparent Energy VAh Q3": "Source 114", "Apparent Energy VAh Q4": "Source 115",
  ]

  @Test(arguments: Scenario.all) func summationsAreWhereThePrintedOnesAre(scenario: Scenario) throws {
    var scenario = scenario
    scenario.summationSources = Self.summations
    let layout = try Table.bt23.layout(in: scenario.dimensions())
    let rows = try PrintedRow.rows(of: "BT23").filter { $0.offset?.hasPrefix("A") == true }
    #expect(rows.count == 19)
    for (i, row) in rows.enumerated() {
      let place = layout.places.first { $0.pathText == "summations[\(i)]" }
      guard i < scenario.summations else {
        #expect(place == nil)
        continue
      }
      let found = try #require(place, "\(row)")
      let start = try #require(try row.extent(arithmetic(scenario))).start
      #expect(found.offset == start && found.octets == 4 && found.field.type == .signed, "\(row)")
      #expect(found.displayName == Self.otherNames[row.name] ?? row.name)
      #expect(found.field.control == .meter && row.vci == "M")
    }
  }

  /// The other rows: where they are, or that they are not there without their flag.
  @Test(arguments: Scenario.all) func demandsAreWhereThePrintedOnesAre(scenario: Scenario) throws {
    let layout = try Table.bt23.layout(in: scenario.dimensions())
    let flags = scenario.register[0]
    let occurrences = Int(scenario.register[6])
    let expected: [(row: String, path: String, count: Int)] = [
      ("Nbr Demand Resets", "nbr_demand_resets", flags & 0x04 == 0 ? 0 : 1),
      ("Event Time", "demands[0].event_time[#]", flags & 0x02 == 0 || scenario.demands == 0 ? 0 : occurrences),
      ("Cumulative Demand", "demands[0].cumulative_demand", flags & 0x10 == 0 || scenario.demands == 0 ? 0 : 1),
      ("Contin Cum Demand", "demands[0].contin_cum_demand", flags & 0x20 == 0 || scenario.demands == 0 ? 0 : 1),
      ("Demand", "demands[0].demand[#]", scenario.demands == 0 ? 0 : occurrences),
      ("Coincidents", "coincidents[0][#]", scenario.coincidents == 0 ? 0 : occurrences),
      ("Summations", "tiers[0].summations[#]", scenario.register[7] == 0 ? 0 : scenario.summations),
    ]
    let rows = try PrintedRow.rows(of: "BT23").filter { $0.offset?.hasPrefix("A") == false }
    #expect(rows.map(\.name) == expected.map(\.row))
    for (row, (_, path, count)) in zip(rows, expected) {
      var offset = try #require(try row.extent(arithmetic(scenario))).start
      let found = layout.places.filter {
        path.hasSuffix("#]") ? $0.pathText.hasPrefix(path.dropLast(2)) : $0.pathText == path
      }
      #expect(found.count == count, "\(row)")
      for place in found {
        #expect(place.offset == offset, "\(row)")
        if case .values(_, let octets, let kinds)? = try row.shape(arithmetic(scenario)) {
          #expect(place.octets == octets && kinds.contains(place.field.type), "\(row)")
        }
        #expect(place.field.control == .meter && row.vci == "M", "\(row)")
        offset = place.end
      }
    }
  }

  /// The guide's offsets for present values, "(A+4)*BT21.8+Present Value Number", want a "4*" before the number.
  @Test(arguments: Scenario.all) func presentValuesAreWhereThePrintedOnesAre(scenario: Scenario) throws {
    var scenario = scenario
    scenario.presentSources = Self.presentValues
    let arithmetic = Arithmetic(images: scenario.arithmetic(of: "").images, symbols: ["A": "3*BT21.0.6"])
    let layout = try Table.bt28.layout(in: scenario.dimensions())
    let rows = try PrintedRow.rows(of: "BT28")
    #expect(rows[0].name == "Time Remaining" && rows[1].name == "Demand value")
    for (row, path) in zip(rows, ["present_demands[0].time_remaining", "present_demands[0].demand_value"]) {
      guard let place = layout.places.first(where: { $0.pathText == path }) else {
        #expect(scenario.presentDemands == 0 || path.hasSuffix("remaining") && scenario.register[0] & 0x40 == 0)
        continue
      }
      #expect(place.offset == (try #require(try row.extent(arithmetic))).start)
    }
    for (i, row) in rows.dropFirst(2).enumerated() {
      let place = layout.places.first { $0.pathText == "present_values[\(i)]" }
      guard i < scenario.presentValues else {
        #expect(place == nil)
        continue
      }
      let found = try #require(place, "\(row)")
      #expect(found.offset == (try arithmetic.value("(A+4)*BT21.8+4*\(i)")) && found.octets == 4)
      #expect(found.displayName.measured == row.name.measured)
      #expect(found.field.control == .meter && row.vci == "M")
    }
  }
}

extension String {
  /// What both ways to name a present value say: the guide's list of sources and BT28 do it differently.
  fileprivate var measured: [String] {
    var text = lowercased().replacing("sin(pa)", with: "sin phase angle").replacing("va power", with: "va")
    for unit in ["(ma)", "(mv)", "(mhz)", "(1/1000)", "ma "] { text = text.replacing(unit, with: " ") }
    text = text.replacing("multiplied by ct/vt ratio if enabled", with: "post ct/vt ratio")
    text = text.replacing("post ct/vt ratio", with: "post").replacing("post ct ratio", with: "post")
    text = text.replacing("current ma", with: "current")
    let filler: Set<Substring> = ["reactive"]
    return text.split { !$0.isLetter && !$0.isNumber }.filter { !filler.contains($0) }.sorted().map(String.init)
  }
}
