// SPDX-License-Identifier: Apache-2.0
import MEPClient
import Synchronization

/// Goes on until the user has had enough (``Interrupt``): a line or a meter that fails is tried again every 5 s.
enum KeepOn {
  /// - Parameters:
  ///   - isFinal: what trying again cannot mend; so is what goes wrong before anything has worked, and a wrong key, as
  ///     asking again hammers the meter.
  ///   - body: is to note when it works.
  static func run(
    until isFinal: @escaping @Sendable (MeterError) -> Bool = { _ in false },
    _ body: @escaping @Sendable (Attempts) async throws -> Void
  ) async throws {
    try await Interrupt.run {
      let attempts = Attempts()
      while true {
        do { try await body(attempts) } catch let error as MeterError {
          if Task.isCancelled || !attempts.hasBegun || isFinal(error) || Exit.code(of: error) == .keyNotAccepted {
            throw error
          }
          if attempts.isNew(error.description) { Exit.complain(error.description) }
          try await Task.sleep(for: .seconds(5))
        }
      }
    }
  }

  /// Whether it works; each problem is named once, however often it is met.
  final class Attempts: Sendable {
    private let state = Mutex((hasBegun: false, problem: String?.none))

    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    func note() { state.withLock { $0 = (true, nil) } }

    fileprivate func isNew(_ text: String) -> Bool {
      state.withLock { state in
        defer { state.problem = text }
        return state.problem != text
      }
    }
  }
}
