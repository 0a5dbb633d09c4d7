// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension LoadProfileSetup {
  /// By published names; times as `text` writes them.
  package func published(time text: (Moment) -> String) -> [(String, JSON)] {
    let interval = Int64(profile.interval)
    let channels = zip(profile.channels.publishedNames, profile.channels).map { name, channel -> JSON in
      .object([("name", .string(name)), ("unit", .text(channel.quantity.unit.symbol.description))])
    }
    return [
      ("set", .integer(Int64(profile.set + 1))), ("interval_s", .integer(interval)),
      ("capacity", .integer(Int64(profile.blocks * profile.intervals))),
      // An interval is known by its end.
      ("from", ends.map { .string(text($0.lowerBound.adding(seconds: -interval))) } ?? .null),
      ("to", ends.map { .string(text($0.upperBound)) } ?? .null), ("channels", .array(channels)),
    ]
  }
}
