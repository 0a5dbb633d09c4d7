// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

/// What a ``MeterReader`` has to tell, in the order in which it came to know.
public enum News: Sendable {
  /// The meter answers.
  case present(Identity)
  /// It does not, or can no longer be reached: what it measured last grows old from now on.
  case away(MeterError)
  case reading(Reading)
  /// Registers went on from other numbers, from this reading on.
  case jumped(Reading, [Jump])
  /// A reading that contradicts itself, and goes no further.
  case held(Reading, Gate.Reason)
  /// How many milliseconds the meter's clock is ahead of the gateway's.
  case clock(ahead: Int64, at: Timestamp)
  /// What the meter recorded, what the next read of it goes on behind, and how much of what was wanted has been read: 1 for
  /// all of it.
  case recorded([Reading], through: LoadProfile.Mark?, share: Double)
  /// Registers as the meter copied them itself, and the number of the newest copy.
  case selfReads([Reading], through: UInt32)
  case events(EventLog)
  case outages(OutageLog)
  /// What the meter counts of the mains, and when it was read.
  case quality(PowerQuality, at: Timestamp)
  /// How it is asked, and how that goes: now and then, as each request changes it.
  case line(LineState)
  /// Something that the meter has not, or that could not be read; the others go on. Nil once it is read again.
  case failed(Schedule.Job, MeterError?)
}

/// What a reader goes on behind, from one run to the next.
public struct Marks: Sendable {
  public var profile: LoadProfile.Mark?
  /// The number of the newest event that was read.
  public var event: UInt32?
  public var outage: UInt32?
  public var selfRead: UInt32?

  public init() {}
}
