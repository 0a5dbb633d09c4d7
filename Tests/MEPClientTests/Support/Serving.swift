// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPClient
import MEPTransport
import OSGPTables

/// A device that serves, and what it tells.
actor Serving {
  private let task: Task<Void, Never>
  private let events: AsyncStream<String>
  private var iterator: AsyncStream<String>.Iterator

  init(
    _ device: MEPDevice, unproven: Bool = true, clearing: MEPAlerts = [],
    answer: @escaping @Sendable (MEPDevice.Work) async -> MEPDevice.Answer?
  ) {
    let (events, told) = AsyncStream<String>.makeStream()
    let service = MEPDevice.Service(
      unproven: unproven, clearing: clearing, tell: { told.yield($0.words) }, answer: answer)
    task = Task {
      told.yield("ended: " + (await failure { () async throws(MeterError) in try await device.serve(service) }))
      told.finish()
    }
    self.events = events
    iterator = events.makeAsyncIterator()
  }

  /// What it tells next; nil when it has ended.
  func next() async -> String? {
    var iterator = iterator
    defer { self.iterator = iterator }
    return await iterator.next(isolation: self)
  }

  func end() async {
    task.cancel()
    await task.value
  }
}

extension MEPDevice.Work {
  var words: String {
    switch self {
    case .scheduledRead(let downlink): "scheduled read \(Array(downlink.prefix(2)))"
    case .request(let request): "\(request.kind.words) \(request.transaction)"
    }
  }
}

extension MEPDevice.Event {
  var words: String {
    switch self {
    case .posted(let post, let work): "posted \(post.octets) to \(work.words)"
    case .notPosted(let work, let reason): "not posted to \(work.words): \(reason)"
    case .waiting(let request): "waiting for \(request.transaction)"
    case .alert(.mbusChange): "M-Bus"
    case .alert: "alert"
    case .cleared(let alerts): "cleared \(alerts.rawValue)"
    case .deltaAlertsTaken(let others): "taken by \(others.map(\.source))"
    }
  }
}
