// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

private let mine = ClientIdentification([0x42, 1, 2])!
private let other = ClientIdentification([0x43])!

/// A port of a profile, and a key.
struct DevicePlace: CustomTestStringConvertible, Sendable {
  let profile: Profile
  let port: Int
  let isAdvanced: Bool
  var key: AccessKey { isAdvanced ? advancedKey : basicKey }
  var testDescription: String { "\(profile.name), port \(port), \(isAdvanced ? "MAK" : "MBK")" }

  /// Every port of every profile, with both keys.
  static let all = Profile.all.flatMap { profile in
    (1...profile.ports).flatMap { port in
      [false, true].map { DevicePlace(profile: profile, port: port, isAdvanced: $0) }
    }
  }
}

extension MEPDevice {
  /// The device at a port of a simulated meter, whose octets pass by the wire.
  init(_ simulator: SimulatedMeter, port: Int = 1, key: AccessKey = basicKey, wire: Wire? = nil) async throws {
    var timers = Timers.patient
    timers.alert = .milliseconds(30)
    let link = plug(simulator.port(port), timers: timers)
    try await self.init(Meter(at: wire?.tap(link) ?? link, key: key))
  }

  /// The same with answers that are changed.
  init(
    _ simulator: SimulatedMeter, port: Int = 1,
    altering alter: @escaping @Sendable (Request, Response) async -> Response
  ) async throws {
    try await self.init(Meter(at: plug(Altered(simulator.port(port), alter)), key: basicKey))
  }
}

@Suite(.timeLimit(.minutes(2))) struct MEPDeviceTests {
  private func field(_ device: MEPDevice, _ table: Table, _ path: String) async throws -> Int64? {
    try await device.meter.read(table, paths: [path]).integers[0]
  }

  // MARK: Which port

  @Test(arguments: DevicePlace.all) func thePortIsFound(_ place: DevicePlace) async throws {
    let device = try await MEPDevice(simulated(place.profile), port: place.port, key: place.key)
    #expect(device.port.number == place.port && device.port.clients == place.profile.ports)
    #expect(device.port.slot == 3 + place.port)
    #expect(device.port.handles == (place.port == 2 ? 2000...2999 : 1000...1999))
    let status = try await device.status()
    #expect(status.registration == .none && status.handle == nil && status.entry.identification == .none)
    #expect(status.settings.requestTimeout == 30 && !status.settings.monitorsHealth)
    #expect(status.entry.sources.count == 6 && status.alerts == [])
    #expect(status.houseIcon == (place.profile.firmware >= FirmwareVersion(4, 0) ? .neither : nil))
  }

  /// Backward-compatible mode: the second port cannot be used.
  @Test func aSecondPortThatIsNoneSaysSo() async throws {
    let simulator = try simulated(.gen4)
    let words = await failure { () async throws(MeterError) in
      try await MEPDevice(
        Meter(
          at: plug(
            Altered(simulator.port(2)) { request, response in
              guard request.table == Table.et54.id, case .data(let octets) = response else { return response }
              return .data([UInt8](repeating: 0, count: octets.count))
            })))
    }
    #expect(words == "device: \(MEPDevice.Problem.secondPortUnused)")
  }

  // MARK: Registering

  @Test(arguments: DevicePlace.all) func itRegistersOnce(_ place: DevicePlace) async throws {
    let simulator = try simulated(place.profile)
    let device = try await MEPDevice(simulator, port: place.port, key: place.key)
    let handle = UInt16(place.port * 1000)
    #expect(try await device.register(mine) == handle)
    let status = try await device.status()
    #expect(status.registration == .registered(handle) && status.entry.identification == mine)
    #expect(status.device.isOccupied && status.device.state == .up)
    // Newer devices look for their answers in ET59.
    #expect(status.entry.usesET59 == (place.port == 1))
    // A device that begins anew finds itself registered, and writes nothing.
    let writes = await simulator.writes
    let again = try await MEPDevice(simulator, port: place.port, key: place.key)
    #expect(try await again.register(mine) == handle)
    #expect(await simulator.writes == writes)
    #expect(await simulator.procedureCalls == 0)
  }

  @Test func whatItWishesIsSet() async throws {
    for profile in [Profile.gen3Old, .gen3, .gen4] {
      let device = try await MEPDevice(simulated(profile), port: profile.ports)
      let wishes = MEPDevice.Wishes(
        mbusAlerts: true, deltaDataAlerts: true, monitorsHealth: true, healthTimeout: 300, requestTimeout: 90)
      try await device.register(mine, wishes: wishes)
      var status = try await device.status()
      #expect(status.entry.wantsMBusAlerts && status.entry.wantsDeltaDataAlerts)
      #expect(status.settings.monitorsHealth && status.settings.healthTimeout == 300)
      #expect(status.settings.requestTimeout == 90)
      // What is not wished for stays.
      try await device.register(mine, wishes: MEPDevice.Wishes(mbusAlerts: false))
      status = try await device.status()
      #expect(
        !status.entry.wantsMBusAlerts && status.entry.wantsDeltaDataAlerts && status.settings.requestTimeout == 90)
      let words = await failure { () async throws(MeterError) in
        try await device.register(mine, wishes: MEPDevice.Wishes(requestTimeout: 300))
      }
      #expect(words.hasPrefix("bad value ET51 mep_device_configuration["))
    }
  }

  // MARK: Replacing

  @Test(arguments: [(Profile.gen3, 1), (.gen4, 1), (.gen4, 2)], [basicKey, advancedKey])
  func anotherDeviceIsReplacedOnlyWhenToldTo(_ place: (profile: Profile, port: Int), key: AccessKey) async throws {
    let simulator = try simulated(place.profile)
    let first = UInt16(place.port * 1000)
    let device = try await MEPDevice(simulator, port: place.port, key: key)
    try await device.register(other)
    let writes = await simulator.writes
    #expect(
      await failure { () async throws(MeterError) in try await device.register(mine) }
        == "device: \(MEPDevice.Problem.occupied(other, handle: first))")
    #expect(await simulator.writes == writes)
    #expect(await simulator.procedureCalls == 0)
    #expect(try await device.register(mine, replacing: true) == first + 1)
    #expect(try await device.status().entry.identification == mine)
    #expect(await simulator.procedureCalls == 1)
    #expect(try await field(device, .et89, "prior_mep_\(place.port)_handle") == Int64(first))
    // Nobody else: nothing to remove.
    try await device.register(mine, replacing: true)
    #expect(await simulator.procedureCalls == 1)
  }

  /// The guide's first case: the utility has removed the old device, whose name is still in ET50.
  @Test func whereTheUtilityHasRemovedOneThereIsRoom() async throws {
    let simulator = try simulated(.gen3)
    let device = try await MEPDevice(simulator)
    try await device.register(other)
    await simulator.carryOut(.removeClient(port: 1))
    #expect(try await device.status().registration == .none)
    #expect(try await device.register(mine) == 1001)
    #expect(await simulator.procedureCalls == 0)
  }

  /// A registration whose flag alone was cleared keeps its handle.
  @Test func aSilentRegistrationIsRenewed() async throws {
    let simulator = try simulated(.gen4)
    let device = try await MEPDevice(simulator, port: 2)
    try await device.register(mine)
    let plan = try await device.meter.plan(
      .et50, setting: [("mep_inbound_configuration[1].mep_device_registered", "no")])
    try await device.meter.carryOut(plan)
    #expect(try await device.status().registration == .silent(2000))
    #expect(try await device.register(mine) == 2000)
    #expect(try await device.status().registration == .registered(2000))
  }

  @Test func removingEndsIt() async throws {
    let simulator = try simulated(.gen4)
    let (first, second) = (try await MEPDevice(simulator), try await MEPDevice(simulator, port: 2))
    try await first.register(mine)
    try await second.register(other)
    try await second.remove()
    #expect(try await second.status().registration == .none)
    #expect(try await first.status().registration == .registered(1000))
    #expect(
      await failure { () async throws(MeterError) in try await second.remove() }
        == "device: \(MEPDevice.Problem.notRegistered)")
  }

  // MARK: Odd meters

  @Test func aFlagThatIsNotKept() async throws {
    let device = try await MEPDevice(simulated(.gen3)) { request, response in
      guard case .readPart(Table.et50.id, _, _) = request, case .data(var octets) = response, octets.count == 1 else {
        return response
      }
      octets[0] &= 0xFE
      return .data(octets)
    }
    #expect(
      await failure { () async throws(MeterError) in try await device.register(mine) }
        == "unfinished: its identification (ET50) done, "
        + "the registration (ET50) unknown: not kept ET50")
  }

  /// The handle of slot 4 is at 150 of ET14.
  private func device(
    _ simulator: SimulatedMeter, handle: @escaping @Sendable (Int) -> [UInt8]?
  ) async throws -> MEPDevice {
    let count = Counter()
    return try await MEPDevice(simulator) { request, response in
      guard case .readPart(Table.et14.id, offset: 150, length: 2) = request,
        let handle = handle(await count.next())
      else { return response }
      return .data(handle)
    }
  }

  @Test func aHandleThatNeverComes() async throws {
    let device = try await device(simulated(.gen3)) { _ in [0, 0] }
    let words = await failure { () async throws(MeterError) in try await device.register(mine, patience: .zero) }
    #expect(words == "device: \(MEPDevice.Problem.noHandle(seconds: 0))")
  }

  @Test func aHandleThatComesLate() async throws {
    // The first look is before it registers.
    let device = try await device(simulated(.gen3)) { $0 <= 2 ? [0, 0] : nil }
    #expect(try await device.register(mine) == 1000)
  }

  @Test func aHandleOfAnotherPort() async throws {
    let device = try await device(simulated(.gen3)) { $0 <= 1 ? [0, 0] : [0xD0, 7] }
    let words = await failure { () async throws(MeterError) in try await device.register(mine) }
    #expect(words == "device: \(MEPDevice.Problem.foreignHandle(2000))")
  }

  /// A meter that says "not complete" and is done a moment later, and one that never is.
  @Test(arguments: [true, false]) func aRemovalThatTakesItsTime(ends: Bool) async throws {
    let simulator = try simulated(.gen3)
    let first = try await MEPDevice(simulator)
    try await first.register(mine)
    let device = try await MEPDevice(simulator) { request, response in
      guard case .data(var octets) = response else { return response }
      if request.table == .extended(59), octets.count > 3, octets[2] != 0 { octets[3] = 1 }
      if !ends, case .readPart(Table.et14.id, offset: 150, length: 2) = request { octets = [0xE8, 3] }
      return .data(octets)
    }
    let words = await failure { () async throws(MeterError) in try await device.remove(patience: .zero) }
    #expect(words == (ends ? "none" : "device: \(MEPDevice.Problem.notRemoved(1000))"))
    #expect(try await first.status().registration == .none)
  }

  // MARK: The display

  @Test(arguments: DevicePlace.all) func valuesAndIconsAreShown(_ place: DevicePlace) async throws {
    let simulator = try simulated(place.profile)
    let device = try await MEPDevice(simulator, port: place.port, key: place.key)
    let shown = [0: DisplaySource(value: 1234, icons: .kWh), 5: DisplaySource(value: .min, icons: [.euro, .negative])]
    try await device.show(shown, house: .flashing)
    let status = try await device.status()
    #expect(status.entry.sources[0] == shown[0] && status.entry.sources[5] == shown[5])
    #expect(status.entry.sources[1] == DisplaySource(value: 0) && status.entry.houseIcon == .flashing)
    let display = try #require(await simulator.display)
    #expect(display.sources.map(\.index) == [0, 5] && display.sources.allSatisfy { $0.port == place.port })
    #expect(display.house == (place.profile.ports == 1 ? .flashing : .off))
    // The same again writes nothing.
    let writes = await simulator.writes
    try await device.show(shown)
    #expect(await simulator.writes == writes)
  }

  @Test func thereAreSixSources() async throws {
    let device = try await MEPDevice(simulated(.gen3))
    let words = await failure { () async throws(MeterError) in try await device.show([6: DisplaySource(value: 1)]) }
    #expect(words.hasPrefix("no such field ET50 mep_inbound_configuration[0].data_sources_icon_display_control[6]"))
  }

  @Test func problemsSayWhatToDo() {
    let problems: [MEPDevice.Problem] = [
      .secondPortUnused, .occupied(mine, handle: 1000), .occupied(.none, handle: 0), .noHandle(seconds: 60),
      .foreignHandle(7), .notRemoved(1000), .notRegistered, .removed(1000), .tooLong(octets: 300, limit: 255),
    ]
    for problem in problems {
      #expect(problem.description.count > 40 && problem.description.hasSuffix("."), "\(problem)")
    }
    #expect(problems[1].description.contains("identification 4201020000"))
    #expect(MeterError.unproven(.extended(39)).description.contains("EP39"))
  }
}
