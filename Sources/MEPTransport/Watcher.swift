// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import MEP
import Synchronization

/// Owns a non-blocking descriptor and reads it into a mailbox whenever there is something, on a queue of its own.
final class Watcher<Element: Sendable>: Sendable {
  /// Takes from a readable descriptor what is there: elements, none for "not yet", or why there will be no more.
  typealias Read = @Sendable (Int32) -> Mailbox<Element>.Outcome

  private struct Gate {
    var isOpen = true
    var isPaused = false
  }

  /// More than this unread, and the descriptor is left alone until the mailbox is emptied.
  private let capacity = 65_536
  private let descriptor: Int32
  private let mailbox = Mailbox<Element>()
  // Dispatch sources may be used from any thread; the package only does not say so.
  nonisolated(unsafe) private let source: any DispatchSourceRead
  private let gate = Mutex(Gate())
  private let farewell: @Sendable (Int32) -> Void

  /// Takes over the descriptor; `farewell` is called once with it just before it is closed.
  init(
    _ descriptor: Int32, label: String, farewell: @escaping @Sendable (Int32) -> Void = { _ in },
    read: @escaping Read
  ) {
    self.descriptor = descriptor
    self.farewell = farewell
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: DispatchQueue(label: label))
    source.setCancelHandler { _ = Glibc.close(descriptor) }
    source.setEventHandler { [weak self] in self?.take(read) }
    source.activate()
  }

  deinit { close(.closed("nobody uses it any more")) }

  func take(until deadline: Instant?, atMost limit: Int = .max) async throws(LinkError) -> [Element] {
    resume()
    return try await mailbox.take(until: deadline, atMost: limit)
  }

  /// Calls the body with the descriptor, which stays open meanwhile; nil once it is closed.
  func withDescriptor<Value: Sendable>(_ body: (Int32) -> Value) -> Value? {
    gate.withLock { $0.isOpen ? body(descriptor) : nil }
  }

  /// Closes the descriptor and returns what nobody has taken, the first time.
  @discardableResult
  func close(_ reason: LinkError) -> [Element] {
    gate.withLock { gate in
      guard gate.isOpen else { return }
      gate.isOpen = false
      farewell(descriptor)
      // A paused source would never call its cancel handler.
      if gate.isPaused { source.resume() }
      source.cancel()
    }
    mailbox.finish(reason)
    return mailbox.drain()
  }

  private func take(_ read: Read) {
    guard let outcome = withDescriptor(read) else { return }
    switch outcome {
    case .success(let elements):
      if !elements.isEmpty, mailbox.deliver(elements) >= capacity { pause() }
    case .failure(let error):
      mailbox.finish(error)
      // Readiness is level-triggered: a descriptor at its end would call for ever.
      pause()
    }
  }

  private func pause() {
    gate.withLock { gate in
      guard gate.isOpen, !gate.isPaused else { return }
      gate.isPaused = true
      source.suspend()
    }
  }

  private func resume() {
    gate.withLock { gate in
      guard gate.isOpen, gate.isPaused else { return }
      gate.isPaused = false
      source.resume()
    }
  }
}
