// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEP
import MEPClient
import OSGPTables

struct Display: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows a text on the meter's display for a time, or tells what is there.",
    discussion: """
      The text has up to 8 characters on the right of the display, the ID up to 4
      on its left (5 on meters of the fourth generation). Takes the MAK; with the MBK
      a device can have values and icons there, by `mep device show`. Meters with
      Free Text keep the grid's last message in the same place. A time is this
      computer's, or ends in Z or an offset; a span counts from the meter's now.
        mep display "PRICE UP" --id 1.8.0 --until 2026-11-23T18:00
        mep display HELLO --until 2h
        mep display --clear
      """)

  @Argument(help: "What to show.")
  var text: String?

  @Option(help: ArgumentHelp("What to show on the left; points between characters take no room.", valueName: "id"))
  var id = ""

  @Option(help: ArgumentHelp("When it begins; else at once.", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("When it ends.", valueName: "time|span"))
  var until: String?

  @Flag(help: "Take the message off the display.")
  var clear = false

  @Flag(help: "Take the place of another message that is not over.")
  var replace = false

  @Flag(help: "The meter's push button does not take it off.")
  var noButton = false

  @Flag(help: "One JSON object.")
  var json = false

  @Flag(help: "Times in UTC, not in this computer's zone.")
  var utc = false

  @OptionGroup var options: WriteOptions

  func validate() throws {
    if text != nil, clear { throw Failure(.wrongUse, "A text and --clear exclude each other: give one of them.") }
    guard text != nil else {
      guard from == nil, until == nil, id.isEmpty else { throw Failure(.wrongUse, "Show what? Give a text.") }
      return
    }
    guard let until else { throw Failure(.wrongUse, "Until when? Give --until, such as --until 2h.") }
    for time in [from, until].compactMap({ $0 }) { _ = try moment(time, now: Moment(secondsSince2000: 0)) }
  }

  func run() async throws {
    do {
      try await options.change { meter in
        let now = try await Since.now(of: meter)
        try await change(meter, now)
        let message = try await meter.readMessage()
        show(message, now)
      }
    } catch let error as MeterError {
      switch error {
      case .notAllowed(Table.et55.id, _), .refused(.noPermission, Table.et55.id):
        throw Failure(
          Exit.code(of: error),
          "\(error) With the MBK a device can have values and icons on the display: `mep device show`.")
      default: throw error
      }
    }
  }

  private func change(_ meter: Meter, _ now: Moment) async throws {
    guard clear || text != nil else { return }
    let present = try await meter.readMessage()
    let isInPlace = [.waiting, .shown].contains(present.state(at: now))
    if clear, isInPlace { try await meter.clearMessage() }
    guard let text, let until else { return }
    let (start, end) = (try from.map { try moment($0, now: now) } ?? now, try moment(until, now: now))
    guard end > now else {
      throw Failure(.wrongUse, "By the meter's clock (\(Clock.text(now, utc: utc))) that is past.")
    }
    if isInPlace, !replace {
      throw Failure(
        .wrongUse,
        "The display has a message that is not over: \"\(present.shownText)\". `mep display` tells more; --replace takes its "
          + "place. Nothing was sent.")
    }
    try await meter.setMessage(id: id, text: text, from: start, until: end, canBeOverridden: !noButton)
  }

  private func moment(_ text: String, now: Moment) throws -> Moment {
    if let moment = Since.moment(text) { return moment }
    if let span = Since.span(text) { return now.adding(seconds: span) }
    throw Failure(
      .wrongUse,
      "\"\(text)\" is no time: write 2026-11-22T18:00 (by this computer's clock), 2026-11-22T17:00:00Z or "
        + "2026-11-22T18:00:00+01:00, or a span from now on such as 90m, 12h or 30d.")
  }

  private func show(_ message: ScheduledMessage, _ now: Moment) {
    func time(_ moment: Moment) -> String { Clock.text(moment, utc: utc) }
    if json { return Output.line(JSON.object(message.published(at: now, time: time))) }
    let state = message.state(at: now)
    guard state != .none else { return Output.line("There is no message.") }
    let id = message.pointedID.printable.trimmed
    Output.line("Text   \"\(message.shownText)\"" + (id.isEmpty ? "" : ", ID \"\(id)\""))
    Output.line("From   \(message.start.map(time) ?? "")")
    Output.line("Until  \(message.end.map(time) ?? "")" + (message.canBeOverridden ? ", or the push button" : ""))
    Output.line("State  \(state.words)")
  }
}

extension ScheduledMessage.State {
  fileprivate var words: String {
    switch self {
    case .none: "no message"
    case .waiting: "not shown yet"
    case .shown: "shown now"
    case .over: "over"
    case .takenOff: "taken off the display"
    }
  }
}
