// SPDX-License-Identifier: Apache-2.0
import MEPClient
import Synchronization

/// Goes on until the user has had enough (``Interrupt``): a line or a meter that fails is tried again, first after 5 s, then
/// ever later, up to a minute.
enum KeepOn {
  /// - Parameters:
  ///   - state: what one try leaves to the next.
  ///   - isFinal: what trying again cannot mend; so is what goes wrong before anything has worked, and a wrong key, as
  ///     asking again hammers the meter.
  ///   - body: is to note when it works.
  static func run<State: Sendable>(
    from state: State, until isFinal: @escaping @Sendable (MeterError) -> Bool = { _ in false },
    _ body: @escaping @Sendable (inout State, Attempts) async throws -> Void
  ) async throws {
    try await Interrupt.goOn {
      var state = state
      let attempts = Attempts()
      while true {
        do { try await body(&state, attempts) } catch let error as MeterError {
          if Task.isCancelled || !attempts.hasBegun || isFinal(error) || error.isOfKey {
            throw error
          }
          let (isNew, pause) = attempts.fail(error.description)
          if isNew { Exit.complain(error.description) }
          try await Task.sleep(for: .seconds(pause))
        }
      }
    }
  }

  /// Whether it works; each problem is named once, however often it is met.
  final class Attempts: Sendable {
    private let state = Mutex((hasBegun: false, problem: String?.none, failures: 0))

    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    func note() { state.withLock { $0 = (true, nil, 0) } }

    /// Whether the problem is another one than before, and how many seconds to wait.
    fileprivate func fail(_ text: String) -> (isNew: Bool, pause: Int) {
      state.withLock { state in
        defer { (state.problem, state.failures) = (text, state.failures + 1) }
        return (state.problem != text, min(60, 5 << min(4, state.failures)))
      }
    }
  }
}
