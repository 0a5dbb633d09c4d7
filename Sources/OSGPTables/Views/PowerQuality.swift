// SPDX-License-Identifier: Apache-2.0
import C1219

/// Typed view of ET09: outages, sags, surges, over-currents, phase losses, frequency and distortion since the statistics
/// were reset. All times are UTC, all thresholds in percent.
public struct PowerQuality: Equatable, Sendable {
  public let thresholds: Thresholds
  /// The last long outages, oldest first.
  public let outages: [Outage]
  /// How many there were; nil where the list is full, and may have lost older ones.
  public let longOutages: Int?
  /// Outages from 250 ms on that were shorter than the threshold.
  public let shortOutages: UInt32
  /// L1, L2, L3.
  public let phases: [Phase]
  public let minimumFrequency: Extreme
  public let maximumFrequency: Extreme
  /// Firmware from 3.10 on.
  public let distortions: [Distortion]
  /// Firmware from 3.70 on; in the order of the table, unused records left out.
  public let voltageTransgressions: [VoltageTransgression]
  /// Over how long an average current is taken. Firmware from 4.10 on.
  public let averageCurrentSeconds: Int?

  /// What counts as an event.
  public struct Thresholds: Equatable, Sendable {
    /// Outages from here on are long ones.
    public let longOutageSeconds: Int
    /// How long a sag of the first kind or a surge lasts at least; 0 counts every one.
    public let sag1SurgeSeconds: Int
    /// Below the rated voltage.
    public let sag1: Int
    /// Above the rated voltage.
    public let surge: Int
    /// Above the reference current.
    public let overCurrent: Int
    /// Firmware from 3.10 on.
    public let overCurrentSeconds: Int?
    /// How long after a power-up nothing is recorded. Firmware from 3.10 on.
    public let holdSeconds: Int?
    /// Below the rated voltage. Firmware from 4.10 on.
    public let sag2: Int?
    /// Firmware from 4.10 on.
    public let sag2Seconds: Int?
    /// Sags and surges are logged when they begin, not only when they end. Firmware from 4.21 on.
    public let logsBeginnings: Bool?
    /// What the head-end calls these thresholds. Firmware from 2.12 on.
    public let configurationID: UInt32?
  }

  /// A long outage.
  public struct Outage: Equatable, Sendable {
    public let off: Moment?
    public let on: Moment?
    public let cause: Cause
    /// 0 for less than one.
    public let seconds: UInt32

    public enum Cause: Equatable, Sendable {
      case powerFailure, brownOut
      case other(UInt8)
    }
  }

  public struct Phase: Equatable, Sendable {
    /// The voltage is the lowest one of the last sag.
    public let sag1: Excursion
    /// Firmware from 4.10 on.
    public let sag2: Excursion?
    /// The voltage is the highest one of the last surge.
    public let surge: Excursion
    public let overCurrents: UInt32
    public let isLost: Bool
    public let losses: Int
    public let lastLoss: Moment?
  }

  public struct Excursion: Equatable, Sendable {
    public let count: Int
    public let last: Moment?
    /// In volts.
    public let voltage: Decimal
  }

  public struct Extreme: Equatable, Sendable {
    /// In hertz.
    public let frequency: Decimal
    public let time: Moment?
  }

  /// Total harmonic distortion of one quantity.
  public struct Distortion: Equatable, Sendable {
    public let kind: Kind
    public let thresholdSeconds: Int
    /// In percent; 0 records nothing.
    public let threshold: Decimal
    /// L1, L2, L3.
    public let phases: [Phase]

    public enum Kind: Int, CaseIterable, Sendable { case voltage, current, apparentPower }

    public struct Phase: Equatable, Sendable {
      public let count: Int
      public let last: Moment?
      /// Of the last event, in percent.
      public let maximum: Decimal
      public let maximumTime: Moment?
      /// Of the last event, in percent.
      public let average: Decimal
    }
  }

  /// When the voltage was beyond its limits for too long.
  public struct VoltageTransgression: Equatable, Sendable {
    /// Relative duration of precarious voltage, in percent.
    public let drp: Decimal
    /// Relative duration of critical voltage, in percent.
    public let drc: Decimal
    public let time: Moment?
  }
}
