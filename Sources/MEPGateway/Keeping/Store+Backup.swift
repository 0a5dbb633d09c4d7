// SPDX-License-Identifier: Apache-2.0
import GRDB
import Glibc
import MEPTransport

extension Store {
  /// A store that is only looked at, also while a gateway keeps its readings there.
  public static func looked(at path: String) throws(StoreError) -> Store {
    guard Files.exists(path) else { throw .other("there is no \(path)") }
    return try Store(path, isReadOnly: true)
  }

  /// Copies all of it, as it is at one moment, to a new file. Who keeps readings there meanwhile goes on.
  ///
  /// - Parameter progress: pages that are copied, and all of them.
  public func backUp(to path: String, progress: @escaping (Int, Int) -> Void = { _, _ in }) throws(StoreError) {
    if Files.exists(path) { throw .other("\(path) is there already, and is not written over") }
    try copy(to: path, progress: progress)
  }

  /// Puts a backup in the place of a gateway's database, once it has been looked through.
  ///
  /// - Returns: where what was there before is now; nil where nothing was.
  /// - Throws: ``StoreError/inUse`` while a gateway keeps its readings there.
  public static func restore(
    _ backup: String, to path: String, now: Timestamp, progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) throws(StoreError) -> String? {
    let lock = try StoreLock(path)
    defer { withExtendedLifetime(lock) {} }
    let source = try looked(at: backup)
    defer { source.close() }
    let copied = path + ".restored"
    unlink(copied)
    try source.copy(to: copied, progress: progress)
    let aside = "\(path).before-\(now.seconds)"
    let isThere = Files.exists(path)
    try move(path, to: aside)
    // It was of that one.
    unlink(path + brokenMark)
    guard rename(copied, path) == 0 else { throw .other("\(path): \(String(cString: strerror(errno)))") }
    return isThere ? aside : nil
  }

  /// Moves a database with all that belongs to it.
  static func move(_ path: String, to aside: String) throws(StoreError) {
    for end in ["", "-wal", "-shm"] where Files.exists(path + end) && rename(path + end, aside + end) != 0 {
      throw .other("\(path)\(end) cannot be moved aside: \(String(cString: strerror(errno)))")
    }
  }

  private func copy(to path: String, progress: @escaping (Int, Int) -> Void) throws(StoreError) {
    let part = path + ".part"
    unlink(part)
    do {
      var configuration = GRDB.Configuration()
      configuration.label = "mep.copy"
      let mask = umask(0o077)
      defer { umask(mask) }
      let target = try DatabaseQueue(path: part, configuration: configuration)
      // A copy that is begun anew whenever somebody writes would never end: it is made in one go.
      try database.backup(to: target) { progress($0.completedPageCount, $0.totalPageCount) }
      let said = try target.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
      try target.close()
      guard said == ["ok"] else { throw StoreError.broken(said.joined(separator: "; ")) }
    } catch {
      unlink(part)
      throw StoreError(error)
    }
    guard rename(part, path) == 0 else { throw .other("\(path): \(String(cString: strerror(errno)))") }
  }
}
