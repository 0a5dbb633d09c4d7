// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

extension Meter {
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
