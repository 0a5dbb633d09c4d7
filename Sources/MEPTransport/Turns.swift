// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Lets one task in at a time, in the order in which they came.
public final class Turns: Sendable {
  private struct State {
    var isTaken = false
    var tickets = 0
    var waiting: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []
  }
  private let state = Mutex(State())

  public init() {}

  /// Waits for the turn; every one that is taken must be given back.
  ///
  /// - Throws: ``LinkError/cancelled`` when the task is cancelled: it has left the queue then, and has no turn.
  public func take() async throws(LinkError) {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    let isMine = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state -> Bool? in
          // Whoever is cancelled from here on finds its ticket in the queue.
          if Task.isCancelled { return false }
          guard state.isTaken else {
            state.isTaken = true
            return true
          }
          state.waiting.append((ticket, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      leave(ticket)
    }
    if !isMine { throw .cancelled }
  }

  /// Ends the turn and lets the next one in.
  public func give() {
    let next = state.withLock { state in
      if state.waiting.isEmpty { state.isTaken = false }
      return state.waiting.isEmpty ? nil : state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }

  private func leave(_ ticket: Int) {
    let left = state.withLock { state in
      state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).continuation }
    }
    left?.resume(returning: false)
  }
}
