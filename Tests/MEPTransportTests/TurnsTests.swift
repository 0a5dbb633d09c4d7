// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TurnsTests {
  /// Whoever is cancelled while waiting leaves the queue at once, and those behind it move up.
  @Test func whoIsCancelledLeavesTheQueue() async throws {
    let turns = Turns()
    try await turns.take()
    let impatient = Task { () -> Bool in
      do throws(LinkError) { try await turns.take() } catch { return error == .cancelled }
      return false
    }
    try await Task.sleep(for: .milliseconds(50))
    let patient = Task { try await turns.take() }
    try await Task.sleep(for: .milliseconds(50))
    impatient.cancel()
    // The turn is still taken.
    #expect(await impatient.value)
    turns.give()
    try await patient.value
    turns.give()
    try await turns.take()
  }

  @Test func whoComesCancelledTakesNoTurn() async throws {
    let turns = Turns()
    let task = Task {
      try? await Task.sleep(for: .seconds(60))
      try await turns.take()
    }
    task.cancel()
    await #expect(throws: LinkError.cancelled) { try await task.value }
    try await turns.take()
  }

  /// Cancellation at any moment loses no turn and gives none twice.
  @Test func manyComeAndGo() async throws {
    let turns = Turns()
    let inside = Inside()
    await withTaskGroup(of: Void.self) { group in
      for i in 0..<400 {
        group.addTask {
          let task = Task {
            do { try await turns.take() } catch { return }
            await inside.enter()
            await Task.yield()
            await inside.leave()
            turns.give()
          }
          if i % 3 == 0 { task.cancel() }
          await task.value
        }
      }
    }
    #expect(await inside.most == 1)
    try await turns.take()
  }

  private actor Inside {
    private var count = 0
    private(set) var most = 0

    func enter() {
      count += 1
      most = max(most, count)
    }

    func leave() { count -= 1 }
  }
}
