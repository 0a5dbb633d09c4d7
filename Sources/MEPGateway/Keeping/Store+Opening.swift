// SPDX-License-Identifier: Apache-2.0
import Glibc
import Logging
import MEPTransport
import Synchronization

extension Store {
  /// The store of a gateway: nobody else's meanwhile. A database that is broken is kept aside, and another one begun.
  ///
  /// - Throws: ``StoreError/inUse`` where another gateway has it.
  public static func opened(
    _ path: String, retention: Retention = Retention(), now: Timestamp, log: Logger = Logger(label: "mep.store")
  ) throws(StoreError) -> Store {
    let lock = try StoreLock(path)
    if !Files.exists(path + brokenMark) {
      do throws(StoreError) { return try Store(path, retention: retention, lock: lock, log: log) } catch {
        guard case .broken = error else { throw error }
        log.error("\(error)")
      }
    }
    let aside = "\(path).broken-\(now.seconds)"
    try move(path, to: aside)
    unlink(path + brokenMark)
    log.critical("the database was broken: it is now \(aside), and another one is begun without its history")
    return try Store(path, retention: retention, lock: lock, log: log)
  }

  /// Beside a database that was found to be broken while it was in use: it is moved aside when it is opened next.
  static let brokenMark = ".broken"
}

/// Keeps other gateways from a database, until it is released or its process ends.
final class StoreLock: Sendable {
  private let descriptor: Int32
  private let isHeld = Atomic(true)

  init(_ path: String) throws(StoreError) {
    let name = path + ".lock"
    descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw errno == ENOSPC ? .full : .readOnly }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .inUse }
  }

  /// Who has ended may still be held by somebody who has not noticed yet.
  func release() {
    guard isHeld.exchange(false, ordering: .relaxed) else { return }
    // Closed alone, it would be held on by a program that is just being started.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  deinit { release() }
}
