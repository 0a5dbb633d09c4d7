// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport

/// How long a client waits for what a meter does in its own time.
public struct Patience: Sendable {
  /// For the answer to a procedure call, which the guide says may take a second to be posted.
  public var answer = Instant.Span.milliseconds(1000)
  /// For a procedure that answers "not complete" and works on.
  public var completion = Instant.Span.milliseconds(30_000)
  /// For the answers of a transaction, which should take a few hundred milliseconds.
  public var transaction = Instant.Span.milliseconds(2000)
  /// For the other port's client to give ET52 and ET53 back; the meter takes them from it after 10 s.
  public var lock = Instant.Span.milliseconds(12_000)
  /// Between two looks.
  public var pause = Instant.Span.milliseconds(250)

  public init() {}
}

extension Meter {
  /// Looks until something is found, at least once; nil when the patience is over.
  func look<T>(
    for span: Instant.Span, _ look: () async throws(MeterError) -> T?
  ) async throws(MeterError) -> T? {
    let end = Instant.now() + span
    while true {
      if let found = try await look() { return found }
      let next = Instant.now() + patience.pause
      guard next <= end else { return nil }
      do throws(LinkError) { try await Instant.sleep(until: next) } catch { throw .link(error) }
    }
  }
}
