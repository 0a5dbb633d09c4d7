// SPDX-License-Identifier: Apache-2.0
import Logging
import MEPTransport

/// Tells of one meter by P1 telegrams, to all who connect to a TCP port: see Documentation/P1.md.
public actor P1Server {
  public struct Settings: Sendable, Equatable {
    /// The name of the meter.
    public var meter: String
    /// 0 lets the system choose.
    public var port: Int
    /// One of this computer's addresses, in numbers.
    public var host = "127.0.0.1"

    public init(meter: String, port: Int) { (self.meter, self.port) = (meter, port) }
  }

  private struct Reader {
    let link: any Link
    let telegrams: AsyncStream<[UInt8]>.Continuation
    /// Of the last telegram that it was given.
    var second: Int64?
  }

  private let gateway: Gateway
  private let meter: String
  private let log: Logger
  private let listener: TCPListener
  private var readers: [Int: Reader] = [:]
  private var readerCount = 0
  /// Since when there have been live values without registers.
  private var incomplete: Timestamp?

  /// Listens from now on.
  ///
  /// - Throws: ``LinkError/notListening`` where another program has the port.
  public init(
    _ gateway: Gateway, _ settings: Settings, log: Logger = Logger(label: "mep.p1")
  ) throws(LinkError) {
    (self.gateway, self.meter, self.log) = (gateway, settings.meter, log)
    // A reader that has stopped reading shall be known for one before it has an hour of telegrams in hand.
    listener = try TCPListener(host: settings.host, port: settings.port, sendBuffer: 4096)
  }

  /// The port it listens on.
  public nonisolated var port: Int { listener.port }

  /// Tells until the task is cancelled.
  public func run() async {
    log.info("P1 telegrams of \(meter) at \(listener.host) port \(listener.port)")
    await withDiscardingTaskGroup { group in
      group.addTask { await self.follow() }
      group.addTask { await self.welcome() }
    }
    listener.close()
  }

  // MARK: Telegrams

  private func follow() async {
    for await update in await gateway.updates() where update.meter == meter && !readers.isEmpty {
      switch update.news {
      case .reading(let reading), .jumped(let reading, _):
        guard reading.values.keys.contains(where: \.isLive), let telegram = await telegram() else { continue }
        for number in readers.keys { give(telegram, to: number) }
      default: break
      }
    }
  }

  private func telegram() async -> P1Telegram? {
    guard let live = await gateway.values[meter] else { return nil }
    let now = gateway.clock.now()
    let telegram = P1Telegram(live, meter: meter, zone: gateway.zone, now: now)
    guard let telegram, !telegram.hasEnergy else {
      incomplete = nil
      return telegram
    }
    // Readers learn from the first telegram what a meter has: the registers are read a moment later.
    incomplete = incomplete ?? now
    return incomplete.map { now - $0 >= Self.patience } == true ? telegram : nil
  }

  /// Never waits: a reader that does not take what it is sent is let go.
  private func give(_ telegram: P1Telegram, to number: Int) {
    // Telegrams tell whole seconds.
    guard let reader = readers[number], reader.second != telegram.time.seconds else { return }
    readers[number]?.second = telegram.time.seconds
    guard case .dropped = reader.telegrams.yield(Array(telegram.text.utf8)) else { return }
    letGo(reader.link)
  }

  private func letGo(_ link: any Link) {
    log.notice("P1: \(link) does not read what it is sent: it is let go")
    link.close()
  }

  // MARK: Readers

  private func welcome() async {
    await withDiscardingTaskGroup { group in
      do throws(LinkError) {
        while true {
          let link = try await listener.accept()
          guard readers.count < Self.mostReaders else {
            log.notice("P1: \(link) is one too many: \(Self.mostReaders) read already")
            link.close()
            continue
          }
          let (telegrams, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.mostWaiting))
          readerCount += 1
          let number = readerCount
          readers[number] = Reader(link: link, telegrams: continuation)
          group.addTask { await self.serve(number, link, telegrams) }
        }
      } catch .cancelled {} catch { log.error("P1: no more readers are let in: \(error)") }
    }
  }

  private func serve(_ number: Int, _ link: any Link, _ telegrams: AsyncStream<[UInt8]>) async {
    log.info("P1: \(link) reads")
    if let telegram = await telegram() { give(telegram, to: number) }
    await withTaskGroup { group in
      group.addTask {
        do throws(LinkError) { for await telegram in telegrams { try await link.send(telegram) } } catch {
          // It took nothing for some seconds.
          if case .system = error { await self.letGo(link) }
        }
      }
      group.addTask {
        // What it says is of no interest; that it goes is.
        do throws(LinkError) { while true { _ = try await link.receive(until: nil) } } catch {}
      }
      await group.next()
      group.cancelAll()
    }
    link.close()
    readers[number] = nil
    log.info("P1: \(link) reads no more")
  }

  private static let mostReaders = 16
  /// Telegrams that a reader may be behind.
  private static let mostWaiting = 8
  /// Milliseconds for which registers are waited for.
  private static let patience: Int64 = 30_000
}
