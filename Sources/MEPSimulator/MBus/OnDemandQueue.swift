// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// ET15: a ring of requests, carried out one after the other.
extension MeterBody {
  /// Puts a request behind the others.
  ///
  /// - Returns: its index; nil when the queue is full.
  mutating func post(transaction: Int64, target: Int64, type: UInt8, data: [UInt8]) -> Int? {
    let index = Int(tables.integer(.et15, "write_pointer"))
    guard !isPending(index) else { return nil }
    for (field, value) in [
      ("transaction_nbr", transaction), ("device_handle_or_group_mask", target), ("request_type", Int64(type)),
      ("result", 0),
    ] {
      tables.set(.et15, request(index, field), value)
    }
    let (length, content) =
      type == OnDemandRequests.Kind.multicast.rawValue
      ? ("multicast_data_length", "multicast_data_message")
      : ("write_messages[\(index)].write_data_length", "write_messages[\(index)].write_data")
    let room = tables.octets(.et15, content).count
    let held = data.prefix(room)
    tables.set(.et15, length, Int64(held.count))
    tables.set(.et15, content, held + [UInt8](repeating: 0, count: room - held.count))
    tables.set(.et15, "write_pointer", (Int64(index) + 1) % queueSize)
    return index
  }

  /// The request that is carried out now.
  mutating func requestUnderWay() -> OnDemandRequests.Request? { requests()?.next }

  mutating func requests() -> OnDemandRequests? {
    guard let layout = tables.layout(of: .et15), let octets = tables[Table.et15.id] else { return nil }
    return OnDemandRequests(Decoded(layout: layout, octets: octets))
  }

  /// Ends the request under way.
  mutating func endRequest(_ result: OnDemandRequests.Result) {
    guard let request = requestUnderWay() else { return }
    tables.set(.et15, self.request(request.index, "result"), Int64(result.rawValue))
    tables.set(.et15, "read_pointer", (Int64(request.index) + 1) % queueSize)
  }

  private var queueSize: Int64 {
    mutating get { tables.integer(.et11, "on_demand_request_queue_size") }
  }

  private mutating func isPending(_ index: Int) -> Bool {
    tables.integer(.et15, request(index, "request_type")) != 0 && tables.integer(.et15, request(index, "result")) == 0
  }

  private func request(_ index: Int, _ field: String) -> String { "request_queue[\(index)].\(field)" }
}
