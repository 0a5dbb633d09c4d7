// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPClient
import Testing

@Suite struct ReadPaceTests {
  private let second = Instant.Span.milliseconds(1000)

  @Test func aBurstIsNotHeldUpAndThenItIsOneASecond() {
    var pace = ReadPace()
    let start = Instant(microseconds: 5_000_000)
    for _ in 0..<ReadPace.burst { #expect(pace.next(at: start) == start) }
    #expect(pace.next(at: start) == start + second)
    #expect(pace.next(at: start + second) == start + second + second)
  }

  @Test func whoReadsOnceASecondNeverWaits() {
    var pace = ReadPace()
    for i in 0..<1000 {
      let now = Instant(microseconds: Int64(i) * 1_000_000)
      #expect(pace.next(at: now) == now)
    }
  }

  /// Over a long time no more than one a second, and the first hundred.
  @Test func theAverageHolds() {
    var pace = ReadPace()
    var (now, reads) = (Instant(microseconds: 0), 0)
    while now.microseconds < 3_600_000_000 {
      now = max(now, pace.next(at: now))
      reads += 1
    }
    #expect(reads <= 3600 + ReadPace.burst)
    // After an hour of silence there may be a burst again, and no larger one.
    let later = Instant(microseconds: 7_200_000_000)
    #expect((0..<ReadPace.burst).allSatisfy { _ in pace.next(at: later) == later })
    #expect(pace.next(at: later) > later)
  }
}
