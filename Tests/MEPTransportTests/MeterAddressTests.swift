// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import Testing

@Suite struct MeterAddressTests {
  @Test(arguments: [
    ("serial:/dev/ttyUSB0", MeterAddress.serial(path: "/dev/ttyUSB0"), "serial:/dev/ttyUSB0"),
    (
      "serial:/dev/ttyUSB0?baud=9600&enable=rts", .serial(path: "/dev/ttyUSB0", enable: .rts),
      "serial:/dev/ttyUSB0?enable=rts"
    ),
    (
      "serial:/dev/x?enable=dtr&baud=19200", .serial(path: "/dev/x", baud: 19_200, enable: .dtr),
      "serial:/dev/x?baud=19200&enable=dtr"
    ),
    ("serial:meter?enable=none", .serial(path: "meter"), "serial:meter"),
    ("tcp://meter.lan:4000", .tcp(host: "meter.lan", port: 4000), "tcp://meter.lan:4000"),
    ("tcp://[fe80::1%eth0]:1", .tcp(host: "fe80::1%eth0", port: 1), "tcp://[fe80::1%eth0]:1"),
    ("tcp://[10.0.0.1]:65535", .tcp(host: "10.0.0.1", port: 65_535), "tcp://10.0.0.1:65535"),
    ("sim:polyphase", .sim(profile: "polyphase"), "sim:polyphase"),
    ("sim:polyphase?days=30", .sim(profile: "polyphase", days: 30), "sim:polyphase?days=30"),
    ("sim:polyphase?days=0", .sim(profile: "polyphase"), "sim:polyphase"),
  ])
  func addressesReadBackAsTheSame(text: String, address: MeterAddress, plain: String) throws {
    #expect(try MeterAddress(text) == address)
    #expect(address.description == plain)
    #expect(try MeterAddress(plain) == address)
  }

  @Test(arguments: [
    ("", MeterAddressError.empty),
    ("/dev/ttyUSB0", .barePath("/dev/ttyUSB0")),
    ("meter", .noScheme("meter")),
    ("http://meter", .unknownScheme("http")),
    ("serial:", .noPath),
    ("serial:?baud=9600", .noPath),
    ("serial:/dev/x?", .unknownKey("")),
    ("serial:/dev/x?parity=even", .unknownKey("parity")),
    ("serial:/dev/x?baud=1200&baud=9600", .repeatedKey("baud")),
    ("serial:/dev/x?enable=rts&enable=dtr", .repeatedKey("enable")),
    ("serial:/dev/x?baud", .badBaud("")),
    ("serial:/dev/x?baud=+9600", .badBaud("+9600")),
    ("serial:/dev/x?baud=49", .badBaud("49")),
    ("serial:/dev/x?baud=99999999999999999999", .badBaud("99999999999999999999")),
    ("serial:/dev/x?enable=on", .badEnable("on")),
    ("tcp:host:1", .noSlashes("host:1")),
    ("tcp://host", .noPort("host")),
    ("tcp://[::1]", .noPort("[::1]")),
    ("tcp://:1", .noHost),
    ("tcp://[]:1", .noHost),
    ("tcp://::1:4000", .noBrackets("::1:4000")),
    ("tcp://host:", .badPort("")),
    ("tcp://host:0", .badPort("0")),
    ("tcp://host:65536", .badPort("65536")),
    ("tcp://host:1/x", .badPort("1/x")),
    ("sim:", .noProfile),
    ("sim:?days=7", .noProfile),
    ("sim:gen3?days=", .badDays("")),
    ("sim:gen3?days=-1", .badDays("-1")),
    ("sim:gen3?days=367", .badDays("367")),
    ("sim:gen3?days=1&days=2", .repeatedKey("days")),
    ("sim:gen3?baud=9600", .unknownSimulationKey("baud")),
  ])
  func mistakesAreNamed(text: String, error: MeterAddressError) {
    #expect(throws: error) { try MeterAddress(text) }
    #expect(error.description.hasSuffix("."))
    #expect(error.description.contains(":"))
  }

  @Test func aBarePathSuggestsTheAddress() {
    #expect(MeterAddressError.barePath("/dev/ttyUSB0").description.contains("serial:/dev/ttyUSB0"))
  }
}
