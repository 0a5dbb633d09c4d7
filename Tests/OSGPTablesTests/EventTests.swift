// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct EventTests {
  @Test func bothWaysToMarkAManufacturersEventAreUnderstood() {
    #expect(EventID(code: 0x0802) == .manufacturer(2) && EventID(code: 66) == .manufacturer(2))
    #expect(EventID(code: 63) == .standard(63) && EventID(code: 64) == .manufacturer(0))
    #expect(EventID(code: 0x0800) == .manufacturer(0) && EventID(code: 0) == .standard(0))
    // Bits 12 to 15 are filler.
    #expect(EventID(code: 0xF802) == .manufacturer(2) && EventID(code: 0x700A) == .standard(10))
    #expect(EventID.manufacturer(24).listed == 88 && EventID.standard(24).listed == 24)
    #expect(EventID(code: 0x0FFF).listed == 2047 + 64)
  }

  @Test func everyCodeIsAnEventOrNone() {
    var known = 0
    for code in 0...UInt16.max {
      let id = EventID(code: code)
      guard let event = Event.event(id) else { continue }
      #expect(event.id == id && !event.name.description.isEmpty)
      if code < 0x0800 { known += 1 }
    }
    // 51 standard ones, 48 of the manufacturer.
    #expect(known == 99)
    #expect(Event.event(.standard(51)) == nil && Event.event(.manufacturer(48)) == nil)
  }

  static let arguments: [(id: EventID, argument: UInt16, says: [String])] = [
    (.standard(1), 0, []), (.standard(2), 3, ["Reset Cause 3: power failure"]),
    (.standard(2), 8, ["Reset Cause 8: brown-out"]), (.standard(2), 77, ["Reset Cause 77"]),
    (.standard(9), 0x0810, ["Procedure 2064"]), (.standard(10), 0x0834, ["Table 2100"]),
    (.standard(28), 4150, ["Table 54"]), (.standard(29), 4119, ["Table 23"]),
    // 3.84.6, as in BT01 of a real meter.
    (.standard(36), 0x3A86, ["Firmware Major 3", "Firmware Minor 84", "Firmware Build 6"]),
    (.standard(41), 0xFFFF, ["Failure 65535: all tables"]),
    (.standard(41), 0xFFFD, ["Failure 65533: boot ROM: writing flash"]),
    (.standard(41), 0x8017, ["Table 23", "Read Before Write"]), (.standard(41), 0x0817, ["Table 2071"]),
    (.standard(43), 0x0203, ["Channel 3", "Measurement Interrupts Missing"]),
    (.standard(50), 0, []), (.standard(50), 2, []),
    (
      .standard(50), 0xBBB5,
      [
        "Internal State 2: open", "External State 0: open", "L1 Voltage, Steps of 5 V Above 175 V 11",
        "L2 Voltage, Steps of 5 V Above 175 V 11", "L3 Voltage, Steps of 5 V Above 175 V 11",
      ]
    ),
    (
      .standard(50), 0x3254,
      [
        "Internal State 2: open", "External State 0: open", "Load Side Voltage 1: present",
        "Power, at Most 511 W 100 W",
      ]
    ),
    (.manufacturer(2), 0x0102, ["State 2: open", "Reason 1: EP02"]),
    (.manufacturer(2), 0x0613, ["State 3: locked open", "Failed", "Reason 6: manual"]),
    (
      .manufacturer(2), 0x0A41,
      [
        "State 1: closed", "Reason 10: resynchronisation at power-up", "Internal State Before 1: closed",
        "External State Before 0: open",
      ]
    ),
    (.manufacturer(3), 0x0302, ["State 2: open", "Reason 3: time"]),
    (.manufacturer(4), 5, ["L1", "L3"]),
    (.manufacturer(7), 0x8001, ["Overlong Critical Section 1"]),
    (.manufacturer(7), 1, ["Error 1: display read-back failed"]),
    (.manufacturer(17), 0xA004, ["Device 5: MEP device", "Alarm 4: device read failed"]),
    (.manufacturer(24), 0x0806, ["Procedure 2054"]), (.manufacturer(24), 3, ["Procedure 3: table write"]),
    (.manufacturer(27), 0x0101, ["L1 Sag", "L3 Over-current"]),
    // 40965 and 8194 as the manufacturer's list has them.
    (.manufacturer(32), 40965, ["Device 5", "Status 5: registered"]),
    (.manufacturer(32), 8194, ["Device 1", "Status 2: not commissioned: no communication"]),
    (.manufacturer(34), 749, ["Phase 1: L2", "Lowest Voltage 187 V"]),
    (.manufacturer(42), 0x0007, ["Pulses 7"]),
    (.manufacturer(42), 0x0103, ["Wanted State 1: closed", "Power Down Pending", "Caller 64"]),
    (.manufacturer(43), 0x4017, ["Device 2", "Command Octet 23"]),
  ]

  @Test(arguments: arguments) func argumentsSayWhatTheyMean(id: EventID, argument: UInt16, says: [String]) throws {
    let event = try #require(Event.event(id))
    let words = event.arguments(argument).map { part in
      if case .flag = part.kind { return part.name.description }
      let symbol = part.unit.symbol.description
      return "\(part.name) \(part.value)" + (symbol.isEmpty ? "" : " \(symbol)") + (part.words.map { ": \($0)" } ?? "")
    }
    #expect(words == says)
  }

  @Test func numbersOfTablesAndProceduresAreMarked() throws {
    let table = try #require(Event.event(.standard(10))?.arguments(0x0834).first)
    guard case .table = table.kind else { throw Wrong() }
    let procedure = try #require(Event.event(.standard(9))?.arguments(0x0810).first)
    guard case .procedure = procedure.kind else { throw Wrong() }
    struct Wrong: Error {}
  }

  @Test func anyArgumentOfAnyEventIsRead() {
    for code in 0..<UInt16(112) {
      guard let event = Event.event(EventID(code: code)) else { continue }
      for argument in stride(from: 0, through: UInt16.max, by: 51) {
        for part in event.arguments(argument) {
          if case .flag = part.kind, part.value != 1 { Issue.record("\(code): \(argument)") }
          if !(0...0xFFFF).contains(part.value) { Issue.record("\(code): \(argument)") }
        }
      }
    }
  }
}
