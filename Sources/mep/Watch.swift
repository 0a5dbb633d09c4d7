// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEP
import MEPClient
import MEPTransport

struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows live values: redrawn in place on a terminal, one line a reading when piped.",
    discussion: """
      Ctrl-C ends it. A reading takes two table reads, and the guide asks for one a
      second on average: what is faster is held back in the end. When the meter falls
      silent, the last values stay and are called stale, until it answers again.
      """)

  @Option(help: ArgumentHelp("Seconds from one reading to the next.", valueName: "seconds"))
  var interval: Double = 2

  @Option(help: ArgumentHelp("End after so many readings.", valueName: "n"))
  var count: Int?

  @OptionGroup var options: MeterOptions

  func validate() throws {
    guard interval >= 0.2, interval <= 86_400 else {
      throw Failure(.wrongUse, "--interval takes 0.2 to 86400 seconds.")
    }
    if let count, count < 1 { throw Failure(.wrongUse, "--count takes 1 or more.") }
  }

  func run() async throws {
    let (command, source) = (self, try options.source())
    try await Interrupt.goOn {
      var screen = Screen()
      defer { screen.leave() }
      var feed = Feed(source)
      do { try await command.show(&feed, on: &screen) } catch {
        await feed.close(after: error)
        throw error
      }
      await feed.close()
    }
  }

  private func show(_ feed: inout Feed, on screen: inout Screen) async throws {
    let interval = Instant.Span.milliseconds(Int64(interval * 1000))
    var due = Instant.now()
    var n = 0
    while true {
      do throws(MeterError) {
        screen.show(try await feed.next())
        n += 1
      } catch {
        // A key that is wrong stays wrong, and asking again hammers the meter.
        if Task.isCancelled || !feed.hasBegun || error.isOfKey { throw error }
        screen.show(problem: error.description)
      }
      if n == count { return }
      due = max(due + interval, .now())
      try await screen.wait(until: due)
    }
  }
}
