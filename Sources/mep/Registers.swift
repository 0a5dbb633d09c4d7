// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import OSGPTables

struct Registers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the energy registers: all tiers together and each of them.",
    discussion: """
      From BT23, with demands and coincident values where the meter keeps them. In
      JSON and CSV each tier is a line, and its number is in tier; all together have
      none. Tiers count from 0, the meter's display counts them from 1. Names that end
      in _local are times by the meter's own clock.
        mep registers
        mep registers --json
      """)

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: MeterOptions

  func validate() throws { try listing.refuseUTC() }

  func run() async throws {
    let registers = try await options.withMeter { try await $0.readRegisters() }
    registers.tellIfUnscaled()
    if !listing.isText {
      registers.lines.print(listing, empty: "")
    } else {
      registers.sheet.print(listing, empty: "The meter counts nothing.")
      if let resets = registers.demandResets { Output.line("\nDemands were reset \(resets) times.") }
    }
  }
}

extension EnergyRegisters {
  /// A line for each tier.
  fileprivate var lines: Listing {
    var rows = Listing(
      [.init("tier", "Tier"), .init("demand_resets", "Resets")] + total.cells.map(\.column))
    for (tier, values) in blocks {
      let resets: JSON = tier == nil ? demandResets.map { .integer(Int64($0)) } ?? .null : .null
      rows.add([tier.map { .integer(Int64($0)) } ?? .null, resets] + values)
    }
    return rows
  }

  /// A line for each register.
  fileprivate var sheet: Listing {
    let blocks = blocks
    var rows = Listing(
      [.init("register", "Register")]
        + blocks.map { $0.tier.map { .init("tier_\($0)", "Tier \($0)") } ?? .init("total", "Total") })
    for (i, cell) in total.cells.enumerated() {
      rows.add([.string(cell.column.label)] + blocks.map { $0.values[i] })
    }
    return rows
  }
}
