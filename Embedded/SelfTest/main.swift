// SPDX-License-Identifier: Apache-2.0
// The pure targets at work in Embedded mode, as firmware runs them. `make embedded` builds this with them and runs it.
import C1219
import MEP
import OSGPTables

/// The C `main`: Embedded Swift has no Glibc module to take `exit` from.
@_cdecl("main") public func main() -> CInt {
  var test = SelfTest()
  test.digest()
  test.exchange(encrypted: false)
  test.exchange(encrypted: true)
  test.tables()
  test.views()
  print(test.failures == 0 ? "Embedded self test passed" : "Embedded self test failed")
  return test.failures == 0 ? 0 : 1
}

private struct SelfTest {
  var failures: CInt = 0

  /// Static strings only: a comparison of Strings does not link.
  mutating func check(_ holds: Bool, _ name: StaticString) {
    if holds { return }
    failures += 1
    print("failed: ", terminator: "")
    print(name)
  }

  /// The first request of the guide's RC4 Example 1.
  mutating func digest() {
    let sealed = Exchange.seal(
      .readPart(.basic(23), offset: 0, length: 44), sequence: 0x0102_0304, key: AccessKey(dummy: 1))
    check(
      sealed.frame == [
        0x00, 0x14, 0x3F, 0x00, 0x17, 0x00, 0x00, 0x00, 0x00, 0x2C, 0x01, 0x02, 0x03, 0x04,
        0x74, 0x86, 0x1F, 0x6D, 0x76, 0x58, 0xDD, 0x56,
      ], "the guide's request")
  }

  /// A client that does not know the number, a server that tells it, an answer.
  mutating func exchange(encrypted: Bool) {
    let key = AccessKey(dummy: 1)
    var client = ClientConnection(key: key, firstSequence: 1, encrypted: encrypted)
    var server = ServerConnection(basic: key, advanced: AccessKey(dummy: 2), sequence: 0x7763_5B90)
    var now = Instant(microseconds: 0)
    var answer: [UInt8] = []
    client.send(.read(.basic(52), length: 100), at: now)
    for _ in 0..<200 where answer.isEmpty {
      if let frame = client.takeTransmission(at: now) {
        client.transmitted(at: now)
        server.receive(frame, at: now)
      }
      if let request = server.takeRequest() {
        check(request.level == .basic && request.security == (encrypted ? .encrypted : .digest), "the level")
        server.respond(.data([26, 11, 22, 10, 5, 9, 0]), at: now)
      }
      while let segment = server.takeTransmission(at: now) {
        server.transmitted(at: now)
        client.receive(segment, at: now)
      }
      while let event = client.takeEvent() {
        if case .finished(let outcome) = event, case .success(.data(let octets)) = outcome.result { answer = octets }
      }
      now = now + .milliseconds(10)
      client.advance(to: now)
      server.advance(to: now)
    }
    check(answer.count == 7, "an exchange")
    check(Moment(answer) == Moment(year: 2026, month: 11, day: 22, hour: 10, minute: 5, second: 9), "the clock")
  }

  /// Registers laid out by the dimension tables, named and scaled by the sources.
  mutating func tables() {
    do throws(LayoutError) {
      var dimensions = Dimensions(firmware: FirmwareVersion(3, 84, 6))
      try dimensions.learn(.bt21, [0x03, 0x0C, 12, 2, 0, 0, 0, 0, 0, 2])
      try dimensions.learn(.bt27, [8, 15])
      let layout = try Table.bt28.layout(in: dimensions)
      let image: [UInt8] = [0xAF, 0x01, 0, 0, 0xDB, 0x7B, 0x03, 0]
      check(layout.octets == 8 && layout.places.count == 2, "the layout of BT28")
      check(layout.places[0].integer(in: image) == 431, "a power")
      let voltage = layout.places[1]
      check(voltage.quantity.value(of: voltage.integer(in: image) ?? 0) == Decimal(228_315, exponent: -3), "a voltage")
      check(voltage.source?.number == 15 && voltage.quantity.unit == .volt, "its source")
      check(layout.encode(Decoded(layout: layout, octets: image).values) == image, "encoding")
    } catch {
      check(false, "a layout")
    }
  }

  /// Self-reads, the newest of two in front.
  mutating func views() {
    do throws(LayoutError) {
      var dimensions = Dimensions()
      try dimensions.learn(.bt21, [0x03, 0x0C, 2, 1, 0, 0, 0, 0, 0, 0])
      try dimensions.learn(.bt22, [0])
      let image: [UInt8] =
        [6, 2, 0, 9, 0, 1] + [26, 11, 22, 0, 0, 1, 48, 0, 0, 0] + [26, 11, 21, 0, 0, 1, 32, 0, 0, 0]
      let history = RegisterHistory(Decoded(layout: try Table.bt26.layout(in: dimensions), octets: image))
      check(history?.entries.count == 2, "self-reads")
      check(history?.entries.last?.snapshot.time == Moment(year: 2026, month: 11, day: 22), "the newest")
      check(
        history?.entries.first?.snapshot.registers.total.summation(of: 0)?.value == Decimal(32),
        "the energy of the oldest")
    } catch {
      check(false, "a layout of self-reads")
    }
  }
}
