// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite struct ScheduledMessageTests {
  private static let start = Moment(year: 2026, month: 11, day: 22, hour: 10)
  private static let end = Moment(year: 2026, month: 11, day: 23, hour: 10, minute: 5, second: 9)
  private static let message = ScheduledMessage(
    id: Array("F 1".utf8), decimalPoints: 0x04, text: Array("GRID".utf8), start: start, end: end)

  private func meter(_ firmware: FirmwareVersion?, _ octets: [(at: Int, [UInt8])] = []) throws -> Decoded {
    try ConfigurationTests.decoded(.et55, firmware, octets)
  }

  private func flaw(_ message: ScheduledMessage, _ firmware: FirmwareVersion = ConfigurationTests.third) throws
    -> ScheduledMessage.Flaw?
  {
    let present = try meter(firmware)
    return #expect(throws: ScheduledMessage.Flaw.self) { try message.parts(over: present) }
  }

  /// F 1, space | points | GRID, 4 spaces | start | end | flags, of which the upper five bits stay.
  @Test func whatIsWrittenToTheThirdGeneration() throws {
    var message = Self.message
    message.canBeOverridden = false
    let parts = try message.parts(over: meter(ConfigurationTests.third, [(77, [0xFE]), (51, [0xAA]), (78, [0xBB])]))
    #expect(
      parts == [
        TablePart(
          offset: 52,
          octets: [
            0x46, 0x20, 0x31, 0x20, 0x04, 0x47, 0x52, 0x49, 0x44, 0x20, 0x20, 0x20, 0x20, 0x1A, 0x0B, 0x16, 0x0A, 0, 0,
            0x1A, 0x0B, 0x17, 0x0A, 0x05, 0x09, 0xF9,
          ])
      ])
  }

  /// One character more on the left, everything behind it one octet later.
  @Test func whatIsWrittenToTheFourthGeneration() throws {
    var message = Self.message
    message.decimalPoints = 0x10
    message.staysInScrollingList = false
    #expect(
      try message.parts(over: meter(FirmwareVersion(4, 0))) == [
        TablePart(
          offset: 52,
          octets: [
            0x46, 0x20, 0x31, 0x20, 0x20, 0x10, 0x47, 0x52, 0x49, 0x44, 0x20, 0x20, 0x20, 0x20, 0x1A, 0x0B, 0x16, 0x0A,
            0, 0, 0x1A, 0x0B, 0x17, 0x0A, 0x05, 0x09, 0x04,
          ])
      ])
  }

  @Test func whatIsRead() throws {
    let decoded = try meter(
      ConfigurationTests.third,
      [
        (52, Array("C.51".utf8)), (56, [0x0C]), (57, Array("PRICE UP".utf8)), (65, [26, 11, 22, 10, 0, 0]),
        (71, [26, 11, 23, 10, 5, 9]), (77, [0x05]),
      ])
    let message = try #require(ScheduledMessage(configuration: decoded))
    #expect(message.id == Array("C.51".utf8) && message.decimalPoints == 0x0C)
    #expect(message.text == Array("PRICE UP".utf8) && message.start == Self.start && message.end == Self.end)
    #expect(!message.canBeOverridden && !message.staysInScrollingList && !message.isOverridden)
  }

  @Test func itIsShownFromItsStartToItsEnd() throws {
    let message = Self.message
    #expect(message.isShown(at: Self.start) && message.isShown(at: Self.end))
    #expect(!message.isShown(at: Self.start.adding(seconds: -1)) && !message.isShown(at: Self.end.adding(seconds: 1)))
    var overridden = message
    overridden.isOverridden = true
    #expect(!overridden.isShown(at: Self.start))
    // No times are set.
    let none = try #require(ScheduledMessage(configuration: meter(nil)))
    #expect(none.start == nil && none.end == nil && !none.isShown(at: Self.start))
    // An FTa message that ends before it starts.
    #expect(!ScheduledMessage(id: [], text: [], start: Self.end, end: Self.start).isShown(at: Self.start))
  }

  @Test func theFlagTakesItOffTheDisplay() throws {
    let third = try meter(ConfigurationTests.third, [(77, [0xF5])])
    #expect(ScheduledMessage.cancellation(over: third) == [TablePart(offset: 77, octets: [0xF7])])
    let fourth = try meter(ConfigurationTests.fourth, [(78, [0x00])])
    #expect(ScheduledMessage.cancellation(over: fourth) == [TablePart(offset: 78, octets: [0x02])])
  }

  @Test func whatTheMeterCannotShowIsRefused() throws {
    var message = Self.message
    message.id = Array("12345".utf8)
    #expect(try flaw(message) == .idTooLong(limit: 4))
    #expect(throws: Never.self) { try message.parts(over: meter(ConfigurationTests.fourth)) }
    message.id = Array("123456".utf8)
    #expect(try flaw(message, ConfigurationTests.fourth) == .idTooLong(limit: 5))
    message = Self.message
    message.decimalPoints = 0x10
    #expect(try flaw(message) == .noSuchDecimalPoint(limit: 4))
    message.decimalPoints = 0x20
    #expect(try flaw(message, ConfigurationTests.fourth) == .noSuchDecimalPoint(limit: 5))
    message = Self.message
    message.text = Array("123456789".utf8)
    #expect(try flaw(message) == .textTooLong(limit: 8))
    message.text = [0x41, 0xC3]
    #expect(try flaw(message) == .unprintable(0xC3))
    message = Self.message
    message.id = [0x1F]
    #expect(try flaw(message) == .unprintable(0x1F))
  }

  /// The points of a short ID stand where its characters do: bit 0 is that of the display's right-most one.
  @Test(
    arguments: [
      ("1.8.0", 4, "180 ", 0b1100), ("1.8.0", 5, "180  ", 0b11000), ("180.", 4, "180 ", 0b0010),
      ("1234.", 4, "1234", 1),
      ("", 4, "    ", 0), ("12345", 5, "12345", 0),
    ] as [(String, Int, String, UInt8)])
  func anIDIsTakenAsItIsWritten(written: String, width: Int, id: String, points: UInt8) throws {
    var message = Self.message
    try message.setID(pointed: Array(written.utf8), width: width)
    #expect(message.id == Array(id.utf8) && message.decimalPoints == points)
    #expect(message.pointedID.filter { $0 != " " } == written)
    #expect(throws: Never.self) { try message.parts(over: meter(FirmwareVersion(width == 5 ? 4 : 3, 0))) }
  }

  @Test(arguments: [("12345", 4), (".1", 4), ("123456", 5), ("1234.5.", 4)])
  func anIDThatHasNoRoomIsRefused(written: String, width: Int) {
    var message = Self.message
    #expect(throws: ScheduledMessage.Flaw.self) { try message.setID(pointed: Array(written.utf8), width: width) }
  }

  @Test func timesThatAreNoneAreRefused() throws {
    var message = Self.message
    message.end = nil
    #expect(try flaw(message) == .noTime)
    message.end = Moment(year: 2100, month: 1, day: 1)
    #expect(try flaw(message) == .noTime)
    message.end = Moment(year: 2026, month: 11, day: 31)
    #expect(try flaw(message) == .noTime)
    message.end = Self.start
    #expect(try flaw(message) == .endsBeforeItStarts)
  }

  @Test(arguments: [0, 52, 57, 65, 77]) func ofAnAnswerThatEndsEarlyNothingIsGuessed(octets: Int) throws {
    let whole = try meter(ConfigurationTests.third)
    let cut = Decoded(layout: whole.layout, octets: Array(whole.octets.prefix(octets)))
    #expect(ScheduledMessage(configuration: cut) == nil && ScheduledMessage.cancellation(over: cut) == nil)
    #expect(throws: ScheduledMessage.Flaw.notRead) { try Self.message.parts(over: cut) }
    #expect(ScheduledMessage(configuration: Decoded(layout: whole.layout, octets: whole.octets)) != nil)
  }

  /// Whatever a meter has there is a message, and what is scheduled over it is what is then read.
  @Test(arguments: 0..<100 as Range<UInt64>) func hostileOctets(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let firmware = Bool.random(using: &random) ? ConfigurationTests.third : ConfigurationTests.fourth
    let layout = try ConfigurationTests.layout(.et55, firmware)
    let present = Decoded(layout: layout, octets: random.octets(layout.octets))
    #expect(ScheduledMessage(configuration: present) != nil)
    var octets = present.octets
    for part in try Self.message.parts(over: present) {
      octets.replaceSubrange(part.offset..<part.offset + part.octets.count, with: part.octets)
    }
    let written = try #require(ScheduledMessage(configuration: Decoded(layout: layout, octets: octets)))
    #expect(written.id.starts(with: Self.message.id) && written.text == Array("GRID    ".utf8), "seed \(seed)")
    #expect(written.start == Self.start && written.end == Self.end && !written.isOverridden, "seed \(seed)")
  }
}
