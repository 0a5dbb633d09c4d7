// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Meter {
  /// A table that this meter may lack, or keep to itself: nil then.
  func readIfKept(_ table: Table) async throws(MeterError) -> Decoded? {
    try await ifKept { () async throws(MeterError) in try await self.read(table) }
  }

  /// Nil where the meter refuses, or is too old to have the table or what dimensions it.
  func ifKept<T>(_ body: () async throws(MeterError) -> T) async throws(MeterError) -> T? {
    do throws(MeterError) { return try await body() } catch {
      switch error {
      case .refused, .layout(.absent): return nil
      default: throw error
      }
    }
  }
}
