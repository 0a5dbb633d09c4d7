// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

extension Meter {
  /// Reads the queue of on-demand requests, ET15.
  public func readOnDemandRequests() async throws(MeterError) -> OnDemandRequests {
    let table = try await read(.et15)
    guard let requests = OnDemandRequests(table) else {
      throw .short(table.layout.table, wanted: table.layout.octets, got: table.octets.count)
    }
    return requests
  }

  /// Asks a device for something (EP19, which takes the MAK) and waits for the result. What a billing read has brought is
  /// then in ET16: ``readDevices(progress:)``, soon, as others may ask the same device.
  ///
  /// - Parameters:
  ///   - target: the device's handle, or what else `request` takes.
  ///   - patience: how long to wait for the result.
  /// - Returns: the request as it is in ET15; its result is pending when that took longer.
  public func requestOnDemand(
    _ request: PostOnDemandRequest.Request, of target: UInt16, patience: Instant.Span = .milliseconds(60_000)
  ) async throws(MeterError) -> OnDemandRequests.Request {
    let used = Set(try await readOnDemandRequests().requests.map(\.transaction))
    // A queue has 16 entries at most.
    let transaction = PostOnDemandRequest.transactions.filter { !used.contains($0) }.randomElement() ?? 0x0400
    try await call(PostOnDemandRequest(request, to: target, transaction: transaction))
    let end = Instant.now() + patience
    while true {
      // What has ended stays in the queue until others have gone round it.
      let posted = try await readOnDemandRequests().requests.first { $0.transaction == transaction }
      guard let posted else { throw .outcomeUnknown(Table.et15.id) }
      if posted.result != .pending || Instant.now() >= end { return posted }
      do { try await Task.sleep(for: .seconds(1)) } catch { throw .link(.cancelled) }
    }
  }
}
