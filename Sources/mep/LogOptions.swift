// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPClient

/// Which entries of a log are wanted.
struct LogOptions: ParsableArguments {
  @Option(help: ArgumentHelp("No more than so many of the newest entries.", valueName: "n"))
  var last: Int?

  @Option(help: ArgumentHelp("Only entries after the one of this number.", valueName: "number"))
  var since: UInt32?

  func validate() throws {
    if last != nil, since != nil {
      throw Failure(.wrongUse, "--last and --since exclude each other: give one of them.")
    }
    if let last, last < 1 { throw Failure(.wrongUse, "--last takes 1 or more.") }
  }

  var extent: LogExtent { last.map { .last($0) } ?? since.map { .since($0) } ?? .all }
}
