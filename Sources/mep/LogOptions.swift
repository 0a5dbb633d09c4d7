// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPClient

/// Which entries of a log are wanted.
struct LogOptions: ParsableArguments {
  @Option(help: ArgumentHelp("No more than so many of the newest entries.", valueName: "n"))
  var last: Int?

  @Option(help: ArgumentHelp("Only entries after the one of this number.", valueName: "number"))
  var since: UInt32?

  @Flag(help: "Only entries that the grid company has not marked as read.")
  var unread = false

  func validate() throws {
    if [last != nil, since != nil, unread].count(where: { $0 }) > 1 {
      throw Failure(.wrongUse, "--last, --since and --unread exclude each other: give one of them.")
    }
    if let last, last < 1 { throw Failure(.wrongUse, "--last takes 1 or more.") }
  }

  var extent: LogExtent { last.map { .last($0) } ?? since.map { .since($0) } ?? (unread ? .unread : .all) }
}
