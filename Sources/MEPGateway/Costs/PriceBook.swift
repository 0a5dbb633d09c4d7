// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPTransport

/// The prices that are known, by the names of their series. Files are read again when they have changed.
public actor PriceBook {
  private let sources: [PriceSource]
  private var series: [String: PriceSeries] = [:]
  private var problems: [String: String] = [:]
  private var stamps: [String: Stamp] = [:]

  private struct Stamp: Equatable {
    let changed: Date?
    let size: Int?
  }

  public init(_ sources: [PriceSource]) { self.sources = sources }

  /// All that is known, and why more is not.
  func known() -> (series: [String: PriceSeries], problems: [String]) {
    for source in sources {
      if case .file(let path) = source.place {
        read(source, path)
      } else if series[source.name] == nil, problems[source.name] == nil {
        problems[source.name] = "\(source.name): nothing has come from \(source.origin) yet."
      }
    }
    return (series, problems.values.sorted())
  }

  /// Takes what came from a source that is no file. It adds to what is known: most tell only of today and tomorrow.
  func take(_ text: String, for name: String) {
    guard let source = sources.first(where: { $0.name == name }) else { return }
    do throws(PriceSource.Flaw) {
      let newer = try source.series(text)
      if series[name]?.merge(newer) == nil { series[name] = newer }
      problems[name] = nil
    } catch {
      problems[name] = error.description
    }
  }

  private func read(_ source: PriceSource, _ path: String) {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let stamp = Stamp(changed: attributes?[.modificationDate] as? Date, size: attributes?[.size] as? Int)
    if attributes != nil, stamps[source.name] == stamp { return }
    stamps[source.name] = stamp
    do throws(PriceSource.Flaw) {
      guard let text = Files.text(path) else { throw source.flaw("it cannot be read: is it there, and readable?") }
      series[source.name] = try source.series(text)
      problems[source.name] = nil
    } catch {
      // Prices that were read before are still true.
      problems[source.name] = error.description
    }
  }
}
