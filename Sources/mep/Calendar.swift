// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPClient

struct Calendar: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows which tier holds when: seasons, days, holidays, summer time, relays.",
    discussion: """
      From BT53, BT54, BT55, ET47 and ET61. All times are the meter's local ones, but
      for the end of an override, which is in UTC. Tiers count from 0, the meter's
      display counts them from 1.
        mep calendar
        mep calendar --json
      """)

  @Flag(help: "One JSON object.")
  var json = false

  @OptionGroup var options: MeterOptions

  func run() async throws {
    let (calendar, relays) = try await options.withMeter { (try await $0.readCalendar(), try await $0.readRelays()) }
    if json {
      Output.line(JSON.object(calendar.published + relays.published + [("read_at", .string(Clock.now()))]))
    } else {
      Output.line((calendar.lines + relays.lines).joined(separator: "\n"))
    }
  }
}
