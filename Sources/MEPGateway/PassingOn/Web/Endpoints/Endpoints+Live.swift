// SPDX-License-Identifier: Apache-2.0
import MEPClient
import MEPTransport

/// What is measured, as it is measured.
extension Endpoint {
  /// How often a comment is sent: in silence, whoever is in between takes the connection for dead.
  private static let pulse = Duration.seconds(15)

  static let live = Endpoint(
    path: "/api/v1/live",
    summary: """
      Server-sent events: "values" (meter, measured_at and the values of one reading) and "status" (meter, online, \
      problem). What is known comes first. Who does not keep up misses the oldest.
      """,
    parameters: [Parameter("meter", "Only these.", .names)], content: .text(["text/event-stream"])
  ) { call throws(Refusal) in
    let (gateway, wanted) = (call.gateway, call.names("meter"))
    return .stream(type: "text/event-stream") { write in
      // From before what is known is told: nothing falls in between.
      let updates = await gateway.updates()
      let now = gateway.clock.now()
      for (name, live) in await gateway.values.sorted(by: { $0.key < $1.key }) where wanted?.contains(name) != false {
        try await write(live.status(of: name))
        let fresh = live.values.filter { !live.isStale($0.key, at: now) }
        for (time, values) in Dictionary(grouping: fresh, by: \.value.time).sorted(by: { $0.key < $1.key }) {
          let numbers = Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0.value.number) })
          try await write(Reading(at: time, numbers).event(of: name))
        }
      }
      try await write(":\n\n")
      for await update in updates.withPulse(every: pulse) {
        guard let update else {
          try await write(":\n\n")
          continue
        }
        guard wanted?.contains(update.meter) != false else { continue }
        switch update.news {
        case .reading(let reading), .jumped(let reading, _):
          try await write(reading.event(of: update.meter))
        case .present, .away, .failed:
          if let live = await gateway.values[update.meter] { try await write(live.status(of: update.meter)) }
        default: break
        }
      }
    }
  }
}

extension Reading {
  fileprivate func event(of meter: String) -> String {
    "event: values\ndata: \(JSON.object([("meter", .string(meter))] + published))\n\n"
  }
}

extension LiveValues {
  fileprivate func status(of meter: String) -> String {
    let data = JSON.object([
      ("meter", .string(meter)), ("online", isPresent.map { .bool($0) } ?? .null),
      ("problem", problem.map { .string($0) } ?? .null),
    ])
    return "event: status\ndata: \(data)\n\n"
  }
}

extension AsyncStream where Element: Sendable {
  /// With a nil now and then, whatever else comes.
  fileprivate func withPulse(every interval: Duration) -> AsyncStream<Element?> {
    let (merged, merge) = AsyncStream<Element?>.makeStream(bufferingPolicy: .bufferingNewest(64))
    let task = Task {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { for await element in self { merge.yield(element) } }
        group.addTask { while (try? await Task.sleep(for: interval)) != nil { merge.yield(nil) } }
        await group.next()
        group.cancelAll()
      }
      merge.finish()
    }
    merge.onTermination = { _ in task.cancel() }
    return merged
  }
}
