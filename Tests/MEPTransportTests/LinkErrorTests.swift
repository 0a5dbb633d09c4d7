// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import Testing

@Suite struct LinkErrorTests {
  @Test(arguments: [
    (LinkError.notFound(path: "/dev/x"), "There is no /dev/x"),
    (.noPermission(path: "/dev/x"), "`sudo usermod -aG dialout $USER`, then log in again"),
    (.inUse(path: "/dev/x", holder: PortHolder(pid: 7, name: "minicom")), "in use by minicom (process 7)"),
    (.inUse(path: "/dev/x", holder: nil), "`sudo fuser -v /dev/x`"),
    (.notASerialPort(path: "/dev/x"), "/dev/x is not a serial port"),
    (.notLinked(path: "/x/y", reason: "why"), "/x/y cannot be made (why)"),
    (.unsupportedBaud(7), "7 baud"),
    (.notListening(host: "::1", port: 4, reason: "why"), "listen on [::1]:4 (why)"),
    (.refused(host: "::1", port: 4), "[::1]:4 refused"),
    (.unresolved(host: "meter"), "meter has no address"),
    (.unreachable(host: "meter", port: 4, reason: "why"), "meter:4 cannot be reached (why)"),
    (.closed("it went away, plug it in"), "it went away, plug it in."),
    (.system(call: "open", reason: "why"), "`open` (why)"),
  ])
  func eachSaysWhatHappened(error: LinkError, part: String) {
    #expect(error.description.contains(part))
    #expect(error.description.hasSuffix("."))
  }
}
