// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables

/// Figures as ratios: against the limit that the line sets, or against each other in the same run. Arguments choose from
/// wire, core, year, ages, rest, decade, beside and thousand.
@main
struct Bench {
  static func main() async throws {
    let wanted = CommandLine.arguments.dropFirst()
    func isWanted(_ name: String) -> Bool { wanted.isEmpty || wanted.contains(name) }
    if isWanted("wire") {
      for profile in [Profile.gen3, .gen4] {
        for security in [Security.digest, .tls] { try await Wire.reading(of: profile, security) }
      }
    }
    if isWanted("core") { try Core.messages() }
    if isWanted("year") { for profile in [Profile.gen3, .gen4] { try await Year(of: profile).run() } }
    if isWanted("ages") { try await Ages.run() }
    if isWanted("rest") { try await Rest.run() }
    if isWanted("decade") { try await Decade.run() }
    if isWanted("beside") { try await Decade.compare() }
    if isWanted("thousand") { try await Thousand.run() }
  }
}

/// One reading: the energy totals and all present values, over a pseudo-terminal at 9600 baud.
private enum Wire {
  static let baud = 9600
  static let readings = 10

  static func reading(of profile: Profile, _ security: Security) async throws {
    let clock = VirtualClock(start: 800_000_000)
    let simulated = try SimulatedMeter(profile, clock: { clock.now() })
    let terminal = try PseudoTerminal()
    let key = AccessKey(dummy: 1)
    let port = SimulatedPort(1, of: simulated, basic: key, advanced: AccessKey(dummy: 2), baud: baud)
    let server = Task { try await port.serve(terminal.link) }
    defer {
      server.cancel()
      terminal.close()
    }
    let traffic = Traffic()
    let link = CapturingLink(try SerialLink.open(terminal.path, baud: baud)) { _, direction, octets in
      traffic.note(direction, octets)
    }
    let meter = Meter(over: link, key: key, security: security)
    defer { meter.close() }

    // The first reading learns the dimensions; the others are what a gateway does all day.
    try await read(meter)
    traffic.clear()
    let start = Instant.now()
    for _ in 0..<readings { try await read(meter) }
    let spent = Double((Instant.now() - start).microseconds) / 1000 / Double(readings)
    let octets = traffic.total / readings
    let limit = traffic.limit(baud: baud) / Double(readings)
    print("one reading of \(profile.name) (energy totals and all present values), \(security.rawValue), \(baud) baud:")
    print("  \(octets) octets in \(traffic.exchanges / readings) exchanges")
    print("  limit of the line with the guide's gaps \(round1(limit)) ms, measured \(round1(spent)) ms")
    print("  measured / limit = \(round2(spent / limit))")
  }

  private static func read(_ meter: Meter) async throws {
    _ = try await meter.read(.bt23, paths: ["summations"])
    _ = try await meter.read(.bt28)
  }
}

/// Signing, verifying and decoding on one core, without any line.
private enum Core {
  static func messages() throws {
    let key = AccessKey(dummy: 1)
    let dimensions = try Profile.gen3.dimensions
    let layout = try Table.bt28.layout(in: dimensions)
    let image = layout.factoryImage
    let request = Request.read(.basic(28), length: 465)
    let (frame, exchange) = Exchange.seal(request, sequence: 1, key: key)
    let answer = exchange.seal(response: Response.data(image).body)
    let table = layout.places.filter { !$0.isReserved }

    let sealed = rate { n in keep(Exchange.seal(request, sequence: UInt32(truncatingIfNeeded: n), key: key)) }
    let opened = rate { _ in keep(Exchange.open(message: frame[2...], key: key)) }
    let verified = rate { _ in keep(try? exchange.open(response: answer[2...])) }
    let decoded = rate { _ in for place in table { keep(place.integer(in: image)) } }
    let whole = 1 / (1 / sealed + 1 / verified + 1 / decoded)
    print("on one core, a BT28 of \(image.count) octets:")
    print("  requests signed             \(Int(sealed)) a second")
    print("  requests verified           \(Int(opened)) a second")
    print("  responses verified          \(Int(verified)) a second")
    print("  tables decoded              \(Int(decoded)) a second")
    print("  a meter takes 10 requests a second at most, so one core keeps \(Int(whole / 10)) lines busy")
  }

  /// Keeps the optimiser from leaving out what nobody uses.
  @inline(never) @_optimize(none) private static func keep<T>(_ value: T) { withExtendedLifetime(value) {} }

  private static func rate(_ body: (Int) -> Void) -> Double {
    for n in 0..<100 { body(n) }
    let start = Instant.now()
    var n = 0
    while Instant.now() - start < .milliseconds(500) {
      for _ in 0..<100 { body(n) }
      n += 100
    }
    return Double(n) / Double((Instant.now() - start).microseconds) * 1_000_000
  }
}

/// What is printed is seen as it comes, also where it goes into a file.
func print(_ line: String) {
  Swift.print(line)
  fflush(nil)
}

func round1(_ value: Double) -> Double { (value * 10).rounded() / 10 }
func round2(_ value: Double) -> Double { (value * 100).rounded() / 100 }
