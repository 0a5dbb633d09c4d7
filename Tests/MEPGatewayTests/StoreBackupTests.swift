// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MEPGateway

@Suite struct StoreBackupTests {
  private let shelf: Shelf
  private var backup: String { shelf.folder.appendingPathComponent("backup.db").path }

  init() throws { shelf = try Shelf() }

  private func keep(_ store: Store, _ hours: Range<Int64>) async throws {
    let meter = try await store.meter(named: "house")
    for n in hours.lowerBound * 60..<hours.upperBound * 60 {
      let time = march + n * 60 * second
      try await store.keep([Reading(at: time, [energy: 1000 + n * 10])], of: meter, now: time)
    }
  }

  private func hours(_ store: Store) async throws -> [Int64?] {
    let meter = try #require(try await store.meters().first).id
    return try await store.history(of: meter, march..<march + 24 * hour, by: .hour, in: utc).map {
      $0.amounts["fwd_active_energy_wh"]?.number
    }
  }

  /// Of one moment, though the gateway keeps on.
  @Test func aBackupIsMadeWhileReadingsAreKept() async throws {
    let store = try Store.opened(shelf.path, now: march, log: quiet)
    try await keep(store, 0..<3)
    let keeping = Task { [self] in try await keep(store, 3..<6) }
    let looked = try Store.looked(at: shelf.path)
    try looked.backUp(to: backup)
    looked.close()
    try await keeping.value
    let copy = try Store.looked(at: backup)
    #expect(try await Array(hours(copy).prefix(2)) == [600, 600])
    copy.close()
    #expect(try await hours(store).count >= 5)
    // It is not written over.
    #expect(throws: StoreError.other("\(backup) is there already, and is not written over")) {
      try store.backUp(to: backup)
    }
    #expect(!FileManager.default.fileExists(atPath: backup + ".part"))
  }

  @Test func whatWasThereIsKeptAside() async throws {
    do {
      let store = try Store.opened(shelf.path, now: march, log: quiet)
      try await keep(store, 0..<3)
      try store.backUp(to: backup)
      try await keep(store, 3..<6)
      // Not under the hands of a gateway.
      #expect(throws: StoreError.inUse) { try Store.restore(backup, to: shelf.path, now: march) }
      store.close()
    }
    let aside = try #require(try Store.restore(backup, to: shelf.path, now: march))
    let (restored, before) = (try Store.looked(at: shelf.path), try Store.looked(at: aside))
    #expect(try await hours(restored).count < 4)
    #expect(try await hours(before).count >= 5)
    restored.close()
    before.close()
    // And a gateway goes on with it.
    let store = try Store.opened(shelf.path, now: march, log: quiet)
    try await keep(store, 3..<5)
    #expect(try await hours(store).prefix(4) == [600, 600, 600, 600])
  }

  /// Who puts a backup in the place of a database that was found to be broken keeps it.
  @Test func whatIsRestoredIsNotThrownOutAgain() async throws {
    do {
      let store = try Store.opened(shelf.path, now: march, log: quiet)
      try await keep(store, 0..<3)
      try store.backUp(to: backup)
      _ = store.failed(StoreError.broken("a page"))
      store.close()
    }
    _ = try Store.restore(backup, to: shelf.path, now: march)
    let store = try Store.opened(shelf.path, now: march, log: quiet)
    #expect(try await Array(hours(store).prefix(2)) == [600, 600])
    store.close()
    // Who only looks does not decide.
    let looked = try Store.looked(at: shelf.path)
    _ = looked.failed(StoreError.broken("a page"))
    looked.close()
    let again = try Store.opened(shelf.path, now: march, log: quiet)
    #expect(try await Array(hours(again).prefix(2)) == [600, 600])
  }

  @Test func whatIsNoBackupChangesNothing() async throws {
    do {
      let store = try Store.opened(shelf.path, now: march, log: quiet)
      try await keep(store, 0..<2)
      store.close()
    }
    for text in [nil, "", "this is no database, but a text that goes on and on and on"] {
      if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: backup)) }
      #expect(throws: StoreError.self, "\(text ?? "nothing")") {
        try Store.restore(backup, to: shelf.path, now: march)
      }
    }
    let store = try Store.opened(shelf.path, now: march, log: quiet)
    #expect(try await !hours(store).isEmpty)
  }

  /// What a later version has changed is left alone.
  @Test func aLaterVersionsDatabaseIsNotTouched() async throws {
    do {
      let store = try shelf.open()
      try await store.write {
        try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('something of tomorrow')")
      }
      store.close()
    }
    #expect(throws: StoreError.other("a later version of this program made it")) { try shelf.open() }
    #expect(throws: StoreError.other("a later version of this program made it")) { try Store.looked(at: shelf.path) }
  }
}
