// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// A time during which the voltage of a phase is beyond a threshold of ET09, or of ET04.
struct Excursion: Sendable {
  /// 0 to 2.
  let phase: Int
  let kind: Kind
  /// In true time.
  let since: Int64
  /// When it has lasted long enough, in true time.
  let countsAt: Int64
  /// The lowest one, of a surge the highest one, in mV.
  private var voltage: Int64
  private(set) var isCounted = false

  /// As ET09's fields have them.
  enum Kind: String, CaseIterable {
    case sag1, sag2, surge
    case phaseLoss = "phase_loss"
  }

  init(_ phase: Int, _ kind: Kind, since: Int64, countsAt: Int64, voltage: Int64) {
    (self.phase, self.kind, self.since, self.countsAt, self.voltage) = (phase, kind, since, countsAt, voltage)
  }

  mutating func deepen(to new: Int64, _ body: inout MeterBody) {
    voltage = kind == .surge ? max(voltage, new) : min(voltage, new)
    if isCounted { noteVoltage(&body) }
  }

  /// It has become an event.
  mutating func count(_ body: inout MeterBody) {
    isCounted = true
    let number = "l\(phase + 1)_\(kind.rawValue)_events"
    body.tables.set(.et09, number, min(body.tables.integer(.et09, number) + 1, 0xFFFF))
    body.tables.set(
      .et09, "l\(phase + 1)_most_recent_\(kind.rawValue)_event",
      Moment(secondsSince2000: since + body.clockError).octets)
    noteVoltage(&body)
    switch kind {
    case .sag1, .surge:
      body.tell(.event(.manufacturer(27), 1 << UInt16(kind == .sag1 ? phase : phase + 3)))
      if body.tables.integer(.et09, "early_sag_surge_event") == 1 { tellVoltage(&body) }
    case .phaseLoss: mark(isLost: true, &body)
    // The number of its event is not published.
    case .sag2: break
    }
  }

  /// The voltage is back.
  func end(_ body: inout MeterBody) {
    guard isCounted else { return }
    if kind == .phaseLoss { mark(isLost: false, &body) }
    if kind == .sag1 || kind == .surge { tellVoltage(&body) }
  }

  func mark(isLost: Bool, _ body: inout MeterBody) {
    body.tables.set(.et09, "phase_l\(phase + 1)_loss", isLost ? 1 : 0)
  }

  private func noteVoltage(_ body: inout MeterBody) {
    if kind != .phaseLoss { body.tables.set(.et09, "l\(phase + 1)_most_recent_\(kind.rawValue)_voltage", voltage) }
  }

  /// The phase, and whole volts above it.
  private func tellVoltage(_ body: inout MeterBody) {
    body.tell(.event(.manufacturer(kind == .surge ? 35 : 34), UInt16(phase) | UInt16(voltage / 1000) << 2))
  }
}

extension Excursion.Kind {
  /// Whether it is one at this voltage (mV). A phase below its threshold is missing: that is no sag.
  func covers(_ voltage: Int64, _ body: inout MeterBody) -> Bool {
    let rated = body.tables.integer(.et04, "rated_voltage") * 10
    func percent(_ path: String) -> Int64 { body.tables.integer(.et09, path) }
    let isLost = voltage < rated * body.tables.integer(.et04, "phase_loss_threshold")
    switch self {
    case .phaseLoss: return isLost
    case .sag1: return !isLost && voltage < rated * (100 - percent("sag1_threshold"))
    case .sag2:
      return body.profile.isFrom(4, 10, module: nil) && !isLost
        && voltage < rated * (100 - percent("sag2_threshold"))
    case .surge: return voltage > rated * (100 + percent("surge_threshold"))
    }
  }

  /// Seconds that it lasts at least.
  func threshold(_ body: inout MeterBody) -> Int64 {
    switch self {
    case .phaseLoss: body.tables.integer(.et55, "phase_loss_threshold_seconds")
    case .sag2: body.tables.integer(.et09, "sag2_time_threshold")
    case .sag1, .surge:
      60 * body.tables.integer(.et09, "sag1_surge_time_threshold")
        + body.tables.integer(.et09, "sag1_surge_threshold_seconds")
    }
  }
}
