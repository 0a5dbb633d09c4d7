// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// What alerts the MEP clients, and what they answer.
struct AlertPart: Part {
  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .order(.scheduledRead(let port)): body.alert(.scheduledRead, port: port)
    case .order(.downlink(let port, let data)) where (1...body.profile.ports).contains(port):
      let path = "device_config[\(MeterBody.slot(ofPort: port))].mep_non_urgent_downlink_data"
      let room = body.tables.octets(.et13, path).count
      let held = data.prefix(room)
      body.tables.set(.et13, path, held + [UInt8](repeating: 0, count: room - held.count))
    case .clientRemoved(let port):
      for reason in [MEPAlerts.scheduledRead, .mbusChange, .deltaData] { body.endAlert(reason, port: port) }
    default: break
    }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    // The flags are the meter's own, whatever a client writes over them.
    if table == Table.et13.id { for port in 1...body.profile.ports { body.showReasons(port) } }
  }

  mutating func call(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome? {
    guard call.number == Procedure.ep39.id.number else { return nil }
    guard let post = PostMEPData(octets: call.parameters), let kind = post.kind else { return .invalidParameter }
    guard body.isRegistered(access.port) else { return .conflict }
    switch kind {
    case .scheduledRead, .scheduledReadWithAlarms:
      guard let answer = post.answer else { return .invalidParameter }
      body.keepClientData(answer.data, port: access.port, isScheduled: true)
      body.endAlert(.scheduledRead, port: access.port)
    case .clearMBusAlert: body.endAlert(.mbusChange, port: access.port)
    case .clearDeltaDataAlert: body.endAlert(.deltaData, port: access.port)
    case .onDemandRead, .onDemandReadWithAlarms: return .conflict
    }
    return ProcedureOutcome(result: 0)
  }
}

extension MeterBody {
  /// Puts what a client has posted into its entry of ET16, and what it was to post by its schedule into ET45 as well.
  mutating func keepClientData(_ data: [UInt8], port: Int, isScheduled: Bool = false) {
    let slot = Self.slot(ofPort: port)
    clientReads[port, default: 0] &+= 1
    let reads = clientReads[port, default: 0]
    noteReadAttempt(slot, at: utc)
    // What is longer than the places for it is cut.
    let head = longTime(utc) + [0] + reads.leastFirst
    let room = min(Int(tables.integer(.et11, "data_entry_size")), isScheduled ? loggedRead : .max)
    let data = data.prefix(max(0, room - head.count - 2))
    let read = head + UInt16(data.count).leastFirst + data
    keep(read, of: slot)
    count(slot, "read_answers")
    guard isScheduled else { return }
    tables.set(.et14, Self.status(slot, "billing_data_collected"), 1)
    log(read, handle: handle(ofPort: port), isDelayed: false)
  }
}

extension ProcedureOutcome {
  static let invalidParameter = ProcedureOutcome(result: 2)
  static let conflict = ProcedureOutcome(result: 3)
  static let noSuchDevice = ProcedureOutcome(result: 3)
  static let notAuthorized = ProcedureOutcome(result: 5)
}
