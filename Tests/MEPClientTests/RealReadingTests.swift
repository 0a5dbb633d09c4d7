// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// What the owner of a real 83331-3I published of it: `gen3-frozen` answers exactly that.
@Suite(.timeLimit(.minutes(1))) struct RealReadingTests {
  @Test func namesItsMaker() async throws {
    let meter = Meter(at: plug(try simulated(.gen3Frozen).port(1)))
    let octets = try await meter.read(.bt01).octets
    #expect(octets[14...15] == [58, 134])
    let info = try #require(GeneralManufacturerInformation(octets))
    #expect(String(decoding: info.manufacturer, as: UTF8.self) == "ELON")
    #expect(String(decoding: info.model, as: UTF8.self) == "83331-3I")
    #expect(info.firmware == FirmwareVersion(3, 84, 6))
    #expect(try await meter.read(.et03, paths: ["image_crc_read_only"]).integers == [55331])
  }

  @Test func isDimensioned() async throws {
    let meter = Meter(at: plug(try simulated(.gen3Frozen).port(1)))
    #expect(try await meter.read(.bt21).octets == [0b0000_0011, 0b0000_1100, 12, 11, 0, 0, 0, 0, 0, 55])
  }

  @Test func reads() async throws {
    let meter = Meter(at: plug(try simulated(.gen3Frozen).port(1)))
    let energy = try await meter.read(.bt23).byName
    let present = try await meter.read(.bt28).byName
    #expect(energy["fwd_active_wh_l1l2l3"] == 115_921_469)
    #expect(energy["rev_active_wh_l1l2l3"] == 201)
    let expected: [String: [Int64]] = [
      "fwd_active_w_l1l2l3": [701], "rev_active_w_l1l2l3": [0],
      "import_reactive_var_l1l2l3": [139], "export_reactive_var_l1l2l3": [0],
      "rms_current_": [1536, 1874, 139], "rms_voltage_": [232_591, 233_879, 234_387],
      "frequency": [50_000], "va_power_l1l2l3": [822], "power_factor_": [875, 836, 837],
      "fwd_active_w_": [311, 366, 25], "rev_active_w_": [0, 0, 0],
      "continuous_rms_voltage_": [232_507, 233_922, 234_246],
      "average_rms_voltage_": [232_185, 232_990, 234_229],
      "average_fwd_active_w_l1l2l3": [701], "average_fwd_active_w_": [311, 366, 25],
      "average_rev_active_w_l1l2l3": [0], "average_rev_active_w_": [0, 0, 0],
    ]
    for (name, values) in expected {
      let names = name.hasSuffix("_") ? ["l1", "l2", "l3"].map { name + $0 } : [name]
      #expect(names.map { present[$0] } == values.map { $0 }, "\(name)")
    }
  }

  @Test func scalesToBaseUnits() async throws {
    let meter = Meter(at: plug(try simulated(.gen3Frozen).port(1)))
    let present = Measurements(try await meter.read(.bt28))
    #expect(present[15]?.description == "232.591")
    #expect(present[12]?.description == "1.536")
    #expect(present[19]?.description == "50.000")
    #expect(present[18]?.description == "0.875")
    #expect(present[0] == nil)
    let registers = try await meter.read(.bt23)
    #expect(Measurements(registers, unit: .one)[0]?.description == "115921469")
    // Nobody has said what a count of them is.
    #expect(Measurements(registers)[0] == nil && Measurements(registers)[5] != nil)
  }

  @Test(arguments: [ServerConnection.SequenceReport.last, .next])
  func firstAnswerToAStrangerIsItsSequenceNumber(report: ServerConnection.SequenceReport) async throws {
    let wire = Wire()
    let link = wire.tap(plug(try simulated(.gen3Frozen).port(1), sequence: 0x1234_5678, report: report))
    let meter = Meter(at: link, firstSequence: 7)
    #expect(try await meter.read(.bt01).octets.count == 24)
    #expect(wire.exchanges.first?.response == .sequence(report == .last ? 0x1234_5678 : 0x1234_5679))
    #expect(wire.sendings.count == 2)
  }

  @Test func identifiesItself() async throws {
    let identity = try await Meter(at: plug(try simulated(.gen3Frozen).port(1))).readIdentity()
    #expect(identity.manufacturer == "ELON")
    #expect(identity.model == "83331-3I")
    #expect(identity.firmware == FirmwareVersion(3, 84, 6))
    #expect(identity.serialNumber == "0000000012345678")
    #expect(identity.utilitySerialNumber == "12345678")
    #expect(identity.imageCRC == 55331)
    #expect(identity.programID == [0x9F, 0xFF, 0x4D, 3, 84, 6, 4, 1])
    #expect(identity.idtVersion == 1)
    #expect(identity.dimensions.map(\.value) == [12, 11, 0, 0, 0, 0, 0, 55])
    #expect(identity.clockUTC?.description == "2026-07-03T13:20:00")
    #expect(identity.clockLocal?.description == "2026-07-03T15:20:00")
  }
}
