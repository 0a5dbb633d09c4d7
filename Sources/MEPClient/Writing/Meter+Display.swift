// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// What the display of a meter goes through.
public struct MeterDisplay: Sendable {
  /// The numbers of what it shows, in their order (BT33); what they stand for is not public.
  public let sources: [Int]
  /// Seconds for each of them; 0 where the push button goes on.
  public let seconds: Int?
  /// How many decimal digits an energy register has, in Wh, before it begins anew (ET42).
  public let registerDigits: Int?
  /// ET55; nil where the meter keeps it to itself.
  public let message: ScheduledMessage?
  /// The meter's clock, in UTC.
  public let clock: Moment?
}

extension Meter {
  /// Reads BT33 and BT52, and what it takes of ET42 and ET55.
  public func readDisplay() async throws(MeterError) -> MeterDisplay {
    let list = try await read(.bt33)
    let (interface, configuration) = (try await readIfKept(.et42), try await readIfKept(.et55))
    let count = list.integer(named: "Number List Items") ?? 0
    return MeterDisplay(
      sources: list.integers(named: "Display Sources", entry: 0).prefix(Int(count)).map { Int($0) },
      seconds: list.integer(named: "On Time").map { Int($0) },
      registerDigits: interface?.integer(named: "Accumulator Rollover Digit").map { Int($0) },
      message: configuration.flatMap { ScheduledMessage(configuration: $0) },
      clock: Moment(try await read(.bt52).octets))
  }

  /// The scheduled message of the display (ET55), be it over or not.
  public func readMessage() async throws(MeterError) -> ScheduledMessage {
    let table = try await read(.et55)
    guard let message = ScheduledMessage(configuration: table) else { throw .tooShort(table) }
    return message
  }

  /// Puts a message on the display between two times, in the form that this meter has (ET55, which takes the MAK), and
  /// reads it back. It takes the place of the one that was there.
  ///
  /// - Parameters:
  ///   - id: up to 4 characters on the left of the display, on meters of the fourth generation 5; points between them do
  ///     not count ("1.8.0").
  ///   - text: up to 8 characters on the right.
  ///   - start: UTC.
  ///   - end: UTC; the message is shown during this second, too.
  /// - Returns: the message as the meter has it.
  @discardableResult
  public func setMessage(
    id: String = "", text: String, from start: Moment, until end: Moment, canBeOverridden: Bool = true,
    staysInScrollingList: Bool = true
  ) async throws(MeterError) -> ScheduledMessage {
    try permit(Table.et55.id)
    let present = try await read(.et55)
    var message = ScheduledMessage(
      id: [], text: Array(text.utf8), start: start, end: end, canBeOverridden: canBeOverridden,
      staysInScrollingList: staysInScrollingList)
    let parts: [TablePart]
    do throws(ScheduledMessage.Flaw) {
      guard let width = ScheduledMessage(configuration: present)?.id.count else { throw .notRead }
      try message.setID(pointed: Array(id.utf8), width: width)
      parts = try message.parts(over: present)
    } catch { throw .message(error) }
    try await writeAndCompare(Table.et55.id, parts)
    return try await Unfinished.following("the message (ET55)", by: "reading it once more") {
      () async throws(MeterError) in
      try await readMessage()
    }
  }

  /// Takes the message off the display before its time, as the push button does (ET55, which takes the MAK).
  public func clearMessage() async throws(MeterError) {
    try permit(Table.et55.id)
    let present = try await read(.et55)
    guard let parts = ScheduledMessage.cancellation(over: present) else { throw .tooShort(present) }
    try await writeAndCompare(Table.et55.id, parts)
  }
}
