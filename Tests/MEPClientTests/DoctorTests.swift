// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables
import Testing

@testable import MEPSimulator

/// Each fault that the doctor knows, staged.
@Suite struct DoctorTests {
  private var timers: Timers {
    var timers = Timers.steady
    (timers.response, timers.longestResponse, timers.reckoning) = (.milliseconds(400), .milliseconds(400), .zero)
    timers.alert = .milliseconds(400)
    return timers
  }

  /// For lines on which hardly anything stays without an answer, and a busy computer must not seem to lose one.
  private func waiting(_ milliseconds: Int64) -> Timers {
    var timers = timers
    (timers.response, timers.longestResponse) = (.milliseconds(milliseconds), .milliseconds(milliseconds))
    return timers
  }

  private var effort: Doctor.Effort {
    var effort = Doctor.Effort()
    effort.rest = .milliseconds(600)
    return effort
  }

  private func patient(
    _ line: any Link, keys: [AccessKey] = [basicKey], _ security: Security = .auto, access: AccessLevel? = nil,
    remembering remembered: [TLSMemory.Entry] = [], timers: Timers? = nil
  ) -> Doctor.Patient {
    Doctor.Patient(
      baud: nil, keys: keys, security: security, access: access, at: "serial:here", remembering: remembered,
      timers: timers ?? self.timers
    ) { _ throws(LinkError) in line }
  }

  /// The names of the faults, and all that was said.
  private func examine(
    _ patient: Doctor.Patient, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> (ailments: [String], findings: [Finding]) {
    let doctor = Doctor(patient, effort: effort, log: quiet, progress: progress)
    let findings = try await doctor.examine()
    return (findings.compactMap(\.ailment?.name), findings)
  }

  private func simulated(_ profile: Profile, _ scenario: String = "") throws -> SimulatedMeter {
    try SimulatedMeter(profile, scenario: try Scenario(parsing: scenario), clock: { 836_400_000 })
  }

  private func line(_ meter: SimulatedMeter) -> any Link { plug(meter.port(1), timers: timers) }

  // MARK: Well

  @Test(arguments: [("gen3", Security.digest), ("gen4", .auto), ("gen3-old", .auto), ("gen3", .encrypted)])
  func nothingIsWrong(profile: String, security: Security) async throws {
    let meter = try simulated(try #require(Profile.named(profile)))
    // Only the end of a session that there never was stays without an answer.
    let (ailments, findings) = try await examine(patient(line(meter), security, timers: waiting(5000)))
    #expect(ailments == [])
    let steps = Set(findings.filter { $0.verdict == .good }.map(\.step))
    let way: Finding.Step = security == .auto && profile != "gen3-old" ? .tls : .digests
    #expect(steps == [.port, .rest, way, .answers, .meter, .reads])
    let said = findings.map(\.seen).joined(separator: " ")
    #expect(said.contains("50 reads of BT28, all answered."))
    #expect(said.contains(profile == "gen4" ? "Gen 4" : "Gen 2 or 3"))
    #expect(said.contains(way == .tls ? "The MBK reads" : "nothing tells the MBK from the MAK"))
    #expect(said.contains("SECURITY.md") == (way == .digests))
    // It reads, and nothing else.
    #expect(await meter.writes == 0)
  }

  // MARK: The line

  @Test func thePortCannotBeOpened() async throws {
    let error = LinkError.notFound(path: "/dev/ttyUSB9")
    let closed = Doctor.Patient(baud: 9600, keys: [basicKey]) { _ throws(LinkError) in throw error }
    let (ailments, findings) = try await examine(closed)
    #expect(ailments == ["port"] && findings.count == 1)
    #expect(findings[0].ailment?.mend == error.description)
  }

  @Test(arguments: [Security.auto, .digest, .tls]) func nothingIsThere(security: Security) async throws {
    let (near, far) = MemoryLink.pair()
    #expect(try await examine(patient(near, security)).ailments == ["silence"])
    far.close()
  }

  @Test(arguments: [Security.auto, .digest, .tls]) func aPortThatIsClosed(security: Security) async throws {
    let meter = try simulated(.gen4, "+0s port 1 closed")
    #expect(try await examine(patient(line(meter), security)).ailments == ["silence"])
  }

  @Test(arguments: [Security.auto, .digest]) func theWiresTouch(security: Security) async throws {
    #expect(try await examine(patient(far { $0 }, security)).ailments == ["echo"])
  }

  @Test(arguments: [Security.auto, .digest]) func nothingButNoise(security: Security) async throws {
    let noise = far { $0.map { $0 &* 167 | 0x81 } }
    #expect(try await examine(patient(noise, security)).ailments == ["noise"])
  }

  /// Its alerts come through, our requests do not.
  @Test func theMeterDoesNotHearUs() async throws {
    let meter = try simulated(.gen3)
    await meter.setAlert(true, port: 1)
    let (ailments, findings) = try await examine(patient(MuteLink(line(meter))))
    #expect(ailments == ["unheard"], "\(findings.map(\.seen))")
  }

  @Test(.timeLimit(.minutes(2)), arguments: [Security.digest, .auto])
  func theMeterHasAnotherRate(security: Security) async throws {
    let terminal = try PseudoTerminal()
    defer { terminal.close() }
    let meter = try simulated(.gen3)
    let port = SimulatedPort(1, of: meter, basic: basicKey, advanced: advancedKey, baud: 38_400, log: quiet)
    let serving = Task { try? await port.serve(terminal.link(at: 38_400)) }
    defer { serving.cancel() }
    let path = terminal.path
    var effort = effort
    (effort.rates, effort.reads) = ([19_200, 38_400, 115_200], 10)
    // Real time on a busy computer: an answer may take longer than a meter does.
    var timers = Timers(baud: 38_400)
    (timers.response, timers.reckoning) = (.milliseconds(1500), .zero)
    let patient = Doctor.Patient(
      baud: 9600, keys: [basicKey], security: security, timers: timers
    ) { rate throws(LinkError) in
      try SerialLink.open(path, baud: rate ?? 9600, log: quiet)
    }
    let doctor = Doctor(patient, effort: effort, log: quiet)
    let findings = try await doctor.examine()
    let faults = findings.compactMap(\.ailment)
    guard case .rate(38_400)? = faults.first, faults.count == 1 else {
      Issue.record("\(findings)")
      return
    }
    #expect(findings.contains { $0.step == .reads && $0.verdict != .fault })
  }

  /// Silent as long as somebody reads the optical eye.
  @Test func somebodyReadsTheOpticalEye() async throws {
    let clock = SetClock()
    let meter = try SimulatedMeter(
      .gen3Old, scenario: try Scenario(parsing: "+0s optical 60s"), clock: { clock.now() })
    let (ailments, _) = try await examine(patient(line(meter))) { if $0 == "Asking once more" { clock.go(120) } }
    #expect(ailments == ["optical_session"])
  }

  /// It begins and ends while the meter is read.
  @Test func anOpticalSessionInBetween() async throws {
    let clock = SetClock()
    let meter = try SimulatedMeter(
      .gen3Old, scenario: try Scenario(parsing: "+100s optical 60s"), clock: { clock.now() })
    var timers = waiting(2000)
    // Each read in the session costs as many waits.
    timers.attempts = 2
    let (ailments, _) = try await examine(patient(line(meter), timers: timers)) { step in
      if step == "Reading, 20 of 50" { clock.go(120) }
      if step == "Reading, 22 of 50" { clock.go(60) }
    }
    #expect(ailments == ["optical_session"])
  }

  /// Meters of the fourth generation have a UART for each.
  @Test func theFourthGenerationIsNotDisturbed() async throws {
    let meter = try simulated(.gen4, "+0s optical 60s")
    #expect(try await examine(patient(line(meter), timers: waiting(5000))).ailments == [])
  }

  @Test(arguments: [Security.auto, .digest]) func enableIsWeak(security: Security) async throws {
    let cut = CutLink(line(try simulated(.gen3)), after: 120)
    #expect(try await examine(patient(cut, security)).ailments.first == "weak_enable")
  }

  /// In TLS as well, where each costs a session: that is nobody else's doing.
  @Test func wholeAnswersGetLost() async throws {
    for security in [Security.auto, .digest] {
      let count = Counter()
      let meter = try simulated(.gen4)
      let slow = Preceded(meter.port(1)) { request in
        guard request.table == Table.bt28.id, await count.next().isMultiple(of: 10) else { return }
        try? await Task.sleep(for: .milliseconds(900))
      }
      #expect(try await examine(patient(plug(slow, timers: timers), security)).ailments == ["loss"])
    }
  }

  /// A port that takes TLS only, silent until it is asked once more: its key is right.
  @Test(arguments: ["0a", "0b", "03", "silence"]) func itComesBackAndDemandsTLS(refusal: String) async throws {
    let clock = SetClock()
    let plot = "+0s port 1 closed\n+0s tls 1 \(refusal)\n+60s port 1 open"
    let meter = try SimulatedMeter(.gen4, scenario: try Scenario(parsing: plot), clock: { clock.now() })
    let (ailments, _) = try await examine(patient(line(meter))) { if $0 == "Asking once more" { clock.go(120) } }
    #expect(ailments == ["loss"])
  }

  /// What an adapter cannot do is left out, and a port that is closed is still called one.
  @Test func ratesThatTheAdapterHasNotAreLeftOut() async throws {
    let (near, _) = MemoryLink.pair()
    var effort = effort
    effort.rates = [300, 9600, 19_200]
    let patient = Doctor.Patient(baud: 9600, keys: [basicKey], security: .digest, timers: timers) {
      rate throws(LinkError) in
      if rate == 300 { throw .unsupportedBaud(300) }
      return Reopened(near)
    }
    let findings = try await Doctor(patient, effort: effort, log: quiet).examine()
    #expect(findings.compactMap(\.ailment?.name) == ["silence"])
    #expect(findings.last?.seen == "Nothing ever comes, at 9600, 19200 baud.")
  }

  /// A glitch while nobody talks is not the fault.
  @Test func aStrayOctetIsNoFault() async throws {
    let (near, far) = MemoryLink.pair()
    try await far.send([0x00, 0x80, 0x80, 0x01])
    let (ailments, findings) = try await examine(patient(near))
    #expect(ailments == ["silence"])
    #expect(findings.contains { $0.step == .rest && $0.verdict == .note })
  }

  @Test func answersGetLost() async throws {
    let bad = FaultyLink(line(try simulated(.gen3)), seed: 3, receiving: .init(loss: 0.0008))
    #expect(try await examine(patient(bad, .digest)).ailments == ["loss"])
  }

  @Test(arguments: [Security.auto, .digest]) func anotherClientIsThere(security: Security) async throws {
    let (ours, theirs) = party(line(try simulated(.gen3)))
    let other = Meter(over: theirs, key: basicKey, security: .digest, timers: timers, log: quiet)
    let reading = Task {
      while !Task.isCancelled {
        _ = try? await other.octets(of: .basic(52))
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
    let ailments = try await examine(patient(ours, security)).ailments
    #expect(ailments.first == "other_client")
    reading.cancel()
    ours.close()
    theirs.close()
  }

  // MARK: TLS

  @Test(arguments: ["0a", "0b", "03", "silence"]) func thePortDemandsTLS(refusal: String) async throws {
    let meter = try simulated(.gen4, "+0s tls 1 \(refusal)")
    #expect(try await examine(patient(line(meter), .digest)).ailments == ["needs_tls"])
    #expect(try await examine(patient(line(meter))).ailments == [])
  }

  @Test func thePortKnowsNoTLS() async throws {
    #expect(try await examine(patient(line(try simulated(.gen3Old)), .tls)).ailments == ["no_tls"])
  }

  /// It did before, at this address or at another one: it is not called well.
  @Test(arguments: ["serial:here", "serial:elsewhere"]) func thePortKnowsTLSNoMore(address: String) async throws {
    let simulator = try simulated(.gen3Old)
    let name = try await Meter(at: plug(simulator.port(1))).utilitySerialNumber()
    let before = TLSMemory.Entry(meter: name, port: 1, address: address)
    let (ailments, findings) = try await examine(patient(line(simulator), remembering: [before]))
    #expect(ailments == ["no_longer_tls"])
    #expect(findings.contains { $0.step == .digests } == (address != "serial:here"))
    let other = TLSMemory.Entry(meter: "another", port: 1, address: "serial:elsewhere")
    #expect(try await examine(patient(line(simulator), remembering: [other])).ailments == [])
  }

  @Test func aSessionDoesNotComeAbout() async throws {
    let spoiled = SpoiledLink(line(try simulated(.gen4)))
    let (ailments, findings) = try await examine(patient(spoiled, .tls))
    #expect(ailments == ["broken_tls"], "\(findings.map(\.seen))")
  }

  @Test(arguments: [ResponseCode.noPermission, .invalidServiceSequenceState])
  func thePortRefuses(code: ResponseCode) async throws {
    let refusing = Altered(try simulated(.gen3Old).port(1)) { _, _ in .refused(code) }
    #expect(try await examine(patient(plug(refusing, timers: timers))).ailments == ["refused"])
  }

  // MARK: The key

  @Test(arguments: ["gen3-old", "gen4"], [Security.auto, .digest])
  func theKeyIsAnother(profile: String, security: Security) async throws {
    let meter = try simulated(try #require(Profile.named(profile)))
    let (ailments, _) = try await examine(patient(line(meter), keys: [AccessKey(dummy: 9)], security))
    #expect(ailments == [security == .digest && profile == "gen4" ? "needs_tls" : "wrong_key"])
  }

  @Test(arguments: ["gen3-old", "gen4"]) func theKeyIsWrittenOtherwise(profile: String) async throws {
    let meter = try simulated(try #require(Profile.named(profile)))
    let keys = [AccessKey(dummy: 9), basicKey]
    let (ailments, findings) = try await examine(patient(line(meter), keys: keys, timers: waiting(5000)))
    #expect(ailments == ["key_form"])
    #expect(findings.contains { $0.step == .reads && $0.verdict == .good })
  }

  @Test(arguments: [(basicKey, AccessLevel.advanced), (advancedKey, .basic)])
  func theLevelIsTheOther(key: AccessKey, stated: AccessLevel) async throws {
    let meter = try simulated(.gen4)
    let (ailments, findings) = try await examine(patient(line(meter), keys: [key], access: stated))
    #expect(ailments == ["level"])
    #expect(findings.last?.seen.contains(stated == .basic ? "The MAK reads" : "The MBK reads") == true)
  }

  /// Every fault says what to do, and none says the same as another.
  @Test func everyFaultHasItsWords() {
    let all: [Ailment] = [
      .port(.cancelled), .silence, .unheard, .echo, .rate(300), .noise, .loss, .weakEnable,
      .otherClient,
      .opticalSession, .needsTLS, .noTLS, .noLongerTLS, .refused(.noPermission), .brokenTLS, .wrongKey, .keyForm,
      .level(.basic),
      .level(.advanced), .other(.link(.cancelled)),
    ]
    #expect(Set(all.map(\.cause)).count == all.count - 1 && Set(all.map(\.name)).count == all.count - 1)
    #expect(all.allSatisfy { $0.cause.hasSuffix(".") && $0.mend.hasSuffix(".") })
  }
}

/// A line that closing does not end.
private final class Reopened: Link {
  private let link: any Link

  init(_ link: any Link) { self.link = link }

  var description: String { link.description }
  func send(_ octets: [UInt8]) async throws(LinkError) { try await link.send(octets) }
  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] { try await link.receive(until: deadline) }
  func close() {}
}

/// A line on which the last message of each handshake is damaged.
private final class SpoiledLink: Link {
  private let link: any Link

  init(_ link: any Link) { self.link = link }

  var description: String { "spoiled \(link)" }

  func send(_ octets: [UInt8]) async throws(LinkError) { try await link.send(octets) }

  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    var octets = try await link.receive(until: deadline)
    // The change of cipher stands in front.
    if octets.count > 40, octets[3] == 20 { octets[octets.count - 1] ^= 1 }
    return octets
  }

  func close() { link.close() }
}
