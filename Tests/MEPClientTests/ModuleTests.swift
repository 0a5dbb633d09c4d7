// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// Control Point and OSGP modules count their firmware from 1.
@Suite(.timeLimit(.minutes(1))) struct ModuleTests {
  /// A full read leaves the nine newest present values out; they are asked for.
  @Test func allPresentValuesAreRead() async throws {
    let reads = Reads()
    let handler = Preceded(try simulated(.module).port(1)) { request in
      if request.table == .basic(28) { await reads.add(request) }
    }
    let meter = Meter(at: plug(handler))
    let table = try await meter.read(.bt28)
    #expect(table.octets.count == 4 * 64 && table.tail.isEmpty)
    #expect(table.places.last?.displayName == "Exp Reactive VAr C")
    #expect(await reads.all == [.read(.basic(28), length: 465), .readPart(.basic(28), offset: 220, length: 36)])
    meter.close()
  }

  @Test func whatItHas() async throws {
    let meter = Meter(at: plug(try simulated(.module).port(1)))
    #expect(try await meter.firmware() == FirmwareVersion(1, 32))
    #expect(try await meter.readOutages()?.entries.isEmpty == true)
    #expect(
      await failure { () async throws(MeterError) in try await meter.read(.et85) }
        == "refused Table operation not possible ET85")
    #expect(try await meter.read(.bt54).octets.count == 808)
    meter.close()
  }
}

private actor Reads {
  private(set) var all: [Request] = []

  func add(_ request: Request) { all.append(request) }
}
