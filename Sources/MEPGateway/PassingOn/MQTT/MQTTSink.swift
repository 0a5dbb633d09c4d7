// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import MEPClient

/// Passes on by MQTT what a gateway reads: see Documentation/MQTT.md, whose topics and payloads are promises.
public actor MQTTSink {
  public struct Settings: Sendable {
    public var broker: MQTTClient.Settings
    /// In front of all topics.
    public var base = "mep"
    /// Where Home Assistant looks for devices; nil to tell it of none.
    public var discovery: String? = "homeassistant"
    /// In front of the topics of Dabbler's module; nil to leave these be.
    public var dabbler: String?

    public init(_ broker: MQTTClient.Settings) { self.broker = broker }
  }

  private let gateway: Gateway
  private let settings: Settings
  private let client: MQTTClient
  /// Nil where nobody said what electricity costs.
  private let costs: Costs?
  private let version: String
  private let log: Logger
  /// What Home Assistant was told of, by meter.
  private var announced: [String: Set<String>] = [:]
  private var status = SinkStatus(name: "mqtt")
  /// Meters whose registers are to be told of: of many that come at once, none is forgotten.
  private var due: Set<String> = []
  private let counters: AsyncStream<Void>
  private let counted: AsyncStream<Void>.Continuation
  /// Whether the broker was told that a meter is there.
  private var toldPresence: [String: Bool] = [:]
  private let births: AsyncStream<Void>
  private let born: AsyncStream<Void>.Continuation
  /// What others publish of prices.
  private let prices: AsyncStream<MQTTClient.Message>
  private let priced: AsyncStream<MQTTClient.Message>.Continuation
  /// Meters that are no longer read, by the topic of their status.
  private var former: [String: String] = [:]
  /// What the broker was told of costs and prices, by topic, and what those of a meter were reckoned from.
  private var toldCosts: [String: String] = [:]
  private var reckoned: [String: Reckoned] = [:]

  private struct Reckoned {
    let quarter: Timestamp
    /// Of the price book.
    let version: Int
    /// Until when the cost was known.
    let through: Timestamp?
  }

  public init(
    _ gateway: Gateway, _ settings: Settings, costs: Costs? = nil, version: String, log: Logger
  ) throws(MQTTClient.Failure) {
    (self.gateway, self.settings, self.costs, self.version, self.log) = (gateway, settings, costs, version, log)
    var broker = settings.broker
    // Prices of some days, quarter by quarter and with many words.
    if costs?.book.topics.isEmpty == false { broker.longest = max(broker.longest, 131_072) }
    client = try MQTTClient(
      broker,
      will: MQTTClient.Message(settings.base + "/status", "offline".utf8, qos: 1, isRetained: true))
    (counters, counted) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    (births, born) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    (prices, priced) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
  }

  /// Passes on until the task is cancelled, and then says that it is gone.
  public func run() async throws(MQTTClient.Failure) {
    try client.start()
    await withDiscardingTaskGroup { group in
      group.addTask { await self.listen() }
      group.addTask { await self.followBirths() }
      group.addTask { await self.followLive() }
      group.addTask { await self.followCounters() }
      group.addTask { await self.followHours() }
      group.addTask {
        while await !self.gateway.isPrepared, (try? await Task.sleep(for: .milliseconds(50))) != nil {}
        await self.seekFormer()
      }
      if self.costs != nil { group.addTask { await self.followPrices() } }
      group.addTask { await self.followCosts() }
      // The broker's stream does not end by itself.
      group.addTask {
        try? await Task.sleep(for: .seconds(Int64.max / 4))
        await self.leave()
      }
    }
  }

  private func leave() async {
    // Whoever ends the gateway does not want to wait for a broker that is silent.
    _ = await Task { await put("status", "offline", qos: 1, isRetained: true, within: .seconds(2)) }.value
    counted.finish()
    born.finish()
    priced.finish()
    client.stop()
  }

  // MARK: The broker

  private func listen() async {
    for await event in client.events {
      switch event {
      case .connected:
        log.info("the broker is there", metadata: ["broker": "\(settings.broker.host):\(settings.broker.port)"])
        (announced, toldPresence, toldCosts, reckoned) = ([:], [:], [:], [:])
        if let prefix = settings.discovery { try? client.subscribe(prefix + "/status") }
        for topic in costs?.book.topics ?? [] { try? client.subscribe(topic) }
        await put("status", "online", qos: 1, isRetained: true)
        await tellAll()
        await seekFormer()
      case .disconnected(let reason):
        log.warning("no broker: \(reason)")
        await note(failure: "no broker: \(reason)")
      case .message(let message) where message.topic == settings.discovery.map { $0 + "/status" }:
        if message.payload == Array("online".utf8), !message.isRetained { born.yield() }
      case .message(let message) where former[message.topic] != nil:
        if message.isRetained, let meter = former[message.topic] { await takeBack(meter) }
      case .message(let message): priced.yield(message)
      }
    }
  }

  /// Home Assistant has begun anew, and needs a moment from hearing of a device to hearing its values. However often that is
  /// said, once is enough.
  private func followBirths() async {
    for await _ in births {
      announced = [:]
      await tellAll()
      try? await Task.sleep(for: .seconds(3))
      await tellAll()
    }
  }

  /// All that is known, as after a silence.
  private func tellAll() async {
    for meter in await gateway.values.keys {
      // Asked anew each time: the broker may have kept us waiting.
      if let live = await gateway.values[meter] { await announce(meter, live) }
      guard let live = await gateway.values[meter] else { continue }
      toldPresence[meter] = nil
      if await !tellPresence(live, of: meter) { await tellHealth(live, of: meter) }
      // Told again, old numbers would look new.
      if live.isPresent == true { count(meter) }
    }
    await tellCosts()
  }

  private func announce(_ meter: String, _ live: LiveValues) async {
    guard let prefix = settings.discovery, !live.values.isEmpty else { return }
    let series = live.values.keys.sorted { $0.name < $1.name }
    let told = Set(series.map(\.name) + [live.identity.map { "\($0.model) \($0.firmware)" } ?? ""])
    guard announced[meter] != told else { return }
    let discovery = Discovery(
      base: settings.base, meter: meter, identity: live.identity,
      expiry: Int(live.schedule.lifetime(of: [.present]) / 1000), version: version,
      tariff: costs?.tariff)
    let message = MQTTClient.Message(
      Discovery.topic(of: meter, prefix: prefix), discovery.message(series).description.utf8, qos: 1, isRetained: true)
    if await send(message) { announced[meter] = told }
  }

  // MARK: Values

  private func followLive() async {
    for await update in await gateway.updates() {
      guard let live = await gateway.values[update.meter] else { continue }
      // Of many meters an update may be missed: what is known now is what counts.
      let isTold = await tellPresence(live, of: update.meter)
      switch update.news {
      case .reading(let reading), .jumped(let reading, _):
        await announce(update.meter, live)
        if reading.values.keys.contains(where: \.isLive),
          let values = live.published(live: true, since: reading.time)
        {
          // A value that somebody gets later than it was measured would look fresh: these are not kept by the broker.
          await put("\(update.meter)/live", "\(values)")
        }
        if reading.values.keys.contains(where: { !$0.isLive }) { count(update.meter) }
      case .held, .clock, .failed: await tellHealth(live, of: update.meter)
      case .away where !isTold: await tellHealth(live, of: update.meter)
      case .present, .away, .recorded, .selfReads, .events, .outages, .quality, .line: break
      }
    }
  }

  /// Apart from the live values: these wait for the broker's word.
  private func followCounters() async {
    for await _ in counters {
      while let meter = due.popFirst() {
        guard let live = await gateway.values[meter], let values = live.published(live: false) else { continue }
        await put("\(meter)/energy", "\(values)", qos: 1, isRetained: true)
        await tellHealth(live, of: meter)
      }
    }
  }

  private func count(_ meter: String) {
    due.insert(meter)
    counted.yield()
  }

  /// Whether the meter is there, and why not, where the broker was told otherwise. Whether it was told.
  @discardableResult
  private func tellPresence(_ live: LiveValues, of meter: String) async -> Bool {
    guard let isPresent = live.isPresent, toldPresence[meter] != isPresent else { return false }
    toldPresence[meter] = isPresent
    guard await put("\(meter)/status", isPresent ? "online" : "offline", qos: 1, isRetained: true) else {
      toldPresence[meter] = nil
      return false
    }
    await tellHealth(live, of: meter)
    return true
  }

  private func tellHealth(_ live: LiveValues, of meter: String) async {
    let last = live.values.values.map(\.time).max()
    let health = JSON.object([
      ("clock_ahead_s", live.clockAhead.map { .number("\(Double($0) / 1000)") } ?? .null),
      ("held_readings", .integer(Int64(live.held))),
      ("lost_readings", .integer(Int64(live.keeping.lost))),
      ("last_reading_at", last.map { .string("\($0)") } ?? .null),
      ("problem", live.problem.map { .string($0) } ?? .null),
      ("store_problem", live.keeping.words.map { .string($0) } ?? .null),
    ])
    await put("\(meter)/health", "\(health)", qos: 1, isRetained: true)
  }

  // MARK: Meters that are gone

  /// Asks the broker what it keeps of meters that were read before, and no longer are.
  private func seekFormer() async {
    guard client.isConnected, await gateway.isPrepared, let all = try? await gateway.store.meters() else { return }
    let present = await gateway.values
    for (_, meter) in all where present[meter] == nil {
      let topic = "\(settings.base)/\(meter)/status"
      former[topic] = meter
      try? client.subscribe(topic)
    }
  }

  /// Takes it back: they would be online for ever. Where it keeps nothing, another gateway may read the meter by now.
  private func takeBack(_ meter: String) async {
    for topic in ["energy", "health", "cost"] { await put("\(meter)/\(topic)", "", qos: 1, isRetained: true) }
    if let prefix = settings.discovery {
      await send(
        MQTTClient.Message(Discovery.topic(of: meter, prefix: prefix), "".utf8, qos: 1, isRetained: true))
    }
    await put("\(meter)/status", "", qos: 1, isRetained: true)
  }

  // MARK: Costs

  private func followPrices() async {
    for await message in prices {
      guard let book = costs?.book else { return }
      for source in book.sources where source.place == .topic(message.topic) {
        await book.take(message.payload, of: source)
      }
    }
  }

  /// With each minute a price may begin, and what was used until the last quarter be kept.
  private func followCosts() async {
    while !Task.isCancelled {
      let now = gateway.clock.now()
      guard (try? await gateway.clock.sleep((now + 1).ceiled(to: 60_000) - now)) != nil else { return }
      await tellCosts()
    }
  }

  private func tellCosts() async {
    guard client.isConnected else { return }
    let meters = await gateway.values.keys.sorted()
    guard let costs else {
      // What it was told when somebody still said what electricity costs.
      for topic in ["price"] + meters.map({ "\($0)/cost" }) { await tell(topic, "") }
      return
    }
    // Which reads files that have changed.
    await tell("price", await costs.publishedPrices(at: gateway.clock.now(), in: gateway.zone).description)
    for meter in meters {
      let (now, version) = (gateway.clock.now(), await costs.book.version)
      let quarter = now.floored(to: PriceSeries.quarter)
      if let last = reckoned[meter], last.quarter == quarter, last.version == version {
        // What was used until the quarter's beginning is kept soon after it, or comes much later. Where nothing
        // is known yet, the load profile may be on its way.
        if last.through == quarter || last.through != nil && now - quarter >= 300_000 { continue }
      }
      guard let id = await gateway.id(of: meter) else { continue }
      do throws(StoreError) {
        let (message, through) = try await costs.published(gateway.store, id, at: now, in: gateway.zone)
        guard await tell("\(meter)/cost", message.description) else { continue }
        reckoned[meter] = Reckoned(quarter: quarter, version: version, through: through)
      } catch { log.debug("no costs of \(meter): \(error)") }
    }
  }

  /// Whether the broker has it; it is told what is not new to it only once.
  @discardableResult
  private func tell(_ topic: String, _ text: String) async -> Bool {
    if toldCosts[topic] == text { return true }
    guard await put(topic, text, qos: 1, isRetained: true) else { return false }
    toldCosts[topic] = text
    return true
  }

  // MARK: Hours

  /// Tells of hours that have ended, once the broker has them: also of those that passed while it was away, and of those
  /// that were filled in later.
  private func followHours() async {
    let sink = "mqtt \(settings.base)"
    while !Task.isCancelled {
      do {
        let changes = try await gateway.store.changes(for: sink)
        if client.isConnected, let last = changes.last {
          try await tellHours(of: changes)
          try await gateway.store.passedOn(last.id, by: sink)
          continue
        }
      } catch is CancellationError {
        return
      } catch { log.debug("hours wait: \(error)") }
      try? await Task.sleep(for: .seconds(10))
    }
  }

  private func tellHours(of changes: [Store.Change]) async throws {
    let names = Dictionary(uniqueKeysWithValues: try await gateway.store.meters().map { ($0.id, $0.name) })
    var told = Set<[Int64]>()
    for change in changes {
      guard let meter = names[change.meter] else { continue }
      let range = change.times.lowerBound + -1..<change.times.upperBound
      for span in try await gateway.store.history(of: change.meter, range, by: .hour, in: gateway.zone) {
        guard span.end <= gateway.clock.now(), let payload = span.published,
          told.insert([change.meter.number, span.end.milliseconds]).inserted
        else { continue }
        try await client.publish(
          MQTTClient.Message("\(settings.base)/\(meter)/hour", "\(payload)".utf8, qos: 1))
      }
    }
  }

  // MARK: Sending

  @discardableResult
  private func put(
    _ topic: String, _ text: String, qos: Int32 = 0, isRetained: Bool = false, within patience: Duration = patience
  ) async -> Bool {
    await send(
      MQTTClient.Message("\(settings.base)/\(topic)", text.utf8, qos: qos, isRetained: isRetained), within: patience)
  }

  /// Whether the broker has it, or may have it. One that says nothing for long is connected to anew.
  @discardableResult
  private func send(_ message: MQTTClient.Message, within patience: Duration = patience) async -> Bool {
    guard client.isConnected else { return false }
    do {
      try await client.publish(message, within: patience)
      // Only what the broker has to answer for proves that it is alive.
      if message.qos > 0 {
        status.succeed(1, at: gateway.clock.now())
        await gateway.note(status)
      }
      return true
    } catch {
      log.debug("not published: \(error)")
      await note(failure: "\(error)")
      return false
    }
  }

  private func note(failure words: String) async {
    status.fail(words, at: gateway.clock.now())
    await gateway.note(status)
  }

  private static let patience = Duration.seconds(30)
}
