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
      let path = "device_config[\(MeterBody.mbusSlots + port - 1)].mep_non_urgent_downlink_data"
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
    guard let post = PostedData(call.parameters) else { return .invalidParameter }
    guard body.isRegistered(access.port) else { return .conflict }
    switch post.type {
    case .scheduledRead, .scheduledReadWithAlarms:
      if let data = post.data { body.keepClientData(data, port: access.port) }
      body.endAlert(.scheduledRead, port: access.port)
    case .clearMBusAlert: body.endAlert(.mbusChange, port: access.port)
    case .clearDeltaDataAlert: body.endAlert(.deltaData, port: access.port)
    case .onDemandRead, .onDemandReadWithAlarms: return .conflict
    }
    return ProcedureOutcome(result: 0)
  }
}

/// What a client posts by EP39.
///
/// The guide tells the number of `clearDeltaDataAlert`; `scheduledReadWithAlarms`, and that a result code and a length
/// stand before the data, are from a client that someone runs. The other numbers are the simulator's own choice.
struct PostedData {
  enum Kind: UInt8 {
    case onDemandRead = 1
    case onDemandReadWithAlarms = 2
    case scheduledRead = 3
    case scheduledReadWithAlarms = 4
    case clearMBusAlert = 11
    case clearDeltaDataAlert = 12

    var isOnDemand: Bool { self == .onDemandRead || self == .onDemandReadWithAlarms }
  }

  let type: Kind
  /// The client could do what it was asked for.
  let isSuccess: Bool
  /// Nil where it only clears an alert.
  let data: [UInt8]?

  /// Nil for a type that there is not, and where the octets end before the data.
  init?(_ parameters: [UInt8]) {
    guard let post = PostMEPData(octets: parameters), let type = Kind(rawValue: post.type) else { return nil }
    self.type = type
    guard type.rawValue <= Kind.scheduledReadWithAlarms.rawValue else {
      (isSuccess, data) = (true, nil)
      return
    }
    guard post.data.count >= 3, let length = UInt16(leastFirst: post.data, at: 1), post.data.count >= 3 + Int(length)
    else { return nil }
    isSuccess = post.data[0] == 1
    data = Array(post.data.dropFirst(3).prefix(Int(length)))
  }
}

extension MeterBody {
  /// Puts what a client has posted into its entry of ET16.
  mutating func keepClientData(_ data: [UInt8], port: Int) {
    let slot = Self.mbusSlots + port - 1
    clientReads[port, default: 0] &+= 1
    let count = clientReads[port, default: 0]
    noteReadAttempt(slot, at: utc)
    keep(Self.longTime(utc) + [0] + count.leastFirst + UInt16(data.count).leastFirst + data, of: slot)
  }
}

extension ProcedureOutcome {
  static let invalidParameter = ProcedureOutcome(result: 2)
  static let conflict = ProcedureOutcome(result: 3)
  static let noSuchDevice = ProcedureOutcome(result: 3)
  static let notAuthorized = ProcedureOutcome(result: 5)
}
