// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// Requests to the devices behind the meter: the queue of ET15, filled by the head-end and by EP19.
struct OnDemandPart: Part {
  /// When the request under way ends: the device has answered, or the client has taken too long.
  private var end: Int64?
  /// Of the head-end's next request.
  private var transaction: Int64 = 0xFF00

  func due(_ body: MeterBody) -> Int64? { end }

  mutating func act(_ body: inout MeterBody) {
    guard let request = body.requestUnderWay() else {
      end = nil
      return
    }
    finish(carryOut(request, &body), &body)
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .order(.onDemandRequest(let port, let type, let data)) where (1...body.profile.ports).contains(port):
      // What finds the queue full is lost: the head-end asks again when it likes to.
      // Of a client that it does not know yet the head-end supposes the handle that the first one gets.
      let handle = body.handle(ofPort: port)
      let isByIndex = type == OnDemandRequests.Kind.writeDataByIndex.rawValue
      let target = isByIndex ? 1 << MeterBody.slot(ofPort: port) : handle == 0 ? Int64(port) * 1000 : handle
      if body.post(transaction: transaction, target: target, type: type, data: data) != nil {
        transaction = transaction == 0xFFFF ? 0xFF00 : transaction + 1
        begin(&body)
      }
    case .clientRemoved(let port):
      while let request = body.requestUnderWay(), request.client == port { finish(.failed, &body) }
    case .deviceRemoved(let slot):
      let handle = UInt16(slot) + 1
      while let request = body.requestUnderWay(), case .mbus(handle) = request.target { finish(.failed, &body) }
    case .clockMoved(let span): end = end.map { $0 + span }
    default: break
    }
  }

  mutating func call(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome? {
    switch call.number {
    case Procedure.ep19.id.number: post(call, by: access, &body)
    case Procedure.ep39.id.number: answer(call, by: access, &body)
    default: nil
    }
  }

  /// EP19.
  private mutating func post(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome
  {
    guard access.level == .advanced else { return .notAuthorized }
    guard let order = PostOnDemandRequest(octets: call.parameters) else { return .invalidParameter }
    let type = order.request.type
    guard let target = target(of: order, &body) else { return .noSuchDevice }
    let data = order.data
    guard
      data.count
        < body.tables.integer(.et11, type == 6 ? "m_bus_multicast_message_length" : "on_demand_write_entry_size")
    else { return .invalidParameter }
    guard
      let index = body.post(transaction: Int64(order.transaction), target: target, type: type, data: data)
    else { return ProcedureOutcome(result: 7) }
    begin(&body)
    return ProcedureOutcome(result: 0, data: [UInt8(index)])
  }

  /// What to put into the queue; nil where no device is meant.
  private func target(of order: PostOnDemandRequest, _ body: inout MeterBody) -> Int64? {
    let target = Int64(order.target)
    switch order.request {
    case .multicast:
      let isMeant = body.profile.deviceSlots.contains { slot in
        order.target == 0xFFFF
          || (body.tables.octets(.et34, "device_config[\(slot)].group_mask").first.map(UInt16.init) ?? 0) & order.target
            != 0
      }
      return isMeant ? target : nil
    case .writeByIndex:
      let slot = order.target.trailingZeroBitCount
      guard slot < MeterBody.mbusSlots + body.profile.ports else { return nil }
      return body.tables.integer(.et14, MeterBody.status(slot, "device_handle")) == 0 ? nil : target
    default: return body.slot(ofHandle: target) == nil ? nil : target
    }
  }

  // MARK: Carrying out

  /// Begins with the oldest request if nothing is under way.
  private mutating func begin(_ body: inout MeterBody) {
    for port in 1...body.profile.ports {
      let isWaiting = body.requests()?.requests.contains { $0.result == .pending && $0.client == port } ?? false
      if isWaiting { body.alert(.onDemandRequest, port: port) } else { body.endAlert(.onDemandRequest, port: port) }
    }
    guard end == nil, let request = body.requestUnderWay() else { return }
    if let port = request.client {
      end = body.utc + body.setting("on_demand_and_one_time_read_timeout", of: port)
    } else {
      if request.kind == .billingRead, case .mbus(let handle) = request.target,
        let slot = body.slot(ofHandle: Int64(handle))
      {
        body.noteReadAttempt(slot, at: body.utc)
      }
      end = body.utc + MBusDevice.telegramTime
    }
  }

  private mutating func finish(_ result: OnDemandRequests.Result, _ body: inout MeterBody) {
    body.endRequest(result)
    end = nil
    begin(&body)
  }

  /// What a request comes to when its time has passed.
  private func carryOut(_ request: OnDemandRequests.Request, _ body: inout MeterBody) -> OnDemandRequests.Result {
    if request.client != nil { return .noResponse }
    var slot: Int?
    if case .mbus(let handle) = request.target { slot = body.slot(ofHandle: Int64(handle)) }
    if case .slots(let mask) = request.target { slot = mask.trailingZeroBitCount }
    guard let slot else { return request.kind == .multicast ? .success : .failed }
    guard body.device(in: slot) != nil else { return .noResponse }
    switch request.kind {
    case .billingRead: if let read = body.billingRead(slot, at: body.utc) { body.keep(read, of: slot) }
    case .statusRead: body.noteStatusRead(slot, at: body.utc)
    case .writeData, .writeDataByIndex:
      if case .data(let octets) = request.content { control(slot, octets, &body) }
    case .applicationReset, .timeSync: break
    default: return .failed
    }
    return .success
  }

  /// The water meter's valve is its digital output.
  private func control(_ slot: Int, _ octets: [UInt8], _ body: inout MeterBody) {
    let value = MBusRecords(octets).records.lazy.compactMap { record -> UInt8? in
      guard record.octets.dropLast() == [0x01, 0xFD, 0x1A] else { return nil }
      return record.octets.last
    }.first
    let path = "device_status[\(slot)].control_status"
    guard let value, body.profile.device(in: slot) == .water, Int64(value) != body.tables.integer(.et58, path) else {
      return
    }
    body.tables.set(.et58, path, Int64(value))
    body.alertMBusChange()
  }

  // MARK: Clients

  /// EP39 with what a client answers to the request under way, if it is its own.
  private mutating func answer(
    _ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody
  ) -> ProcedureOutcome? {
    guard let post = PostMEPData(octets: call.parameters),
      post.kind == .onDemandRead || post.kind == .onDemandReadWithAlarms
    else { return nil }
    guard let answer = post.answer else { return .invalidParameter }
    guard body.isRegistered(access.port), body.requestUnderWay()?.client == access.port else { return .conflict }
    body.keepClientData(answer.data, port: access.port)
    finish(answer.isSuccess ? .success : .failed, &body)
    return ProcedureOutcome(result: 0)
  }
}

extension PostOnDemandRequest {
  fileprivate var data: [UInt8] {
    switch request {
    case .write(let data), .multicast(let data), .writeByIndex(let data): data
    default: []
    }
  }
}
