// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

@Suite("Timers") struct TimersTests {
  @Test func haveTheValuesOfTheGuide() {
    let timers = Timers()
    #expect(timers.response == .milliseconds(500))
    #expect(timers.requestGap == .milliseconds(50))
    #expect(timers.betweenRequests == .milliseconds(100))
    #expect(timers.segmentPause == .milliseconds(25))
    #expect(timers.segment == 117)
    #expect(timers.alert == .milliseconds(1000))
    #expect(SequenceNumber.window == 8)
    #expect(SequenceNumber.configurationChange == 25)
  }

  @Test(arguments: [300, 1200, 2400, 9600, 115_200]) func leaveALongResponseItsTime(baud: Int) {
    let timers = Timers(baud: baud)
    let octet = Int64(10_000_000 / baud)
    let pauses = 4 * timers.segmentPause.microseconds
    #expect(timers.longestResponse.microseconds > 478 * octet + pauses)
    #expect(timers.silence.microseconds > timers.segmentPause.microseconds + 2 * octet)
    #expect(timers.silence >= .milliseconds(150))
  }

  @Test func bearARateOfNought() { #expect(Timers(baud: 0).longestResponse > .zero) }
}
