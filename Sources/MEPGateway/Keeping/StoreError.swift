// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Why the store could not keep or tell something.
public enum StoreError: Error, Sendable, Equatable {
  case full
  case readOnly
  /// Not a database, or a damaged one.
  case broken(String)
  /// Another gateway has it.
  case inUse
  case other(String)

  static func catching<T>(_ body: () throws -> T) throws(StoreError) -> T {
    do { return try body() } catch { throw StoreError(error) }
  }

  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_FULL: self = .full
      case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .broken(error.message ?? "damaged")
      default: self = .other(error.message ?? "SQLite error \(error.resultCode.rawValue)")
      }
    // One record is bad, and not the file.
    case is Rows.Damage: self = .other("packed rows are damaged")
    default: self = .other("\(error)")
    }
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .full: "The disk is full: nothing can be kept until there is room."
    case .readOnly:
      "The database cannot be written: look at who owns its folder, and whether the disk is mounted to be read only."
    case .broken(let what): "The database is broken (\(what))."
    case .inUse: "Another gateway has this database: end that one, or give this one a store of its own."
    case .other(let what): "The database: \(what)."
    }
  }
}

extension Store {
  func write<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws(StoreError) -> T {
    // What was begun is brought to its end, though nobody waits for it any more.
    let writing = Task { try await database.write(body) }
    do { return try await writing.value } catch { throw failed(error) }
  }

  func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws(StoreError) -> T {
    do { return try await database.read(body) } catch { throw failed(error) }
  }
}
