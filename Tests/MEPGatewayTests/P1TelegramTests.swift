// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient
import Testing

@testable import MEPClient
@testable import MEPGateway

func identity(
  tiers: Int64 = 4, model: String = "83331-3I", serial: String = "0102", number: String? = "65123456"
) -> Identity {
  Identity(
    manufacturer: "ECHELON", model: model, firmware: FirmwareVersion(3, 84, 6), hardware: FirmwareVersion(2, 0),
    serialNumber: serial, utilitySerialNumber: number, imageCRC: nil, programID: nil, idtVersion: nil,
    dimensions: [("Number of Tiers", tiers)], clockUTC: nil, clockLocal: nil)
}

@Suite struct P1TelegramTests {
  private let copenhagen = TimeZone(identifier: "Europe/Copenhagen")!
  private let noon = march + 12 * hour

  private func meter(tiers: Int64 = 4, model: String = "83331-3I", number: String? = "65123456") -> LiveValues {
    var live = LiveValues()
    live.take(.present(identity(tiers: tiers, model: model, number: number)))
    return live
  }

  private func text(_ live: LiveValues, _ change: (inout Schedule) -> Void = { _ in }, at now: Timestamp? = nil)
    -> String?
  {
    var live = live
    change(&live.schedule)
    return P1Telegram(live, meter: "house", zone: copenhagen, now: now ?? noon)?.text
  }

  @Test func theChecksumIsThatOfAllDSMR() {
    #expect(P1Telegram.crc16("123456789".utf8) == 0xBB3D)
    #expect(P1Telegram.crc16([]) == 0)
  }

  @Test func everyValueHasItsLine() throws {
    var live = meter()
    live.take(
      Reading(
        at: noon,
        [
          power: 1234, Series("rev_active_power_w"): 0, Series("import_reactive_power_var"): 56,
          Series("export_reactive_power_var"): 0, Series("frequency_hz", exponent: -3): 49_987,
          voltage: 231_449, Series("voltage_l2_v", exponent: -3): 230_050, Series("voltage_l3_v", exponent: -3): 0,
          Series("current_l1_a", exponent: -3): 2345, Series("current_l2_a", exponent: -3): 5,
          Series("current_l3_a", exponent: -3): 63_000,
          Series("fwd_active_power_l1_w"): 600, Series("fwd_active_power_l2_w"): 634,
          Series("fwd_active_power_l3_w"): 0,
          Series("rev_active_power_l1_w"): 0, Series("rev_active_power_l2_w"): 0, Series("rev_active_power_l3_w"): 12,
          Series("power_factor_l1", exponent: -3): 900,
        ]))
    live.take(
      Reading(
        at: noon,
        [
          energy: 12_345_678, Series("rev_active_energy_wh", .counter): 42,
          Series("import_reactive_energy_varh", .counter): 1_000, Series("export_reactive_energy_varh", .counter): 0,
          Series("fwd_active_energy_tier_0_wh", .counter): 12_345_678,
        ]))
    let told = try #require(text(live))
    let body = [
      "/NES5\\83331-3I", "", "1-3:0.2.8(50)", "0-0:1.0.0(260301130000W)", "0-0:96.1.1(3635313233343536)",
      "1-0:1.8.0(012345.678*kWh)", "1-0:1.8.1(012345.678*kWh)", "1-0:2.8.0(000000.042*kWh)",
      "1-0:2.8.1(000000.042*kWh)",
      "1-0:3.8.0(000001.000*kvarh)", "1-0:4.8.0(000000.000*kvarh)", "1-0:1.7.0(01.234*kW)", "1-0:2.7.0(00.000*kW)",
      "1-0:3.7.0(00.056*kvar)", "1-0:4.7.0(00.000*kvar)",
      "1-0:32.7.0(231.4*V)", "1-0:31.7.0(002.35*A)", "1-0:21.7.0(00.600*kW)", "1-0:22.7.0(00.000*kW)",
      "1-0:52.7.0(230.1*V)", "1-0:51.7.0(000.01*A)", "1-0:41.7.0(00.634*kW)", "1-0:42.7.0(00.000*kW)",
      "1-0:72.7.0(000.0*V)", "1-0:71.7.0(063.00*A)", "1-0:61.7.0(00.000*kW)", "1-0:62.7.0(00.012*kW)",
      "1-0:14.7.0(49.99*Hz)", "!",
    ].joined(separator: "\r\n")
    // The checksum is what dsmr-parser makes of it.
    #expect(told == body + "ED98\r\n")
  }

  @Test func whatIsNotKnownIsNotInIt() throws {
    var live = meter(number: nil)
    live.take(Reading(at: noon, [power: 0]))
    let told = try #require(P1Telegram(live, meter: "house", zone: utc, now: noon))
    #expect(
      told.text.split(separator: "\r\n").dropFirst().dropLast() == [
        "1-3:0.2.8(50)", "0-0:1.0.0(260301120000W)", "0-0:96.1.1(30313032)", "1-0:1.7.0(00.000*kW)",
      ])
    #expect(!told.hasEnergy)
    var nameless = LiveValues()
    nameless.take(Reading(at: noon, [power: 0]))
    // Of an earlier run, as long as the meter has not answered.
    #expect(text(nameless) == nil)
    nameless.take(.present(identity(serial: "", number: nil)))
    #expect(text(nameless)?.contains("0-0:96.1.1(686F757365)") == true)
    #expect(text(LiveValues()) == nil && text(meter()) == nil)
  }

  @Test func whatIsOldIsNotInIt() {
    var live = meter()
    live.take(Reading(at: noon, [power: 1, energy: 5]))
    live.take(Reading(at: noon + 15 * second, [voltage: 230_000]))
    let late = text(live, at: noon + 25 * second)
    #expect(late?.contains("1-0:32.7.0(230.0*V)") == true && late?.contains("1-0:1.7.0") == false)
    // Registers are read every tenth second, and good for thirty.
    #expect(late?.contains("1-0:1.8.0(000000.005*kWh)") == true)
    #expect(text(live, at: noon + 31 * second)?.contains("1-0:1.8.") == false)
    #expect(text(live, at: noon + 36 * second) == nil)
    // Whoever reads slowly has values for longer.
    let slow = text(live, { $0.intervals[.present] = 60_000 }, at: noon + 100 * second)
    #expect(slow?.contains("1-0:1.7.0(00.001*kW)") == true)
    // A clock that was set back by an hour.
    #expect(text(live, at: noon + -hour) == nil)
    live.take(.away(.link(.closed("it is cut"))))
    #expect(text(live, at: noon + 15 * second) == nil)
  }

  /// Each direction has a code of its own: what is below zero is nothing that a telegram could tell.
  @Test func whatIsBelowZeroIsNotInIt() {
    var live = meter()
    live.take(Reading(at: noon, [power: -1, Series("rev_active_power_w"): 3]))
    let told = text(live)
    #expect(told?.contains("1-0:1.7.0") == false && told?.contains("1-0:2.7.0(00.003*kW)") == true)
  }

  @Test func aFieldGrowsWithItsNumber() {
    var live = meter()
    live.take(Reading(at: noon, [power: 123_456, energy: 4_294_967_295]))
    let told = text(live)
    #expect(told?.contains("1-0:1.7.0(123.456*kW)") == true)
    #expect(told?.contains("1-0:1.8.0(4294967.295*kWh)") == true)
  }

  @Test(arguments: [
    // Europe's clocks change at 01:00 UTC.
    (3, 29, 0, "260329015959W"), (3, 29, 1, "260329030000S"), (10, 25, 0, "261025025959S"),
    (10, 25, 1, "261025020000W"),
  ]) func theHourThatComesTwiceIsTwoHours(month: Int, day: Int, after: Int64, expected: String) {
    let change = Timestamp(utc: Moment(year: 2026, month: month, day: day, hour: 1))
    let time = change + (after - 1) * second
    var live = meter()
    live.take(Reading(at: time, [power: 1]))
    #expect(text(live, at: time)?.contains("0-0:1.0.0(\(expected))") == true)
  }

  @Test func twoTiersAreTheTwoTariffs() {
    let (low, high) = (Series("fwd_active_energy_tier_0_wh", .counter), Series("fwd_active_energy_tier_1_wh", .counter))
    var live = meter(tiers: 2)
    live.take(Reading(at: noon, [power: 1, energy: 300, low: 100, high: 200]))
    let told = text(live)
    for line in ["1.8.0(000000.300", "1.8.1(000000.100", "1.8.2(000000.200"] {
      #expect(told?.contains("1-0:\(line)*kWh)") == true, "\(line)")
    }
    // Until they are read there is no tariff: a total in its place would fall later.
    var early = meter(tiers: 2)
    early.take(Reading(at: noon, [power: 1, energy: 300]))
    #expect(text(early)?.contains("1-0:1.8.1") == false)
  }

  /// It would begin or end a telegram.
  @Test func aModelHasNoSlash() {
    var live = meter(model: "83331/3I!ø with a long name")
    live.take(Reading(at: noon, [power: 1]))
    #expect(text(live)?.hasPrefix("/NES5\\833313I with a l\r\n") == true)
    var nameless = meter(model: "")
    nameless.take(Reading(at: noon, [power: 1]))
    #expect(text(nameless)?.hasPrefix("/NES5\\OSGP\r\n") == true)
  }
}
