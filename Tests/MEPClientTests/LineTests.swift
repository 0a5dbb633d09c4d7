// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import Testing

/// Over a line as real programs have it.
@Suite(.timeLimit(.minutes(2))) struct LineTests {
  private func port(_ baud: Int) throws -> SimulatedPort {
    SimulatedPort(
      1, of: try simulated(.gen3Frozen), basic: basicKey, advanced: advancedKey, baud: baud, log: quiet)
  }

  @Test func pseudoTerminalAt9600Baud() async throws {
    let terminal = try PseudoTerminal()
    let port = try port(9600)
    let serving = Task { try? await port.serve(terminal.link) }
    let link = try SerialLink.open(terminal.path, log: quiet)
    let start = Instant.now()
    // The guide's own waits, and a client that doesn't know the sequence number.
    let meter = Meter(over: link, key: basicKey, security: .encrypted, log: quiet)
    #expect(try await meter.read(.bt28).byName["rms_voltage_l1"] == 232_591)
    #expect(try await meter.read(.bt23).byName["fwd_active_wh_l1l2l3"] == 115_921_469)
    let octets = await meter.health.octets
    #expect(Instant.now() - start >= Instant.Span(microseconds: Int64(octets) * 10_000_000 / 9600))
    #expect(await meter.health.failures == 0)
    meter.close()
    terminal.close()
    await serving.value
  }

  @Test func tcp() async throws {
    let listener = try TCPListener()
    let port = try port(0)
    let serving = Task { try? await port.serve(listener) }
    let meter = Meter(
      over: try await TCPLink.connect(host: listener.host, port: listener.port), key: basicKey, log: quiet)
    #expect(try await meter.read(.bt28).byName["rms_voltage_l1"] == 232_591)
    #expect(try await meter.read(.bt01).octets.count == 24)
    #expect(await meter.health.failures == 0)
    meter.close()
    listener.close()
    await serving.value
  }

  @Test func insideTheProgram() async throws {
    let simulator = try simulated(.gen3Frozen)
    let meter = Meter(over: simulator.connect(), key: AccessKey(dummy: 1), log: quiet)
    #expect(try await meter.read(.bt28).byName["rms_voltage_l1"] == 232_591)
  }
}
