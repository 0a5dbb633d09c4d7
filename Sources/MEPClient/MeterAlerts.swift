// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// Why the meter alerts this client, with what it takes to act on it.
public enum MeterAlert: Sendable {
  /// The period of the client's schedule has passed. Answered by posting the read data.
  ///
  /// - downlink: the non-urgent data that ET13 has for the client, in a form of the utility's own.
  case scheduledRead(downlink: [UInt8])
  /// Answered by carrying it out and posting its result, within the timeout that ET51 sets.
  case onDemandRequest(OnDemandRequests.Request)
  /// The control status of a device has changed (ET58; here by slot), or there are new M-Bus data in the load profile.
  case mbusChange(controlStatus: [UInt8])
  /// A source that the meter watches has changed.
  case deltaData([DeltaDataAlert])
}

extension Meter {
  /// Reads why a MEP port is alerted, from ET13.
  ///
  /// - Parameter port: 1 or 2; nil for this client's own.
  public func readAlertReasons(port: Int? = nil) async throws(MeterError) -> MEPAlerts {
    let ownPort = port == nil ? try await self.port() : 1
    let slot = MEPPort.slot(of: port ?? ownPort)
    // All flags are in one octet.
    let flags = try await read(.et13, paths: ["device_config[\(slot)].delta_data_alert"])
    guard let reasons = MEPAlerts(Decoded(layout: flags.layout, octets: flags.octets), slot: slot) else {
      throw .short(Table.et13.id, wanted: flags.layout.octets, got: flags.octets.count)
    }
    return reasons
  }

  /// The reasons that stand now, then each new one as it comes; one that stands on is told once. Nothing is answered: who
  /// acts on an alert posts the answer, and until then the meter repeats its signal.
  ///
  /// A client that is not registered (ET50) gets no signals. For its sake, and in case one is lost, ET13 is also read
  /// now and then.
  ///
  /// - Parameter interval: so often.
  public nonisolated func alerts(every interval: Instant.Span = .milliseconds(60_000)) -> MeterAlerts {
    MeterAlerts(meter: self, interval: interval)
  }

  /// The reasons that stand now, with what they need.
  public func readAlerts() async throws(MeterError) -> [MeterAlert] {
    var alerts = alerts().makeAsyncIterator()
    return try await alerts.look()
  }

  func alert(_ reason: MEPAlerts, port: Int) async throws(MeterError) -> MeterAlert? {
    switch reason {
    case .scheduledRead:
      let path = "device_config[\(MEPPort.slot(of: port))].mep_non_urgent_downlink_data"
      let data = try await read(.et13, paths: [path])
      guard case .octets(let octets)? = data.places.first?.raw(in: data.octets) else { return nil }
      return .scheduledRead(downlink: octets)
    case .mbusChange:
      return .mbusChange(controlStatus: try await read(.et58).integers(named: "Control Status").map { UInt8($0) })
    case .deltaData: return .deltaData(try await readDeltaAlerts())
    default: return nil
    }
  }

  /// Returns at the deadline, or as soon as the meter has given a signal.
  func waitForSignal(until deadline: Instant) async throws(MeterError) {
    do throws(LinkError) { _ = try await client.listen(until: deadline) } catch { throw .link(error) }
  }
}

/// What ``Meter/alerts(every:)`` tells, one after the other, without end.
public struct MeterAlerts: AsyncSequence, Sendable {
  fileprivate let meter: Meter
  fileprivate let interval: Instant.Span

  public func makeAsyncIterator() -> Iterator { Iterator(meter: meter, interval: interval) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let meter: Meter
    fileprivate let interval: Instant.Span
    private var port: Int?
    private var pending: [MeterAlert] = []
    /// What was told already.
    private var standing: MEPAlerts = []
    private var requests: Set<[Int]> = []
    /// When ET13 is read next, at the earliest and at the latest.
    private var looks: (earliest: Instant, latest: Instant)?

    fileprivate init(meter: Meter, interval: Instant.Span) {
      self.meter = meter
      self.interval = interval
    }

    /// The signal comes once a second as long as nobody answers, and tells no more each time.
    private static let pause = Instant.Span.milliseconds(5000)

    /// After an error it goes on where it was.
    public mutating func next() async throws(MeterError) -> MeterAlert? {
      while pending.isEmpty {
        if let looks {
          let rest = (looks.earliest - .now()).microseconds
          if rest > 0 {
            do { try await Task.sleep(for: .microseconds(rest)) } catch { throw .link(.cancelled) }
          }
          try await meter.waitForSignal(until: looks.latest)
        }
        pending = try await look()
        let now = Instant.now()
        looks = (pending.isEmpty && !standing.isEmpty ? now + Self.pause : now, now + interval)
      }
      return pending.removeFirst()
    }

    fileprivate mutating func look() async throws(MeterError) -> [MeterAlert] {
      let port: Int
      if let known = self.port { port = known } else { port = try await meter.port() }
      self.port = port
      try await meter.rearmDeltaAlerts()
      let reasons = try await meter.readAlertReasons(port: port)
      var new: [MeterAlert] = []
      for reason in [MEPAlerts.scheduledRead, .mbusChange, .deltaData] where reasons.contains(reason) {
        if standing.contains(reason) { continue }
        if let alert = try await meter.alert(reason, port: port) { new.append(alert) }
      }
      var waiting: Set<[Int]> = []
      if reasons.contains(.onDemandRequest) {
        for request in try await meter.readOnDemandRequests().requests where request.isWaiting(for: port) {
          let name = [request.index, Int(request.transaction)]
          waiting.insert(name)
          if !requests.contains(name) { new.append(.onDemandRequest(request)) }
        }
      }
      (standing, requests) = (reasons, waiting)
      return new
    }
  }
}

extension OnDemandRequests.Request {
  fileprivate func isWaiting(for port: Int) -> Bool {
    guard result == .pending else { return false }
    switch target {
    case .client(port, _): return true
    case .slots(let mask): return mask.trailingZeroBitCount == 3 + port
    default: return false
    }
  }
}
