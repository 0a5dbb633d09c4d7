// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Glibc
import Logging
import MEPClient
import MEPGateway
import MEPTransport

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The gateway: reads meters for years, keeps what they measure, and passes it on.",
    discussion: """
      It reads what its configuration file names; `mep config check` looks through
      that first. Without a file, one meter is read:
        mep serve --meter sim:gen3
      Ctrl-C, or a service manager, ends it when what it has read is on the disk.
      """)

  @OptionGroup var file: ConfigurationFile
  @OptionGroup var options: MeterOptions

  func run() async throws {
    let log = log
    let (configuration, sources) = try prepare()
    let store: Store
    do throws(StoreError) {
      store = try Store(configuration.storePath, retention: configuration.retention, log: log)
    } catch { throw Failure(.other, "\(configuration.storePath): \(error.description)") }
    let gateway = Gateway(store, zone: configuration.zone, commit: configuration.commit, log: log)
    let mqtt = try configuration.mqtt.map { settings in
      var settings = settings
      let lifetimes = configuration.meters.map { $0.schedule.lifetime(of: [.present]) }
      settings.expiry = lifetimes.max().map { Int($0 / 1000) } ?? settings.expiry
      do throws(MQTTClient.Failure) {
        return try MQTTSink(gateway, settings, version: MEPTool.version, log: log)
      } catch { throw Failure(.wrongUse, "MQTT: \(error.description)") }
    }
    defer { store.close() }
    let dabbler = try dabbler(configuration, gateway, log)
    let p1 = try configuration.p1.map { settings in
      let schedule = configuration.meters.first { $0.name == settings.meter }?.schedule
      do throws(LinkError) {
        return try P1Server(gateway, settings, schedule: schedule ?? Schedule(), log: log)
      } catch { throw Failure(.other, "P1: \(error)") }
    }
    try await Interrupt.goOn {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await tell(of: gateway, to: log) }
        if let mqtt {
          group.addTask {
            do throws(MQTTClient.Failure) { try await mqtt.run() } catch { throw Failure(.other, "MQTT: \(error)") }
          }
        }
        if let dabbler {
          group.addTask {
            do throws(MQTTClient.Failure) { try await dabbler.run() } catch { throw Failure(.other, "MQTT: \(error)") }
          }
        }
        if let p1 { group.addTask { await p1.run() } }
        group.addTask {
          do throws(StoreError) { try await gateway.run(sources) } catch { throw Failure(.other, error.description) }
        }
        try await group.waitForAll()
      }
    }
  }

  /// Nil where nobody asks for its topics.
  private func dabbler(_ configuration: Configuration, _ gateway: Gateway, _ log: Logger) throws -> DabblerSink? {
    guard let settings = configuration.mqtt, let topic = settings.dabbler, let house = configuration.meters.first
    else { return nil }
    do throws(MQTTClient.Failure) {
      return try DabblerSink(
        gateway, settings.broker, topic: topic, meter: house.name, schedule: house.schedule, log: log)
    } catch { throw Failure(.wrongUse, "MQTT: \(error.description)") }
  }

  private var log: Logger {
    var log = Logger(label: "mep")
    log.logLevel = options.verbose > 1 ? .trace : options.verbose == 1 ? .debug : .info
    return log
  }

  private func prepare() throws -> (Configuration, [Gateway.Source]) {
    guard options.meter == nil else {
      let source = try options.source()
      return (Configuration(folder: try ConfigurationFile.folder()), [Gateway.Source("meter", source)])
    }
    let configuration = try file.read()
    return (
      configuration,
      try configuration.meters.map { house in
        Gateway.Source(house.name, schedule: house.schedule, try MeterSource(house))
      }
    )
  }
}

/// Logs what a person wants to know of a gateway that runs: who answers, who does not, and why.
private func tell(of gateway: Gateway, to log: Logger) async {
  for await update in await gateway.updates() {
    let meter: Logger.Metadata = ["meter": "\(update.meter)"]
    switch update.news {
    case .present(let identity):
      log.info(
        "the meter answers: \(identity.manufacturer) \(identity.model), firmware \(identity.firmware)", metadata: meter)
    case .away(let error): log.warning("the meter is away: \(error)", metadata: meter)
    case .failed(let job, let error): log.notice("no \(job.rawValue): \(error)", metadata: meter)
    case .recorded(let readings, _):
      if let last = readings.last {
        log.debug("load profile through \(last.time): \(readings.count) intervals", metadata: meter)
      }
    case .reading, .jumped, .held, .clock, .events, .outages, .quality: break
    }
  }
}

extension Gateway.Source {
  fileprivate init(_ name: String, schedule: Schedule = Schedule(), _ source: MeterSource) {
    self.init(name, schedule: schedule) { () async throws(MeterError) in try await source.open() }
  }
}
