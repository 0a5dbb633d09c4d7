// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

@Suite struct MomentTests {
  @Test(
    arguments: [
      ([26, 11, 22, 10, 5, 9], "2026-11-22T10:05:09"), ([0, 1, 1, 0, 0, 0], "2000-01-01T00:00:00"),
      ([99, 12, 31, 23, 59, 59], "2099-12-31T23:59:59"), ([22, 6, 15, 7, 8], "2022-06-15T07:08:00"),
      ([22, 6, 15], "2022-06-15T00:00:00"),
    ] as [([UInt8], String)])
  func octetsAreADateAndATime(octets: [UInt8], text: String) throws {
    let moment = try #require(Moment(octets))
    #expect(moment.description == text)
    #expect(Array(moment.octets.prefix(octets.count)) == octets)
    #expect(Moment(moment.octets) == moment)
  }

  @Test(
    arguments: [
      [], [26], [26, 11], [0, 0, 0], [0, 0, 0, 0, 0, 0], [100, 1, 1, 0, 0, 0], [26, 13, 1, 0, 0, 0],
      [26, 0, 1, 0, 0, 0],
      [26, 1, 0, 0, 0, 0], [26, 1, 32, 0, 0, 0], [26, 1, 1, 24, 0, 0], [26, 1, 1, 0, 60, 0], [26, 1, 1, 0, 0, 60],
      [255, 255, 255, 255, 255, 255],
    ] as [[UInt8]])
  func whatIsNoMoment(octets: [UInt8]) { #expect(Moment(octets) == nil) }
}
