// SPDX-License-Identifier: Apache-2.0
import C1219

/// A source that the meter watches about once a second, to alert its clients of each change (ET71).
public struct DeltaDataAlert: Equatable, Sendable {
  /// Of the list under BT22; 255 is none.
  public var source: UInt16
  /// Changes by so much, or more, are told, in what the source counts in: mV for a voltage.
  public var delta: UInt16
  /// What the source is compared with; at each change told the meter puts the new value here. Nil to begin with what it
  /// reads now.
  public var comparison: Int32?
  /// What it read last.
  public let sample: Int32
  /// The meter has no such source.
  public let isInvalid: Bool

  public init(source: UInt16, delta: UInt16, comparison: Int32? = nil) {
    self.source = source
    self.delta = delta
    self.comparison = comparison
    sample = 0
    isInvalid = false
  }

  /// Of an entry that is not used.
  public static let noSource: UInt16 = 255

  /// All that the table watches.
  public static func all(in table: Decoded) -> [DeltaDataAlert] {
    table.integers(named: "Delta Data Monitor Source").indices.compactMap { DeltaDataAlert(table, entry: $0) }
  }

  private init?(_ table: Decoded, entry: Int) {
    func number(_ name: StaticString) -> Int64? { table.integers(named: name, entry: entry).first }
    guard let source = number("Delta Data Monitor Source"), source != Int64(Self.noSource),
      let delta = number("Configured Delta"), let comparison = number("Comparison Value"),
      let sample = number("Sampled Data Value"), let isInvalid = number("Source ID Invalid")
    else { return nil }
    self.source = UInt16(truncatingIfNeeded: source)
    self.delta = UInt16(truncatingIfNeeded: delta)
    self.comparison = Int32(truncatingIfNeeded: comparison)
    self.sample = Int32(truncatingIfNeeded: sample)
    self.isInvalid = isInvalid != 0
  }
}
