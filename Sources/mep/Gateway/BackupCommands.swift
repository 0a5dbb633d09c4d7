// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPGateway

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copies all that the gateway has kept to a new file, while it goes on.",
    discussion: """
      The copy is of one moment, and looked through when it is made.
        mep backup /mnt/stick/meter-2026-11.db
      """)

  @Argument(help: "The new file.")
  var to: String

  @OptionGroup var options: StoreOptions

  func run() async throws {
    let (path, to) = (try options.configuration().storePath, to)
    let progress = Progress("Backup")
    defer { progress.end() }
    try await withStore(path) { () throws(StoreError) in
      let store = try Store.looked(at: path)
      defer { store.close() }
      try store.backUp(to: to, progress: progress.show)
    }
    progress.end()
    Output.line("\(path) is copied to \(to).")
  }
}

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Puts a backup in the place of what the gateway has kept.",
    discussion: """
      The gateway must not be running. What it had kept is moved aside, and not lost;
      what has been measured since the backup comes from the meter's load profile, as
      far back as that goes, once the gateway runs again.
        mep restore /mnt/stick/meter-2026-11.db
      """)

  @Argument(help: "What `mep backup` made.")
  var from: String

  @OptionGroup var options: StoreOptions

  func run() async throws {
    let (path, from) = (try options.configuration().storePath, from)
    let progress = Progress("Restore")
    defer { progress.end() }
    let aside = try await withStore(path) { () throws(StoreError) in
      try Store.restore(from, to: path, now: GatewayClock.system.now(), progress: progress.show)
    }
    progress.end()
    Output.line("\(path) is restored from \(from)." + (aside.map { " What was there is \($0)." } ?? ""))
  }
}
