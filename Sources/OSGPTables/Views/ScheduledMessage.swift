// SPDX-License-Identifier: Apache-2.0
import C1219

/// The message that a meter's display shows between two times (ET55): an ID on the left, a text on the right.
///
/// Firmware with Free Text (3.82, from 4.02 on; modules from 1.31 on) has the FTa message received last in its place,
/// the OBIS code as the ID. An FTa message that ends before it starts has ended the one before it.
public struct ScheduledMessage: Equatable, Sendable {
  /// Characters on the left of the display: 4, on meters of the fourth generation 5.
  public var id: [UInt8]
  /// Decimal points of the ID: bit 0 is that of the right-most character.
  public var decimalPoints: UInt8
  /// Characters on the right of the display: 8.
  public var text: [UInt8]
  /// UTC; nil where it is not set.
  public var start: Moment?
  /// UTC; nil where it is not set.
  public var end: Moment?
  /// Whether the push button takes it off the display.
  public var canBeOverridden: Bool
  /// Whether it then goes on in the scrolling list.
  public var staysInScrollingList: Bool
  /// Whether the push button, or a client, has taken it off.
  public var isOverridden: Bool

  public init(
    id: [UInt8], decimalPoints: UInt8 = 0, text: [UInt8], start: Moment, end: Moment, canBeOverridden: Bool = true,
    staysInScrollingList: Bool = true
  ) {
    (self.id, self.decimalPoints, self.text) = (id, decimalPoints, text)
    (self.start, self.end) = (start, end)
    (self.canBeOverridden, self.staysInScrollingList) = (canBeOverridden, staysInScrollingList)
    isOverridden = false
  }

  /// The message that ET55 has; nil where the octets end before it does.
  public init?(configuration: Decoded) {
    guard let id = configuration.octets(named: Name.id), let points = configuration.integer(named: Name.points),
      let text = configuration.octets(named: Name.text), let start = configuration.octets(named: Name.start),
      let end = configuration.octets(named: Name.end), let isFixed = configuration.flag(named: Name.noOverride),
      let isOverridden = configuration.flag(named: Name.overridden),
      let isGone = configuration.flag(named: Name.notInList)
    else { return nil }
    (self.id, decimalPoints, self.text) = (id, UInt8(truncatingIfNeeded: points), text)
    (self.start, self.end) = (Moment(start), Moment(end))
    (canBeOverridden, staysInScrollingList, self.isOverridden) = (!isFixed, !isGone, isOverridden)
  }

  #if !hasFeature(Embedded)
    /// The ID as the display has it, with a point behind each character that has one.
    public var pointedID: String {
      var text = ""
      for (i, character) in id.enumerated() {
        text.unicodeScalars.append(Unicode.Scalar(character))
        if decimalPoints >> UInt8(id.count - 1 - i) & 1 == 1 { text += "." }
      }
      return text
    }
  #endif

  /// Takes an ID as people write it ("1.8.0"), and fills it up with spaces; its points come to stand where they are.
  ///
  /// - Parameter width: how many characters the display has for it.
  public mutating func setID(pointed text: [UInt8], width: Int) throws(Flaw) {
    id = []
    decimalPoints = 0
    for character in text {
      if character != UInt8(ascii: ".") {
        id.append(character)
        continue
      }
      guard !id.isEmpty, id.count <= width, width <= 8 else { throw .noSuchDecimalPoint(limit: width) }
      decimalPoints |= 1 << UInt8(width - id.count)
    }
    guard id.count <= width else { throw .idTooLong(limit: width) }
    id = Self.padded(id, to: width)
  }

  /// Whether the display shows it at a time (UTC) by its schedule; the last second is the end's.
  public func isShown(at now: Moment) -> Bool {
    guard !isOverridden, let start, let end else { return false }
    return start <= now && now <= end
  }

  /// Why a message cannot be written.
  public enum Flaw: Error, Equatable, Sendable {
    /// The ID has more characters than this meter's display has room for.
    case idTooLong(limit: Int)
    /// A decimal point behind the last character that this meter's ID has.
    case noSuchDecimalPoint(limit: Int)
    case textTooLong(limit: Int)
    /// A character that is no printable one of ISO 646.
    case unprintable(UInt8)
    /// A time is missing, or not one of the years 2000 to 2099.
    case noTime
    case endsBeforeItStarts
    /// What was read of ET55 ends before the message does.
    case notRead
  }

  /// The partial writes of ET55 that schedule this message, shorter texts filled up with spaces.
  ///
  /// - Parameter present: ET55 as it is, which tells the meter's form of it and the bits that are to stay.
  public func parts(over present: Decoded) throws(Flaw) -> [TablePart] {
    guard let id = present.octets(named: Name.id)?.count, let text = present.octets(named: Name.text)?.count else {
      throw .notRead
    }
    guard self.id.count <= id else { throw .idTooLong(limit: id) }
    guard decimalPoints >> UInt8(id) == 0 else { throw .noSuchDecimalPoint(limit: id) }
    guard self.text.count <= text else { throw .textTooLong(limit: text) }
    for character in self.id + self.text where !(0x20...0x7E).contains(character) { throw .unprintable(character) }
    guard let start, let end, Self.canBeStored(start), Self.canBeStored(end) else { throw .noTime }
    guard start < end else { throw .endsBeforeItStarts }
    let parts = present.parts(writing: [
      (Name.id, .octets(Self.padded(self.id, to: id))),
      (Name.points, .integer(Int64(decimalPoints))),
      (Name.text, .octets(Self.padded(self.text, to: text))),
      (Name.start, .octets(start.octets)),
      (Name.end, .octets(end.octets)),
      (Name.noOverride, .integer(canBeOverridden ? 0 : 1)),
      (Name.overridden, .integer(isOverridden ? 1 : 0)),
      (Name.notInList, .integer(staysInScrollingList ? 0 : 1)),
    ])
    guard let parts else { throw .notRead }
    return parts
  }

  /// The partial write of ET55 that takes the message off the display before its time, as the push button does: the
  /// flag "Message Overridden". Nil where ET55 was not read that far.
  public static func cancellation(over present: Decoded) -> [TablePart]? {
    present.parts(writing: [(Name.overridden, .integer(1))])
  }

  private static func canBeStored(_ moment: Moment) -> Bool {
    (2000...2099).contains(moment.year) && Moment(moment.octets) == moment
  }

  private static func padded(_ octets: [UInt8], to count: Int) -> [UInt8] {
    octets + [UInt8](repeating: 0x20, count: count - octets.count)
  }

  private enum Name {
    static let id: StaticString = "Scheduled LCD Message ID"
    static let points: StaticString = "Scheduled LCD Message ID Decimal Point State"
    static let text: StaticString = "Scheduled LCD Message Text"
    static let start: StaticString = "Scheduled LCD Message Display Start Time"
    static let end: StaticString = "Scheduled LCD Message Display End Time"
    static let noOverride: StaticString = "Disable Message Override"
    static let overridden: StaticString = "Message Overridden"
    static let notInList: StaticString = "Disable Scheduled LCD Message In Scrolling List"
  }
}
