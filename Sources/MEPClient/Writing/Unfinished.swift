// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport

/// A change that an error ended before its end: what of it the meter has carried out.
public struct Unfinished: Error, Sendable {
  public enum Outcome: Sendable {
    case done
    /// The meter may have done it, or not.
    case unknown
    case notDone
  }

  public struct Step: Sendable {
    /// Fields, octets, a procedure.
    public let what: String
    public let outcome: Outcome

    public init(_ what: String, _ outcome: Outcome) { (self.what, self.outcome) = (what, outcome) }
  }

  /// In the order in which they are carried out.
  public let steps: [Step]
  public let reason: MeterError

  public init(_ steps: [Step], _ reason: MeterError) { (self.steps, self.reason) = (steps, reason) }

  /// Steps of which the one after so many of them has failed.
  init(_ steps: [String], done: Int, _ reason: MeterError) {
    let outcomes = steps.indices.map { $0 < done ? Outcome.done : $0 == done ? reason.outcome : .notDone }
    self.init(zip(steps, outcomes).map { Step($0, $1) }, reason)
  }

  public func steps(_ outcome: Outcome) -> [String] { steps.filter { $0.outcome == outcome }.map(\.what) }
}

extension Unfinished {
  /// Runs what follows a change that was made. When the line ends it, what was done is told.
  static func following<T>(
    _ done: String, by next: String, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws(MeterError) -> T
  ) async throws(MeterError) -> T {
    do throws(MeterError) { return try await body() } catch {
      switch error {
      case .link, .exchange: throw .unfinished(Unfinished([Step(done, .done), Step(next, .notDone)], error))
      default: throw error
      }
    }
  }
}

extension Unfinished: CustomStringConvertible {
  public var description: String {
    let parts = [(Outcome.done, "Carried out"), (.unknown, "Carried out or not"), (.notDone, "Not carried out")]
      .compactMap { outcome, words in
        let steps = steps(outcome)
        return steps.isEmpty ? nil : "\(words): \(steps.joined(separator: ", "))."
      }
    return (parts + [reason.description]).joined(separator: " ")
  }
}

extension MeterError {
  /// Whether a write, or whatever else the meter was to do, that ended with this has been carried out.
  var outcome: Unfinished.Outcome {
    switch self {
    case .exchange(let error, _): error.mayHaveBeenExecuted ? .unknown : .notDone
    case .procedure(let answer): answer.result == 1 ? .unknown : .notDone
    case .link, .outcomeUnknown, .notKept, .transaction, .unfinished, .device: .unknown
    default: .notDone
    }
  }

  /// The same, what was done before it and is not done after it being told.
  func among(_ steps: [String], done: Int) -> MeterError {
    guard case .unfinished(let inner) = self else {
      return steps.count > 1 || isOpen ? .unfinished(Unfinished(steps, done: done, self)) : self
    }
    let before = steps.prefix(done).map { Unfinished.Step($0, .done) }
    let after = steps.dropFirst(done + 1).map { Unfinished.Step($0, .notDone) }
    return .unfinished(Unfinished(before + inner.steps + after, inner.reason))
  }

  /// Whether it does not tell of itself that something may have been carried out.
  private var isOpen: Bool { if case .link = self { true } else { false } }
}

extension Meter {
  /// Runs steps of a change one after the other; an error tells how far they came.
  nonisolated func inOrder(
    _ steps: [(what: String, run: @Sendable () async throws(MeterError) -> Void)]
  ) async throws(MeterError) {
    for (i, step) in steps.enumerated() {
      do throws(MeterError) { try await step.run() } catch {
        // What has changed nothing yet needs no list.
        throw i == 0 && error.outcome == .notDone ? error : error.among(steps.map(\.what), done: i)
      }
    }
  }

  /// Goes on to its end though the task be cancelled meanwhile: what was begun is not left in the air.
  func toItsEnd<T: Sendable>(
    _ body: @escaping @Sendable () async throws(MeterError) -> T
  ) async throws(MeterError) -> T {
    try await Task { () -> Result<T, MeterError> in
      do throws(MeterError) { return .success(try await body()) } catch { return .failure(error) }
    }.value.get()
  }
}
