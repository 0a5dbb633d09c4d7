// SPDX-License-Identifier: Apache-2.0
import Dispatch
import MEP
import Synchronization

/// What has arrived, and the one task that waits for it.
final class Mailbox<Element: Sendable>: Sendable {
  typealias Outcome = Result<[Element], LinkError>

  private struct State {
    var elements: [Element] = []
    var end: LinkError?
    var waiter: Waiter?
    var tickets = 0
  }

  private struct Waiter {
    let ticket: Int
    let limit: Int
    let deadline: Instant?
    let continuation: CheckedContinuation<Outcome, Never>
  }

  private let state = Mutex(State())
  // A timer of its own: what `asyncAfter` has scheduled stays in memory until its time comes, even when cancelled.
  // Dispatch sources may be used from any thread; the package only does not say so.
  nonisolated(unsafe) private let timer = DispatchSource.makeTimerSource()

  init() {
    timer.setEventHandler { [weak self] in self?.expire() }
    timer.activate()
  }

  deinit { timer.cancel() }

  /// Adds elements and wakes the waiting task; returns how many are left over for the next one.
  @discardableResult
  func deliver(_ elements: [Element]) -> Int {
    settle { state in
      if state.end == nil { state.elements += elements }
    }
  }

  /// Ends the mailbox: whoever takes from it gets what is left, then the error. Only the first end counts.
  func finish(_ error: LinkError) {
    settle { state in
      if state.end == nil { state.end = error }
    }
  }

  /// Why there will be no more; nil while there may be.
  var end: LinkError? { state.withLock { $0.end } }

  /// At most so many elements, as soon as there are any; none at the deadline.
  func take(until deadline: Instant?, atMost limit: Int = .max) async throws(LinkError) -> [Element] {
    if Task.isCancelled { throw .cancelled }
    let ticket = state.withLock {
      $0.tickets += 1
      return $0.tickets
    }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        wait(Waiter(ticket: ticket, limit: limit, deadline: deadline, continuation: continuation))
      }
    } onCancel: {
      cancel(ticket)
    }
    return try outcome.get()
  }

  /// What is there without waiting for more.
  func drain() -> [Element] {
    state.withLock { state in
      defer { state.elements = [] }
      return state.elements
    }
  }

  private func wait(_ waiter: Waiter) {
    settle { state in
      precondition(state.waiter == nil, "two tasks receive from one link")
      state.waiter = waiter
    }
    // `cancel` may have come before the waiter was here, and does not come again.
    if Task.isCancelled { cancel(waiter.ticket) }
    scheduleWaiter()
  }

  private func scheduleWaiter() {
    guard let deadline = state.withLock({ $0.waiter?.deadline }) else { return }
    timer.schedule(deadline: .now() + .microseconds(Int((deadline - .now()).microseconds.clamped(to: 0...day))))
  }

  private func expire() {
    settle { _ in }
    // The dispatch clock may be a little ahead of ours, and a far deadline takes several steps.
    scheduleWaiter()
  }

  private func cancel(_ ticket: Int) {
    let waiter = state.withLock { state -> Waiter? in
      guard let waiter = state.waiter, waiter.ticket == ticket else { return nil }
      state.waiter = nil
      return waiter
    }
    waiter?.continuation.resume(returning: .failure(.cancelled))
  }

  /// Changes the state, then gives the waiting task its outcome if there is one by now.
  @discardableResult
  private func settle(_ change: (inout State) -> Void) -> Int {
    let (waiter, outcome, left) = state.withLock { state -> (Waiter?, Outcome?, Int) in
      change(&state)
      guard let waiter = state.waiter, let outcome = Self.outcome(for: waiter, in: &state) else {
        return (nil, nil, state.elements.count)
      }
      state.waiter = nil
      return (waiter, outcome, state.elements.count)
    }
    if let waiter, let outcome { waiter.continuation.resume(returning: outcome) }
    return left
  }

  private static func outcome(for waiter: Waiter, in state: inout State) -> Outcome? {
    if !state.elements.isEmpty {
      let taken = Array(state.elements.prefix(waiter.limit))
      state.elements.removeFirst(taken.count)
      return .success(taken)
    }
    if let end = state.end { return .failure(end) }
    if let deadline = waiter.deadline, deadline <= .now() { return .success([]) }
    return nil
  }
}
