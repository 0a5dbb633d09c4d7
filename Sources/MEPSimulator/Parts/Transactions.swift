// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// ET52: which transaction is due, and which port has it locked (EP61). The meter carries the transaction out.
struct TransactionPart: Part {
  private var server = TransactionServer()
  /// What happens to the next transaction.
  private var mishap: Mishap?

  func due(_ body: MeterBody) -> Int64? { body.transactionLock.map { $0.until + body.clockError } }

  mutating func act(_ body: inout MeterBody) { lock(nil, &body) }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .powerFailed: lock(nil, &body)
    case .order(.transaction(let mishap)): self.mishap = mishap
    default: break
    }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    guard table == Table.et52.id, let image = body.tables[table] else { return }
    var server = server
    guard let requests = server.due(afterWriting: range, of: image) else { return }
    defer { mishap = nil }
    // As if it had not been written: the same again is no duplicate then.
    if mishap == .lost { return }
    self.server = server
    body.transaction = PendingTransaction(requests: requests, access: access, mishap: mishap)
  }

  /// EP61, of meters with two ports. The guide does not say who may unlock: here whoever may lock.
  mutating func call(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome? {
    guard call.number == Procedure.ep61.id.number, body.profile.ports == 2 else { return nil }
    guard let order = TransactionLockControl(octets: call.parameters) else { return .invalidParameter }
    guard body.transactionLock.map({ $0.port == access.port }) ?? true else { return .conflict }
    let end = body.household.now + Int64(TransactionLockControl.timeout)
    lock(order.locks ? (port: access.port, until: end) : nil, &body)
    return ProcedureOutcome(result: 0)
  }

  private func lock(_ lock: (port: Int, until: Int64)?, _ body: inout MeterBody) {
    body.transactionLock = lock
    body.tables.set(.et54, "mep_tx_locked", lock == nil ? 0 : 1)
    body.tables.set(.et54, "mep_tx_lock_channel", Int64(lock?.port ?? 0))
  }
}

/// A transaction that is not answered yet.
struct PendingTransaction: Sendable {
  let requests: Transaction
  /// Who wrote it: its steps have the rights of that key.
  let access: PortAccess
  var mishap: Mishap?
}

/// What can happen to a transaction.
public enum Mishap: Sendable, Equatable {
  /// One of the grid's comes at the same moment: the client's is not carried out.
  case lost
  /// After so many of its steps, power fails for so many seconds.
  case powerFailure(afterSteps: Int, seconds: Int64)
}
