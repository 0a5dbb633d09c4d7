// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// A meter that is not there: a profile's tables, filled from a house that lives, answered by the guide's rules.
public actor SimulatedMeter {
  public private(set) var profile: Profile
  private var dimensions: Dimensions
  private var layouts: [TableID: Layout] = [:]
  private var images: [TableID: [UInt8]] = [:]
  private var procedures = Procedures()
  private var household: Household
  private let clock: @Sendable () -> Int64
  private var alerts: Set<Int> = []
  private var configurationChanges = 0
  /// How many of them each port has been told of.
  private var announced: [Int: Int] = [:]
  /// Writes that were carried out, for tests that count.
  public private(set) var writes = 0

  /// - Parameters:
  ///   - seed: the same seed gives the same house.
  ///   - clock: the meter's time, in seconds since 2000-01-01 UTC.
  public init(_ profile: Profile, seed: UInt64 = 1, clock: @escaping @Sendable () -> Int64) throws(LayoutError) {
    self.profile = profile
    self.clock = clock
    // The house has lived long enough for the meter to have averages.
    let now = clock()
    household = Household(seed: seed, start: now - 600, tierCount: profile.tiers)
    household.advance(to: now)
    household.energy.forwardActive = 12_345_678
    household.energy.reverseActive = 234_567
    household.energy.importReactive = 1_234_567
    household.energy.exportReactive = 2_345_678
    for tier in 0..<profile.tiers {
      household.tiers[tier].forwardActive = 12_345_678 / Double(profile.tiers)
      household.tiers[tier].reverseActive = 234_567 / Double(profile.tiers)
      household.tiers[tier].importReactive = 1_234_567 / Double(profile.tiers)
      household.tiers[tier].exportReactive = 2_345_678 / Double(profile.tiers)
    }
    dimensions = try profile.dimensions
    for table in Catalogue.tables where profile.has(table) {
      let image = try profile.image(of: table, in: dimensions)
      images[table.id] = image
      layouts[table.id] = try table.layout(in: dimensions, image: image)
    }
  }

  /// The handler of one port, 1 or 2.
  public nonisolated func port(_ number: Int) -> some RequestHandler { Port(meter: self, number: number) }

  /// Raises or ends the alert of a port.
  public func setAlert(_ raised: Bool, port: Int) {
    if raised { alerts.insert(port) } else { alerts.remove(port) }
  }

  /// A reconfiguration from the grid: other dimensions, the IDT version counted up, the sequence number moved on.
  public func reconfigure(_ change: @Sendable (inout Profile) -> Void) throws(LayoutError) {
    var changed = profile
    change(&changed)
    // All or nothing: a change that no meter can have is refused before anything has changed.
    let dimensions = try changed.dimensions
    var (images, layouts) = (images, layouts)
    for table in [Table.bt21, .bt22, .bt23, .bt27, .bt28] {
      images[table.id] = try changed.image(of: table, in: dimensions)
      layouts[table.id] = try table.layout(in: dimensions)
    }
    (profile, self.dimensions, self.images, self.layouts) = (changed, dimensions, images, layouts)
    let version = integer(.et04, "idt_version")
    store(.et04, [("idt_version", (version + 1) & 0xFF)])
    configurationChanges += 1
  }

  /// How many procedure calls were carried out, for tests that count.
  public var procedureCalls: Int { procedures.carriedOut }

  // MARK: Requests

  fileprivate func status(port: Int) -> PortStatus {
    announced[port] = configurationChanges
    return PortStatus(alert: alerts.contains(port), configurationChanges: configurationChanges)
  }

  fileprivate func answer(_ accepted: ServerConnection.Accepted, port: Int) -> Response {
    // A change that came after the port took the request: it must not be answered as if its number still fitted.
    let missed = configurationChanges - (announced[port] ?? configurationChanges)
    if missed > 0 { return .sequence(accepted.sequence &+ UInt32(missed) &* SequenceNumber.configurationChange) }
    let request: Request
    do { request = try Request(body: accepted.body) } catch {
      return .refused(error == .unrecognized ? .unrecognizedRequest : .operationNotPossible)
    }
    household.advance(to: clock())
    switch request {
    case .read(let table, let length):
      guard let image = image(of: table, port: port, sequence: accepted.sequence) else {
        return .refused(.tableOperationNotPossible)
      }
      guard min(image.count, Int(length)) <= MessageLimit.read else { return .refused(.operationNotPossible) }
      return .data(Array(image.prefix(Int(length))))
    case .readPart(let table, let offset, let length):
      guard let image = image(of: table, port: port, sequence: accepted.sequence) else {
        return .refused(.tableOperationNotPossible)
      }
      let end = Int(offset) + Int(length)
      guard end <= image.count, Int(length) <= MessageLimit.read else { return .refused(.operationNotPossible) }
      return .data(Array(image[Int(offset)..<end]))
    case .write(.basic(7), let octets), .writePart(.basic(7), offset: 0, let octets): return call(octets, port: port)
    case .write(let table, let octets): return write(table, 0, octets, accepted.level, isWhole: true)
    case .writePart(let table, let offset, let octets):
      return write(table, Int(offset), octets, accepted.level, isWhole: false)
    }
  }

  /// More octets than the table has are ignored by a full write (guide, table 2.7).
  private func write(
    _ id: TableID, _ offset: Int, _ octets: [UInt8], _ level: AccessLevel, isWhole: Bool
  ) -> Response {
    guard let table = Catalogue.table(id), var image = images[id] else { return .refused(.tableOperationNotPossible) }
    switch table.write {
    case .none: return .refused(.noPermission)
    case .advanced where level != .advanced: return .refused(.noPermission)
    case .advanced, .any: break
    }
    let data = isWhole ? octets.prefix(image.count) : octets[...]
    guard offset + data.count <= image.count else { return .refused(.operationNotPossible) }
    image.replaceSubrange(offset..<offset + data.count, with: data)
    images[id] = image
    writes += 1
    return .done
  }

  private func call(_ octets: [UInt8], port: Int) -> Response {
    let client = "mep_inbound_configuration[\(port - 1)]"
    let table: TableID =
      port == 2 ? .extended(85) : integer(.et50, client + ".et59_response") == 1 ? .extended(59) : .basic(8)
    let handle = UInt16(port) * 1000
    var removes = false
    let response = procedures.call(octets, answerTable: table) { wanted in
      removes = wanted == handle || wanted == 0xFFFF
      return removes
    }
    if removes { store(.et50, [(client + ".mep_device_registered", 0)]) }
    return response
  }

  // MARK: Tables

  /// A table's octets as a port sees them now.
  private func image(of id: TableID, port: Int, sequence: UInt32) -> [UInt8]? {
    if Procedures.tables.contains(id) {
      guard id != .extended(85) || profile.ports == 2 else { return nil }
      return procedures.answers[id] ?? [UInt8](repeating: 0, count: Procedures.answerLength)
    }
    switch id {
    case Table.bt23.id, Table.bt28.id: measure(id)
    case Table.bt52.id: tell(.bt52, CivilTime(seconds: household.now))
    case Table.bt55.id:
      tell(.bt55, CivilTime.local(utc: household.now))
      store(.bt55, [("current_tier", profile.tiers == 0 ? 0 : Int64(household.tier(at: household.now)))])
    case Table.et04.id:
      let path = profile.firmware < FirmwareVersion(4, 0) ? "mep_seq_nbr" : "mep_sequence_numbers[\(port - 1)]"
      store(.et04, [(path, Int64(sequence))])
    case Table.et70.id: store(.et70, [("current_comm_channel_index", Int64(port))])
    default: break
    }
    return images[id]
  }

  /// Fills the registers of a table by the sources that name them.
  private func measure(_ id: TableID) {
    guard let layout = layouts[id], var image = images[id] else { return }
    for place in layout.places {
      guard let source = place.source?.number else { continue }
      let tier = layout.table == Table.bt23.id ? place.tier : nil
      let value =
        profile.frozen.map { tier == nil ? $0[source] ?? 0 : 0 }
        ?? household.value(of: source, energy: tier.map { household.tiers[$0] } ?? household.energy)
      _ = place.store(.integer(value), in: &image)
    }
    images[id] = image
  }

  private func tell(_ table: Table, _ time: CivilTime) {
    guard let layout = layouts[table.id], let clock = layout.places.first, var image = images[table.id] else { return }
    let moment = Moment(
      year: time.year, month: time.month, day: time.day, hour: time.hour, minute: time.minute, second: time.second)
    _ = clock.store(.octets(moment.octets), in: &image)
    images[table.id] = image
    let isSummer = CivilTime.isDaylightSaving(utc: household.now)
    let flag = table.id == Table.bt52.id ? "daylight_saving_time" : "daylight_savings_time"
    store(table, [("day_of_week", Int64(time.weekday)), (flag, isSummer ? 1 : 0)])
  }

  private func integer(_ table: Table, _ path: String) -> Int64 {
    guard let image = images[table.id] else { return 0 }
    return layouts[table.id]?.places.first { $0.pathText == path }?.integer(in: image) ?? 0
  }

  private func store(_ table: Table, _ values: [(path: String, value: Int64)]) {
    guard let layout = layouts[table.id] else { return }
    var sheet = Sheet(layout, octets: images[table.id])
    for (path, value) in values { sheet.set(path, value) }
    images[table.id] = sheet.octets
  }
}

extension Place {
  /// The tier that a register of BT23 belongs to; nil for the totals.
  fileprivate var tier: Int? { path.count > 1 ? path[0].index : nil }
}

private struct Port: RequestHandler {
  let meter: SimulatedMeter
  let number: Int

  func answer(_ request: ServerConnection.Accepted) async -> Response { await meter.answer(request, port: number) }
  func status() async -> PortStatus { await meter.status(port: number) }
}
