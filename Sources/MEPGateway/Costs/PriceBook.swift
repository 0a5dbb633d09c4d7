// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import MEPTransport

/// The prices that are known, by the names of their series. They are in the store, wherever they came from: history keeps its
/// price. Files are read again when they have changed.
public actor PriceBook {
  nonisolated let sources: [PriceSource]
  private let store: Store
  private let log: Logger
  private var stamps: [String: Stamp] = [:]
  private var problems: [String: String] = [:]
  /// Of which something has come since the gateway began.
  private var heard: Set<String> = []
  /// Grows whenever a price has become known, or another one.
  private(set) var version = 0

  private struct Stamp: Equatable {
    let changed: Date?
    let size: Int?
  }

  init(_ sources: [PriceSource], _ store: Store, log: Logger) {
    (self.sources, self.store, self.log) = (sources, store, log)
  }

  /// Those that others publish prices at, by MQTT.
  nonisolated var topics: Set<String> {
    Set(sources.compactMap { if case .topic(let topic) = $0.place { topic } else { nil } })
  }

  /// What is known of a time, and why more is not.
  func known(in range: Range<Timestamp>) async -> (series: [String: PriceSeries], problems: [String]) {
    var (series, words) = ([String: PriceSeries](), [String]())
    for source in sources {
      if case .file(let path) = source.place { await read(source, path) }
      do throws(StoreError) {
        let prices = try await store.prices(of: source, in: range)
        if !prices.isEmpty {
          series[source.name] = prices
        } else if problems[source.name] == nil, !heard.contains(source.name) {
          words.append("\(source.name): nothing has come from \(source.origin) yet.")
        }
      } catch { words.append("\(source.name): \(error.description)") }
    }
    return (series, (Array(problems.values) + words).sorted())
  }

  /// Whether a source that is no file has told of a time.
  func has(_ source: PriceSource, at time: Timestamp) async -> Bool {
    (try? await store.prices(of: source, in: time..<time + 1))?.isEmpty == false
  }

  // MARK: What comes

  /// Takes what came from a source, whatever it is; false where the store could not keep it.
  @discardableResult
  func take(_ octets: [UInt8], of source: PriceSource) async -> Bool {
    do throws(PriceSource.Flaw) {
      try await keep(octets, of: source)
      note(nil, of: source)
      return true
    } catch {
      note(error, of: source)
      return !error.isOfStore
    }
  }

  /// Adds to what is known: most tell only of today and tomorrow.
  func keep(_ octets: [UInt8], of source: PriceSource) async throws(PriceSource.Flaw) {
    guard let text = String(validating: octets, as: UTF8.self) else { throw source.flaw("it is no text in UTF-8.") }
    let prices = try source.series(text)
    do throws(StoreError) {
      if try await store.keep(prices, of: source.name) { version += 1 }
    } catch {
      var flaw = source.flaw(error.description)
      flaw.isOfStore = true
      throw flaw
    }
  }

  /// What is wrong with a source; nil where it is as it should be. It is logged when it changes.
  func note(_ flaw: PriceSource.Flaw?, of source: PriceSource) {
    let before = problems[source.name]
    problems[source.name] = flaw?.description
    guard let flaw else {
      heard.insert(source.name)
      if before != nil { log.notice("prices come again", metadata: ["series": "\(source.name)"]) }
      return
    }
    // Times and lines in it may be others each time.
    if before?.filter({ !$0.isNumber }) != flaw.description.filter({ !$0.isNumber }) {
      log.warning("no prices: \(flaw)", metadata: ["series": "\(source.name)"])
    }
  }

  // MARK: Files

  private func read(_ source: PriceSource, _ path: String) async {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let stamp = Stamp(changed: attributes?[.modificationDate] as? Date, size: attributes?[.size] as? Int)
    if attributes != nil, stamps[source.name] == stamp { return }
    guard let octets = Files.octets(path) else {
      return note(source.flaw("it cannot be read: is it there, and readable?"), of: source)
    }
    // Only then: whoever asks meanwhile waits for it as well, and what could not be kept is read again.
    if await take(octets, of: source) { stamps[source.name] = stamp }
  }
}
