// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPClient
import MEPTransport

/// How a meter is asked, and how that has gone since the gateway began.
public struct LineState: Sendable, Equatable {
  /// How what is asked is protected; nil until it was asked.
  public var security: Security?
  /// The key's level where it is proven, which digests never do.
  public var access: AccessLevel?
  public private(set) var requests = 0
  /// Sendings beyond the first of a request.
  public private(set) var retries = 0
  /// Sendings that were answered, and by nothing whose digest was right.
  public private(set) var digestFailures = 0
  /// How often the meter gave another sequence number: once whenever the line is opened, and whenever others have asked it.
  public private(set) var resynchronizations = 0

  public init() {}

  /// Goes on with what is known of a line since it was opened.
  mutating func add(_ health: ExchangeClient.Health) {
    requests += health.requests
    retries += health.repeats
    digestFailures += health.digestFailures
    resynchronizations += health.resynchronizations
  }
}
