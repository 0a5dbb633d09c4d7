// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MEPGateway

@Suite struct CostConfigurationTests {
  private func read(_ text: String, hasBroker: Bool = true) -> (settings: CostSettings?, flaws: [String]) {
    let notes = Entry.Notes(file: "mep.yaml", environment: [:])
    let settings = CostSettings(
      Entry(text, notes).fields("costs")["costs"]!, in: CostYear.zone, hasBroker: hasBroker)
    return (settings, notes.flaws.map(\.description))
  }

  /// Parts of a version that is otherwise right: the first of them stands in line 6.
  private func flaws(ofParts parts: String) -> [String] {
    read(
      """
      costs:
        currency: DKK
        versions:
          - from: 2026-01-01
            import:
      \(parts)
      """
    ).flaws
  }

  @Test func everythingCanBeSaid() throws {
    let (settings, flaws) = read(
      """
      costs:
        currency: DKK
        series:
          - {name: spot, csv: spot.csv, separator: ";", decimal: ",", time: HourUTC, price: SpotPriceDKK, time_zone: UTC,
             per: MWh, step: quarter, settled_by: hour}
          - {name: live, topic: homeassistant/sensor/prices/raw_today, time: start, price: value}
          - {name: fetched, url: "https://prices.example/today", list: data.prices}
        versions:
          - from: 2026-01-01
            import:
              - {name: energy, series: spot}
              - name: network
                per_kwh: 0.23
                times:
                  - {per_kwh: 0.91, months: 10-3, hours: 17-21}
                  - {per_kwh: 0.11, weekdays: "sat, sun-mon", hours: "22:30-6, 12-13"}
              - {name: effect, per_kw: 81.25, of: top_three_days, measured: hour, counts: {weekdays: mon-fri}, half: {hours: 22-6}}
              - {name: subscription, per_month: 49}
              - {name: levy, percent: 6.25, of: [network]}
              - {name: VAT, percent: 25}
            export:
              - {name: energy, series: spot}
              - {name: fee, per_kwh: -0.02}
      """)
    #expect(flaws == [])
    let version = try #require(settings?.tariff.versions.first)
    #expect(
      version.from == Timestamp(seconds: 1_767_222_000) && version.imported.count == 6 && version.exported.count == 2)
    #expect(
      version.imported[4].kind == .percent(6_25, of: [1])
        && version.imported[5].kind == .percent(25_00, of: [0, 1, 2, 3, 4]))
    guard case .energy(_, let times) = version.imported[1].kind else {
      Issue.record("the network has no price")
      return
    }
    #expect(times[0].window.months == [10, 11, 12, 1, 2, 3] && times[0].window.minutes == [1020..<1260])
    #expect(times[1].window.weekdays == [6, 0, 1] && times[1].window.minutes == [1350..<1440, 0..<360, 720..<780])
    guard case .effect(let effect) = version.imported[2].kind else {
      Issue.record("there is no effect")
      return
    }
    #expect(effect.rule == .topThreeDays && effect.window.weekdays == [1, 2, 3, 4, 5])
    #expect(effect.half?.minutes == [1320..<1440, 0..<360])
    let sources = try #require(settings?.sources)
    #expect(sources[0].form == .csv(separator: ";") && sources[0].isSettledByHour && sources[0].isOfMWh)
    #expect(sources[1].form == .json([]) && sources[2].form == .json(["data", "prices"]))
    #expect(read("meters: []").settings == nil && read("costs: off").settings == nil)
  }

  @Test(arguments: [
    ("{name: a, per_kwh: dear}", "import[0].per_kwh: takes a number such as 0.25, and not \"dear\"."),
    ("{name: a, per_kwh: 0.0123456789}", "import[0].per_kwh: takes a number such as 0.25, and not \"0.0123456789\"."),
    ("{name: a}", "import[0]: a part has one of per_kwh, series, per_day, per_month, per_year, per_kw, percent."),
    (
      "{name: a, per_kwh: 1, per_day: 1}",
      "import[0]: a part has one of per_kwh, series, per_day, per_month, per_year, per_kw, percent."
    ),
    ("{per_kwh: 1}", "import[0]: a part has a name."),
    ("{name: a, series: spot}", "import[0].series: there is no series \"spot\": there is none."),
    ("{name: a, percent: 25}", "import[0].percent: has no part before it to be a percentage of."),
    ("{name: a, per_day: 1, of: top}", "import[0].of: needs percent: or per_kw: as well."),
    ("{name: a, per_day: 1, times: []}", "import[0].times: needs per_kwh: as well."),
    ("{name: a, per_kw: 1, of: top_ten}", "import[0].of: takes top, top_three_days, and not \"top_ten\"."),
    ("{name: a, per_kw: 1, counts: {}}", "import[0].counts: takes at least one of months, weekdays, hours."),
    ("{name: a, per_kwh: 1, times: [{hours: 7-8}]}", "import[0].times[0]: takes its per_kwh: as well."),
    (
      "{name: a, per_kwh: 1, times: [{per_kwh: 1, hours: 7}]}",
      "import[0].times[0].hours: takes hours such as 17-21 or 22-6, at full quarters."
    ),
    (
      "{name: a, per_kwh: 1, times: [{per_kwh: 1, hours: 7-25}]}",
      "import[0].times[0].hours: takes hours such as 17-21 or 22-6, at full quarters, and not \"7-25\"."
    ),
    (
      "{name: a, per_kwh: 1, times: [{per_kwh: 1, hours: '7:10-8'}]}",
      "import[0].times[0].hours: takes hours such as 17-21 or 22-6, at full quarters, and not \"7:10-8\"."
    ),
    (
      "{name: a, per_kwh: 1, times: [{per_kwh: 1, months: 13}]}",
      "import[0].times[0].months: takes months such as 10-3, or 1, 7-8, and not \"13\"."
    ),
    (
      "{name: a, per_kwh: 1, times: [{per_kwh: 1, weekdays: today}]}",
      "import[0].times[0].weekdays: takes weekdays such as mon-fri, or sat, sun, and not \"today\"."
    ),
  ]) func partsAreChecked(_ part: String, _ words: String) {
    #expect(flaws(ofParts: "        - \(part)") == ["mep.yaml:6: costs.versions[0].\(words)"])
  }

  @Test func unknownNamesAreRefused() {
    let part = flaws(ofParts: "        - {name: a, per_kwh: 1, vat: 25}").first
    #expect(part?.hasPrefix("mep.yaml:6: costs.versions[0].import[0].vat is not known here: there are per_kwh") == true)
    #expect(
      read("costs:\n  currency: DKK\n  tariffs: []").flaws == [
        "mep.yaml:3: costs.tariffs is not known here: there are currency, series, versions.",
        "mep.yaml:2: costs: takes versions of a tariff as well, each with from: and import:.",
      ])
  }

  /// The examples are right, but for their amounts.
  @Test(arguments: ["denmark", "sweden", "austria"]) func examplesAreRead(_ country: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    let text = try String(
      contentsOf: root.appendingPathComponent("Documentation/Tariffs/\(country).yaml"), encoding: .utf8)
    let (settings, flaws) = read(text)
    #expect(flaws == [] && settings?.tariff.versions.first?.imported.last?.name == "VAT")
  }

  @Test func partsGoTogether() {
    #expect(
      flaws(ofParts: "        - {name: a, per_kwh: 1}\n        - {name: a, per_kwh: 2}") == [
        "mep.yaml:7: costs.versions[0].import[1].name: two parts are called \"a\"."
      ])
    #expect(
      flaws(ofParts: "        - {name: a, per_kwh: 1}\n        - {name: b, percent: 5, of: [c]}") == [
        "mep.yaml:7: costs.versions[0].import[1].of[0]: there is no part \"c\" before it."
      ])
    #expect(
      flaws(ofParts: "        - {name: a, per_kwh: 1}\n        - {name: b, percent: 5.125}") == [
        "mep.yaml:7: costs.versions[0].import[1].percent: takes at most two decimals, and at most 1000."
      ])
    let towers = (1...3).map { "        - {name: p\($0), percent: 5}" }.joined(separator: "\n")
    #expect(
      flaws(ofParts: "        - {name: a, per_kwh: 1}\n" + towers) == [
        "mep.yaml:9: costs.versions[0].import[3].percent: is a percentage of one of a percentage of another: two on each other is as far as it goes."
      ])
    #expect(
      flaws(ofParts: "        - {name: a, per_kwh: 1}\n      export:\n        - {name: b, per_kw: 1}") == [
        "mep.yaml:8: costs.versions[0].export[0].per_kw: is for import:, and not for export:."
      ])
  }

  @Test func versionsAreInOrder() {
    func version(_ from: String, _ part: String = "{name: a, per_kwh: 1}") -> String {
      "    - {from: \(from), import: [\(part)]}\n"
    }
    let head = "costs:\n  currency: DKK\n  versions:\n"
    #expect(read(head + version("2026-01-01") + version("2026-05-17")).flaws == [])
    #expect(
      read(head + version("2026-01-01") + version("2025-01-01")).flaws == [
        "mep.yaml:5: costs.versions[1]: begins no later than the version before it: the earliest stands first."
      ])
    #expect(
      read(head + version("january")).flaws == [
        "mep.yaml:4: costs.versions[0].from: takes a day such as 2026-01-01, and not \"january\"."
      ])
    #expect(
      read(head + "    - {import: [{name: a, per_kwh: 1}]}").flaws == [
        "mep.yaml:4: costs.versions[0]: takes the day that it holds from: from: 2026-01-01."
      ])
    #expect(
      read(head + "    - {from: 2026-01-01}").flaws == [
        "mep.yaml:4: costs.versions[0]: takes the parts of the price as well: import: with a list."
      ])
    let within =
      "mep.yaml:5: costs.versions[1]: begins within a month, and highest powers are charged by the month: let it begin on the first."
    #expect(read(head + version("2026-01-01", "{name: a, per_kw: 1}") + version("2026-05-17")).flaws == [within])
    #expect(read(head + version("2026-01-01") + version("2026-05-17", "{name: a, per_kw: 1}")).flaws == [within])
    #expect(
      read("costs:\n  versions:\n" + version("2026-01-01")).flaws == [
        "mep.yaml:2: costs: takes a currency as well: currency: DKK."
      ])
    for currency in ["kr", "EURO", "dkk", "€"] {
      #expect(
        read("costs:\n  currency: \(currency)\n  versions:\n" + version("2026-01-01")).flaws == [
          "mep.yaml:2: costs.currency: has to be the three letters of a currency, such as DKK, SEK, CHF or EUR."
        ])
    }
  }

  @Test(arguments: [
    ("{name: a}", "series[0]: a series has a name, and one of csv, url, topic."),
    ("{name: a, csv: b, url: 'http://c'}", "series[0]: a series has a name, and one of csv, url, topic."),
    ("{name: a, url: prices}", "series[0].url: takes an address such as https://prices.example/today.json."),
    ("{name: a, url: 'https:///today'}", "series[0].url: takes an address such as https://prices.example/today.json."),
    (
      "{name: a, url: 'https://c/{date}'}",
      "series[0].url: takes {year}, {month} and {day} of the day that is asked for, and nothing else in braces."
    ),
    (
      "{name: a, topic: b/#}",
      "series[0].topic: takes a topic without wildcards and blanks, without a slash at either end, and without $ in front."
    ),
    ("{name: a, csv: b, form: json}", "series[0].form: is for url: and topic:."),
    ("{name: a, csv: b, list: c}", "series[0].list: is for JSON."),
    ("{name: a, topic: b, decimal: ','}", "series[0].decimal: is for CSV."),
    ("{name: a, csv: b, separator: ', '}", "series[0].separator: takes one character, and not \", \"."),
    ("{name: a, csv: b, decimal: ','}", "series[0]: separator and decimal are the same: separator: \";\"."),
    ("{name: a, csv: b, per: Wh}", "series[0].per: takes kWh, MWh, and not \"Wh\"."),
    ("{name: a, csv: b, step: day}", "series[0].step: takes hour, quarter, and not \"day\"."),
    ("{name: a, csv: b, settled_by: hour}", "series[0].settled_by: needs step: quarter as well."),
    (
      "{name: a, csv: b, time_zone: Danish}",
      "series[0].time_zone: there is no time zone \"Danish\": one is Europe/Copenhagen."
    ),
    ("{name: spot, csv: b}\n    - {name: spot, csv: c}", "series[1]: two series are called \"spot\"."),
  ]) func sourcesAreChecked(_ source: String, _ words: String) {
    let flaws = read(
      "costs:\n  currency: DKK\n  versions: [{from: 2026-01-01, import: [{name: a, per_kwh: 1}]}]\n  series:\n    - \(source)"
    ).flaws
    #expect(flaws == ["mep.yaml:\(words.hasPrefix("series[1]") ? 6 : 5): costs.\(words)"])
  }

  /// A topic without a broker would be waited for in vain.
  @Test func topicsNeedABroker() {
    let text =
      "costs:\n  currency: DKK\n  versions: [{from: 2026-01-01, import: [{name: a, series: spot}]}]\n"
      + "  series:\n    - {name: spot, topic: prices/spot}\n"
    #expect(
      read(text, hasBroker: false).flaws == [
        "mep.yaml:5: costs.series[0].topic: needs mqtt: with the host of a broker as well."
      ])
    #expect(read(text).flaws == [])
  }
}
