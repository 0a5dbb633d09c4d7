// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct MeterPortTests {
  private let request = Request.read(.basic(1), length: 465)

  private func port(baud: Int = 0) throws -> SimulatedPort {
    let meter = try SimulatedMeter(.gen3, clock: { 836_400_000 })
    return SimulatedPort(1, of: meter, basic: basicKey, advanced: advancedKey, seed: 9, baud: baud, log: quiet)
  }

  private func client(_ link: any Link, firstSequence: UInt32, baud: Int = 9600) -> ExchangeClient {
    // On a busy computer a request may reach a paced port with gaps that make it none: it is repeated.
    var timers = Timers(baud: baud)
    timers.attempts = 20
    return ExchangeClient(
      ClientConnection(key: basicKey, firstSequence: firstSequence, timers: timers), over: link, log: quiet)
  }

  @Test func sequenceNumberOutlivesTheConnection() async throws {
    let port = try port()
    let layout = try Table.et04.layout(in: Profile.gen3.dimensions)
    let place = try #require(layout.places.first { $0.pathText == "mep_seq_nbr" })
    var sequence: UInt32 = 0
    for round in 0..<3 {
      let (near, far) = MemoryLink.pair()
      let serving = Task { try? await port.serve(far) }
      let client = client(near, firstSequence: sequence)
      let outcome = try await client.perform(request)
      // Only the first time it had to be asked for.
      #expect(outcome.sequenceReplaced == (round == 0))
      // More than the window of numbers that a port takes.
      for _ in 0..<10 { _ = try await client.perform(request).result.get() }
      let number = Request.readPart(.extended(4), offset: UInt32(place.offset), length: UInt16(place.octets))
      guard case .data(let octets) = try await client.perform(number).result.get() else {
        Issue.record("ET04 was refused")
        break
      }
      sequence = octets.reversed().reduce(0) { $0 << 8 | UInt32($1) }
      near.close()
      await serving.value
    }
  }

  @Test func secondClientIsTurnedAway() async throws {
    let listener = try TCPListener()
    let port = try port()
    let serving = Task { try? await port.serve(listener) }
    let first = client(try await TCPLink.connect(host: listener.host, port: listener.port), firstSequence: 0)
    _ = try await first.perform(request).result.get()
    let second = client(try await TCPLink.connect(host: listener.host, port: listener.port), firstSequence: 0)
    await #expect(throws: LinkError.self) { try await second.perform(request) }
    // The first one has not noticed.
    _ = try await first.perform(request).result.get()
    first.close()
    // The plug is free again, as soon as the port has seen that it was pulled.
    var isServed = false
    for _ in 0..<100 where !isServed {
      let third = client(try await TCPLink.connect(host: listener.host, port: listener.port), firstSequence: 0)
      isServed = (try? await third.perform(request).result.get()) != nil
      third.close()
      if !isServed { try await Task.sleep(for: .milliseconds(20)) }
    }
    #expect(isServed)
    listener.close()
    await serving.value
  }

  @Test func pacedPortTakesTheTimeOfTheLine() async throws {
    // Slow enough that the protocol's own pauses are far shorter.
    let baud = 2400
    let (near, far) = MemoryLink.pair()
    let port = try port(baud: baud)
    let serving = Task { try? await port.serve(far) }
    let client = client(near, firstSequence: 0, baud: baud)
    let start = Instant.now()
    for _ in 0..<2 { _ = try await client.perform(.read(.basic(28), length: 465)).result.get() }
    let octets = await client.health.octets
    #expect(octets > 460)
    #expect(Instant.now() - start >= Instant.Span(microseconds: Int64(octets) * 10_000_000 / Int64(baud)))
    client.close()
    await serving.value
  }
}
