// SPDX-License-Identifier: Apache-2.0
import OSGPTables

/// Which reasons of an alert were told already, and what they were about: one that stands on is news only when that changes.
struct ToldAlerts {
  private var news: [UInt8: [Int]] = [:]

  /// Forgets what stands no more.
  mutating func keep(_ standing: MEPAlerts) { news = news.filter { standing.contains(MEPAlerts(rawValue: $0.key)) } }

  mutating func forget(_ reasons: MEPAlerts) { news = news.filter { !reasons.contains(MEPAlerts(rawValue: $0.key)) } }

  /// Whether an alert is news; it is told then.
  mutating func tell(_ alert: MeterAlert, of reason: MEPAlerts) -> Bool {
    defer { news[reason.rawValue] = alert.news }
    return news[reason.rawValue] != alert.news
  }
}
