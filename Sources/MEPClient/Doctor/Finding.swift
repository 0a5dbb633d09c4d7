// SPDX-License-Identifier: Apache-2.0

/// What the ``Doctor`` found out in one step.
public struct Finding: Sendable {
  public enum Step: String, CaseIterable, Sendable {
    /// The serial port or the connection can be opened.
    case port
    /// What the line says while nobody asks.
    case rest
    case tls
    case digests
    case rates
    case key
    /// Short and long answers.
    case answers
    case meter
    /// Many reads: how long they take, and how many get lost.
    case reads
    /// What the key may do.
    case rights
  }

  public enum Verdict: String, Sendable {
    case good
    /// Worth knowing, and no fault.
    case note
    case fault
  }

  public let step: Step
  public let verdict: Verdict
  /// In sentences.
  public let seen: String
  /// Of a fault.
  public let ailment: Ailment?
}
