// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Logging
import MEPGateway
import MEPTransport

/// A gateway that runs, with all that it passes on to.
struct Service: Sendable {
  let plan: Plan
  let log: Logger

  private var configuration: Configuration { plan.configuration }

  /// Runs until the task is cancelled, which gives nil, or until there is another plan.
  func run(until changed: @escaping @Sendable () async -> Plan?) async throws -> Plan? {
    let sockets = Sockets.folder
    for folder in [sockets, Files.folder(of: configuration.storePath)] {
      if let failure = Files.makeFolder(folder) {
        throw Failure(.other, "\(folder) cannot be made: \(String(cString: strerror(failure))).")
      }
    }
    let store = try openStore()
    defer {
      store.close()
      if plan.isPassing { try? FileManager.default.removeItem(atPath: Files.folder(of: configuration.storePath)) }
    }
    let gateway = Gateway(store, zone: configuration.zone, commit: configuration.commit, log: log)
    let costs = configuration.costs.map { Costs($0, store, log: log) }
    let (web, p1, engines) = (try web(gateway, costs), try p1(gateway), try engines(gateway))
    let (mqtt, dabbler) = (try mqtt(gateway, costs), try dabbler(gateway))
    var parts: [@Sendable () async throws -> Void] = [
      { await tell(of: gateway, to: log) }, { await ServiceManager.attend { await gateway.isAlive() } },
      {
        do throws(StoreError) { try await gateway.run(plan.sources, sockets: sockets) } catch {
          throw Failure(.other, "\(configuration.storePath): \(error.description)")
        }
      },
    ]
    if let web, let settings = configuration.web {
      parts.append {
        do throws(WebServer.Failure) {
          try await web.run { log.info("it answers at http://\(settings.authority(port: $0))\(settings.path)") }
        } catch { throw Failure(.other, error.description) }
      }
    }
    for run in [mqtt?.run, dabbler?.run].compactMap({ $0 }) {
      parts.append {
        do throws(MQTTClient.Failure) { try await run() } catch { throw Failure(.other, "MQTT: \(error)") }
      }
    }
    if let costs {
      parts.append { await PriceFetcher(costs, clock: gateway.clock, zone: gateway.zone).run() }
    }
    if let p1 { parts.append { await p1.run() } }
    for engine in engines { parts.append { await engine.run() } }
    return try await Plan.first(by: [changed], during: parts)
  }

  private func openStore() throws -> Store {
    do throws(StoreError) {
      return try .opened(
        configuration.storePath, retention: configuration.retention, now: GatewayClock.system.now(), log: log)
    } catch { throw Failure(.other, "\(configuration.storePath): \(error.description)") }
  }

  private func web(_ gateway: Gateway, _ costs: Costs?) throws -> WebServer? {
    guard let settings = configuration.web else { return nil }
    do throws(PasswordFile.Flaw) {
      return try WebServer(gateway, settings, costs: costs, version: MEPTool.version, log: log)
    } catch { throw Failure(.wrongUse, error.description) }
  }

  /// Nil where nobody asks for its topics.
  private func dabbler(_ gateway: Gateway) throws -> DabblerSink? {
    guard let settings = configuration.mqtt, let topic = settings.dabbler, let house = configuration.meters.first
    else { return nil }
    do throws(MQTTClient.Failure) {
      return try DabblerSink(gateway, settings.broker, topic: topic, meter: house.name, log: log)
    } catch { throw Failure(.wrongUse, "MQTT: \(error.description)") }
  }

  private func p1(_ gateway: Gateway) throws -> P1Server? {
    guard let settings = configuration.p1 else { return nil }
    do throws(LinkError) { return try P1Server(gateway, settings, log: log) } catch {
      throw Failure(.other, "P1: \(error)")
    }
  }

  private func engines(_ gateway: Gateway) throws -> [EngineSink] {
    try configuration.engines.map { settings in
      do throws(EngineSink.Failure) { return try EngineSink(gateway, settings, log: log) } catch {
        throw Failure(.wrongUse, "engines: \(settings.name): \(error.description)")
      }
    }
  }

  private func mqtt(_ gateway: Gateway, _ costs: Costs?) throws -> MQTTSink? {
    guard let settings = configuration.mqtt else { return nil }
    if settings.broker.isVersion5 == true, !MQTTClient.isVersion5Safe {
      log.warning(
        "mqtt: version: 5 with a libmosquitto before 2.0.16, which a broker can end this program through: leave it out")
    }
    do throws(MQTTClient.Failure) {
      return try MQTTSink(gateway, settings, costs: costs, version: MEPTool.version, log: log)
    } catch { throw Failure(.wrongUse, "MQTT: \(error.description)") }
  }
}

extension Plan {
  /// The first plan that one of some ways leads to; until then these and all parts go on. Nil once they have ended.
  static func first(
    by ways: [@Sendable () async throws -> Plan?], during parts: [@Sendable () async throws -> Void]
  ) async throws -> Plan? {
    try await withThrowingTaskGroup(of: Plan?.self) { group in
      for way in ways { group.addTask { try await way() } }
      for part in parts {
        group.addTask {
          try await part()
          return nil
        }
      }
      while let ended = await group.nextResult() {
        switch ended {
        case .success(let next?):
          group.cancelAll()
          // What they throw now is no reason to do without the plan.
          while await group.nextResult() != nil {}
          return next
        case .failure(let error) where !(error is CancellationError): throw error
        case .success, .failure: continue
        }
      }
      return nil
    }
  }
}

extension WebServer.Settings {
  /// Where a browser finds it: "127.0.0.1:8337".
  func authority(port: Int) -> String {
    let name = ["0.0.0.0", "::"].contains(host) ? ProcessInfo.processInfo.hostName : host
    return "\(name.contains(":") ? "[\(name)]" : name):\(port)"
  }
}

/// Logs what a person wants to know of a gateway that runs: who answers, who does not, and why.
private func tell(of gateway: Gateway, to log: Logger) async {
  var (told, filling) = (ContinuousClock.now, Set<String>())
  for await update in await gateway.updates() {
    let meter: Logger.Metadata = ["meter": "\(update.meter)"]
    switch update.news {
    case .present(let identity):
      log.info(
        "the meter answers: \(identity.manufacturer) \(identity.model), firmware \(identity.firmware)", metadata: meter)
    case .away(let error): log.warning("the meter is away: \(error)", metadata: meter)
    case .failed(let job, let error?): log.notice("no \(job.rawValue): \(error)", metadata: meter)
    case .failed(let job, nil): log.info("\(job.rawValue) is read again", metadata: meter)
    case .recorded(let readings, _, let share):
      if let last = readings.last {
        log.debug("load profile through \(last.time): \(readings.count) intervals", metadata: meter)
      }
      let through = await gateway.values[update.meter]?.recorded.map { ", through \($0.through)" } ?? ""
      // Months of it take minutes.
      if share < 1, ContinuousClock.now - told > .seconds(10) {
        log.info("filling in from the load profile: \(Int(share * 100)) %\(through)", metadata: meter)
        told = .now
      } else if share == 1, filling.remove(update.meter) != nil {
        log.info("all that the load profile has is kept\(through)", metadata: meter)
      }
      if share < 1 { filling.insert(update.meter) }
    case .reading, .jumped, .held, .clock, .selfReads, .events, .outages, .quality, .line: break
    }
  }
}
