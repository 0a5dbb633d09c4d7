// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

/// Client and server over a bad line, in virtual time. A failure names its seed: run it again by `Schedule(seed:)`.
@Suite("Over a bad line") struct VirtualTimeTests {
  static let schedules = 100

  @Test(arguments: 0..<22) func everyRequestEndsInTheRightValueOrANamedError(batch: Int) {
    for seed in UInt64(batch * Self.schedules)..<UInt64((batch + 1) * Self.schedules) {
      var schedule = Schedule(seed: seed)
      schedule.run()
      for violation in schedule.violations { Issue.record("seed \(seed): \(violation)" as Comment) }
    }
  }

  /// Doubled writes whose second copy met a number that had moved on: each was executed twice once.
  @Test(arguments: [UInt64(449), 1856, 9875]) func aDoubledWriteIsNotExecutedTwice(seed: UInt64) {
    var schedule = Schedule(seed: seed)
    schedule.run()
    for violation in schedule.violations { Issue.record("seed \(seed): \(violation)" as Comment) }
  }

  /// Faults that nothing survives, or that nobody notices, would prove nothing.
  @Test func theFaultsAreNeitherTooManyNorTooFew() {
    var endings: [String: Int] = [:]
    for seed in UInt64(0)..<200 {
      var schedule = Schedule(seed: seed)
      schedule.run()
      endings.merge(schedule.endings, uniquingKeysWith: +)
    }
    let total = endings.values.reduce(0, +)
    let answered = (endings["read answered"] ?? 0) + (endings["write answered"] ?? 0)
    #expect(answered > total / 2 && answered < total * 19 / 20, "\(endings)")
    for ending in [
      "read noAnswer", "read digest", "read keyNotAccepted", "write noAnswer, perhaps executed",
      "write digest, perhaps executed", "write keyNotAccepted, perhaps executed",
      "write sequenceNumber, perhaps executed",
    ] {
      #expect(endings[ending] != nil, "\(ending) is missing in \(endings)")
    }
  }
}
