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

  /// The reasons that stand now, then each new one as it comes. One that stands on is told once, and again when what it is
  /// about has changed, or when it stands after this client has answered it (EP39). Nothing is answered: who acts on an
  /// alert posts the answer, and until then the meter repeats its signal.
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

  public struct Iterator: AsyncIteratorProtocol, Sendable {
    private var meter: Meter
    private let interval: Instant.Span
    private var port: Int?
    private var pending: [MeterAlert] = []
    /// Whether any reason stood at the last look.
    private var isAlerted = false
    private var told = ToldAlerts()
    private var requests: Set<[Int]> = []
    /// What had been answered before it was told.
    private var acknowledged = Acknowledgements()
    /// When ET13 is read next, at the earliest and at the latest.
    private var looks: (earliest: Instant, latest: Instant)?

    fileprivate init(meter: Meter, interval: Instant.Span) {
      self.meter = meter
      self.interval = interval
    }

    /// Goes on over another link to the same meter: what was told is not told again.
    public mutating func goOn(with meter: Meter) {
      self.meter = meter
      (port, acknowledged) = (nil, Acknowledgements())
    }

    /// The signal comes once a second as long as nobody answers, and tells no more each time.
    private static let pause = Instant.Span.milliseconds(5000)

    /// After an error it goes on where it was, a pause later.
    public mutating func next() async throws(MeterError) -> MeterAlert? {
      do throws(MeterError) {
        while pending.isEmpty {
          if let looks {
            do throws(LinkError) { try await Instant.sleep(until: looks.earliest) } catch { throw .link(error) }
            try await meter.waitForSignal(until: looks.latest)
          }
          pending = try await look()
          let now = Instant.now()
          looks = (pending.isEmpty && isAlerted ? now + Self.pause : now, now + interval)
        }
      } catch {
        let next = Instant.now() + Self.pause
        looks = (next, next)
        throw error
      }
      return pending.removeFirst()
    }

    fileprivate mutating func look() async throws(MeterError) -> [MeterAlert] {
      let port: Int
      if let known = self.port { port = known } else { port = try await meter.port() }
      self.port = port
      try await meter.rearmDeltaAlerts()
      // Before the flags are read: what is answered after this is looked at again.
      let acknowledged = await meter.acknowledged
      let reasons = try await meter.readAlertReasons(port: port)
      var told = told
      told.keep(reasons)
      told.forget(acknowledged.since(self.acknowledged))
      var new: [MeterAlert] = []
      for reason in [MEPAlerts.scheduledRead, .mbusChange, .deltaData] where reasons.contains(reason) {
        guard let alert = try await meter.alert(reason, port: port) else { continue }
        if told.tell(alert, of: reason) { new.append(alert) }
      }
      var waiting: Set<[Int]> = []
      if reasons.contains(.onDemandRequest) {
        let queue = try await meter.readOnDemandRequests().requests
        for request in queue where request.result == .pending && request.client == port {
          let name = [request.index, Int(request.transaction)]
          waiting.insert(name)
          if !requests.contains(name) { new.append(.onDemandRequest(request)) }
        }
      }
      (isAlerted, self.told, requests, self.acknowledged) = (!reasons.isEmpty, told, waiting, acknowledged)
      return new
    }
  }
}

extension MeterAlert {
  /// What differs from one alert of a reason to the next.
  var news: [Int] {
    switch self {
    case .scheduledRead(let downlink): downlink.map { Int($0) }
    case .onDemandRequest(let request): [request.index, Int(request.transaction)]
    case .mbusChange(let status): status.map { Int($0) }
    // At each change told the meter puts the new value here; the sample changes all the time.
    case .deltaData(let alerts): alerts.flatMap { [Int($0.source), Int($0.comparison ?? 0)] }
    }
  }
}
