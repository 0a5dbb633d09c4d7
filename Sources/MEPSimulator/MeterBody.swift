// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// What all parts of a meter share: its tables, the house behind it, its clock.
struct MeterBody: Sendable {
  var profile: Profile
  var tables: TableStore
  var household: Household
  /// As the tables have it; ``CalendarPart`` keeps it up to date.
  var calendar: LocalCalendar
  /// Seconds that the meter's clock is ahead of true time.
  var clockError: Int64 = 0
  /// A meter without power does nothing and hears nothing; time passes all the same.
  var hasPower = true
  /// MEP ports that the utility has closed.
  var closedPorts: Set<Int> = []
  /// Until which second of true time somebody reads the optical port.
  var opticalSessionEnd: Int64?
  /// How MEP ports refuse digests that take TLS only.
  var digestRefusals: [Int: DigestRefusal] = [:]
  /// The advanced key that the utility gave the meter; nil while it is the first one.
  var advancedKey: AccessKey?
  /// MEP ports whose alert is raised whatever the reasons.
  var alerts: Set<Int> = []
  /// Why each MEP port is alerted.
  var reasons: [Int: MEPAlerts] = [:]
  /// What is on the display.
  var display = DisplayContent()
  /// How many reads the client at each port has posted.
  var clientReads: [Int: UInt16] = [:]
  /// The slots of the M-Bus devices that EP17 is removing, and when (by the meter's clock) the first of them has heard so.
  var removal: (slots: [Int], due: Int64)?
  /// The transaction that is not answered yet: power has failed in it.
  var transaction: PendingTransaction?
  /// The port that keeps the other one from ET52, and until which second of true time.
  var transactionLock: (port: Int, until: Int64)?
  /// Each made the sequence numbers of all ports jump by 25.
  var configurationChanges = 0
  /// On whose behalf the meter acts just now.
  var user = EventLog.User.nobody
  /// Not yet told to the parts, and on whose behalf it happened.
  private var happenings: [(Happening, user: EventLog.User)] = []

  /// The meter's own time, in seconds since 2000-01-01 UTC.
  var utc: Int64 { household.now + clockError }
  var clock: MeterClock { MeterClock(calendar: calendar, error: clockError) }
  /// What its local clock shows.
  var local: Moment { calendar.local(utc: utc) }

  /// What the meter's devices owe to chance.
  let seed: UInt64

  init(_ profile: Profile, tables: TableStore, household: Household, seed: UInt64) {
    self.profile = profile
    self.seed = seed
    self.tables = tables
    calendar = LocalCalendar(&self.tables)
    self.household = household
  }

  /// When, in true time, each part has something to do by itself.
  func dues(of parts: [any Part]) -> [Int64?] {
    parts.map { hasPower ? $0.due(self).map { $0 - clockError } : nil }
  }

  /// Meters without ET97 know no TLS.
  var speaksTLS: Bool { tables.table(Table.et97.id) != nil }

  /// How a port refuses digests; nil while it takes them.
  mutating func digestRefusal(_ port: Int) -> DigestRefusal? {
    guard tables.integer(.et97, Self.requiresTLS(port)) == 1 else { return nil }
    return digestRefusals[port] ?? .code(.invalidServiceSequenceState)
  }

  /// The utility has closed the port, or a client has (ET51).
  mutating func isClosed(_ port: Int) -> Bool {
    closedPorts.contains(port) || setting("disable_mep", of: port) == 1 || isReadOptically
  }

  /// Meters of the second and third generation have one UART for both kinds of port (guide, "Using the MEP and Optical
  /// Ports concurrently").
  private var isReadOptically: Bool {
    !profile.firmware.isModule && profile.firmware < FirmwareVersion(4, 0)
      && opticalSessionEnd.map { household.now < $0 } == true
  }

  /// A path of ET97.
  static func requiresTLS(_ port: Int) -> String { "require_tls_on_mep\(port)_port" }

  /// Sets the meter's clock.
  mutating func moveClock(by seconds: Int64) {
    clockError += seconds
    tell(.clockMoved(by: seconds))
  }

  mutating func tell(_ happening: Happening) { happenings.append((happening, user)) }

  mutating func takeHappenings() -> [(Happening, user: EventLog.User)] {
    defer { happenings = [] }
    return happenings
  }

  /// The configuration has changed: the IDT version is counted up, the sequence numbers move on.
  mutating func changeConfiguration(_ cause: Happening.ConfigurationChange) {
    let version = tables.integer(.et04, "idt_version")
    tables.set(.et04, "idt_version", (version + 1) & 0xFF)
    configurationChanges += 1
    raise("dimension_change")
    tell(.configurationChanged(cause))
  }
}
