// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// One run of ``MEPDevice/serve(_:)``: what it has told and answered already.
struct MEPDeviceServer {
  let device: MEPDevice
  let service: MEPDevice.Service
  let handle: UInt16
  let settings: ClientSettings
  private var told = ToldAlerts()
  /// Requests that got no answer, and the one of another device that was told to be in front.
  private var unanswered: Set<Name> = []
  private var front: Name?
  /// When a scheduled read that got no answer is asked for again.
  private var nextScheduledRead = Instant.now()

  /// Tells a request from those that had its place in the queue before.
  private struct Name: Hashable {
    let index: Int
    let transaction: UInt16

    init(_ request: OnDemandRequests.Request) { (index, transaction) = (request.index, request.transaction) }
  }

  init(device: MEPDevice, service: MEPDevice.Service, handle: UInt16, settings: ClientSettings) {
    self.device = device
    self.service = service
    self.handle = handle
    self.settings = settings
  }

  private var meter: Meter { device.meter }

  /// So often the meter hears from the device.
  private var beat: Instant.Span {
    .milliseconds(settings.monitorsHealth ? min(30_000, max(1000, Int64(settings.healthTimeout) * 1000 / 3)) : 30_000)
  }

  /// Looks once at what the grid wants, does it, and waits until it is worth while to look again.
  mutating func look() async throws(MeterError) {
    let standing = try await device.standing()
    guard standing.handle == handle, standing.isRegistered else { throw .device(.removed(handle)) }
    do throws(MeterError) { try await meter.rearmDeltaAlerts() } catch {
      guard case .device(.deltaAlertsTaken(let others)) = error else { throw error }
      service.tell(.deltaAlertsTaken(others))
    }
    let reasons = try await meter.readAlertReasons(port: device.port.number)
    var hasPosted = false
    front = reasons.contains(.onDemandRequest) ? front : nil
    if reasons.contains(.onDemandRequest) { hasPosted = try await answerRequest() }
    if reasons.contains(.scheduledRead), nextScheduledRead <= .now() {
      let hasAnswered = try await answerScheduledRead()
      hasPosted = hasPosted || hasAnswered
    }
    told.keep(reasons)
    for reason in [MEPAlerts.mbusChange, .deltaData] where reasons.contains(reason) {
      try await tell(reason)
    }
    if hasPosted { return }
    guard !reasons.isEmpty else { return try await meter.waitForSignal(until: .now() + beat) }
    // As long as a reason stands the meter gives signals, which tell no more each time.
    let pause = Instant.Span.milliseconds(front == nil ? 5000 : 1000)
    do throws(LinkError) { try await Instant.sleep(until: .now() + min(pause, beat)) } catch { throw .link(error) }
  }

  private mutating func tell(_ reason: MEPAlerts) async throws(MeterError) {
    guard let alert = try await meter.alert(reason, port: device.port.number),
      told.tell(alert, of: reason)
    else { return }
    service.tell(.alert(alert))
    guard service.clearing.contains(reason) else { return }
    let post = reason == .mbusChange ? PostMEPData.clearMBusAlert : .clearDeltaDataAlert
    try await meter.post(post, unproven: service.unproven)
    told.forget(reason)
    service.tell(.cleared(reason))
    // What changed between the look and the clearing raises no alert of its own.
    if let now = try await meter.alert(reason, port: device.port.number), now.news != alert.news {
      service.tell(.alert(now))
    }
  }

  // MARK: Answers

  private mutating func answerScheduledRead() async throws(MeterError) -> Bool {
    guard case .scheduledRead(let downlink)? = try await meter.alert(.scheduledRead, port: device.port.number) else {
      return false
    }
    let work = MEPDevice.Work.scheduledRead(downlink: downlink)
    var hasPosted = false
    if let post = work.post(of: try await answer(to: work, within: nil).answer) {
      hasPosted = try await self.post(post, to: work)
    } else {
      service.tell(.notPosted(work, .noAnswer))
    }
    if !hasPosted { nextScheduledRead = .now() + beat }
    return hasPosted
  }

  private mutating func answerRequest() async throws(MeterError) -> Bool {
    let queue = try await meter.readOnDemandRequests()
    guard let next = queue.next else { return false }
    let name = Name(next)
    guard isMine(next) else {
      let isWaiting = queue.requests.contains { $0.result == .pending && isMine($0) }
      if isWaiting, front != name { service.tell(.waiting(next)) }
      front = isWaiting ? name : nil
      return false
    }
    front = nil
    guard !unanswered.contains(name) else { return false }
    let work = MEPDevice.Work.request(next)
    // 0 is no time that anyone could keep.
    let time = settings.requestTimeout == 0 ? nil : Instant.Span.milliseconds(Int64(settings.requestTimeout) * 1000)
    let (answer, isLate) = try await answer(to: work, within: time)
    guard let post = work.post(of: answer) else {
      unanswered.insert(name)
      service.tell(.notPosted(work, isLate ? .late : .noAnswer))
      return false
    }
    // What is posted counts for the request in front, whichever that is by now.
    guard let front = try await meter.readOnDemandRequests().next, Name(front) == name, front.target == next.target
    else {
      service.tell(.notPosted(work, .late))
      return false
    }
    let hasPosted = try await self.post(post, to: work)
    if !hasPosted { unanswered.insert(name) }
    return hasPosted
  }

  private func isMine(_ request: OnDemandRequests.Request) -> Bool {
    if case .client(_, let other) = request.target, other != handle { return false }
    return request.client == device.port.number
  }

  /// False where the meter, or BT07, did not take it.
  private func post(_ post: PostMEPData, to work: MEPDevice.Work) async throws(MeterError) -> Bool {
    do throws(MeterError) { try await meter.post(post, unproven: service.unproven) } catch {
      switch error {
      case .procedure(let answer): service.tell(.notPosted(work, .refused(answer)))
      case .device(.tooLong(let octets, let limit)):
        service.tell(.notPosted(work, .tooLong(octets: octets, limit: limit)))
      default: throw error
      }
      return false
    }
    service.tell(.posted(post, to: work))
    return true
  }

  private enum Ending: Sendable {
    case answered(MEPDevice.Answer?)
    case late
    case failed(MeterError)
  }

  /// The user's answer, if there is one in time. Meanwhile the meter goes on hearing from the device.
  private func answer(
    to work: MEPDevice.Work, within time: Instant.Span?
  ) async throws(MeterError) -> (answer: MEPDevice.Answer?, isLate: Bool) {
    let (device, service, beat) = (device, service, beat)
    let ending = await withTaskGroup(of: Ending.self) { group in
      group.addTask { .answered(await service.answer(work)) }
      if let time {
        let end = Instant.now() + time
        group.addTask {
          try? await Instant.sleep(until: end)
          return .late
        }
      }
      group.addTask {
        while true {
          do throws(MeterError) {
            do throws(LinkError) { try await Instant.sleep(until: .now() + beat) } catch { throw .link(error) }
            _ = try await device.standing()
          } catch { return .failed(error) }
        }
      }
      let first = await group.next() ?? .late
      group.cancelAll()
      return first
    }
    if Task.isCancelled { throw .link(.cancelled) }
    switch ending {
    case .answered(let answer): return (answer, false)
    case .late: return (nil, true)
    case .failed(let error): throw error
    }
  }
}

extension MEPDevice.Work {
  /// What an answer is posted as; nil where nothing is to be posted.
  fileprivate func post(of answer: MEPDevice.Answer?) -> PostMEPData? {
    switch (self, answer) {
    case (_, nil), (.scheduledRead, .failure?): nil
    case (.request, .failure?): PostMEPData(.onDemandRead, .init(isSuccess: false, data: []))
    case (_, .parameters(let post)?): post
    case (.scheduledRead, .data(let data, let withAlarms)?):
      PostMEPData(withAlarms ? .scheduledReadWithAlarms : .scheduledRead, .init(isSuccess: true, data: data))
    case (.request, .data(let data, let withAlarms)?):
      PostMEPData(withAlarms ? .onDemandReadWithAlarms : .onDemandRead, .init(isSuccess: true, data: data))
    }
  }
}
