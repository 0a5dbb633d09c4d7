// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP
import MEPTransport
import Testing

@Suite struct KeyFileTests {
  let folder = TemporaryFolder()

  private static let ascii = Array("0123456789ABCDEF".utf8)
  private static let octets: [UInt8] = (0..<16).map { $0 * 17 }
  private static let digits = "00112233445566778899aAbBcCdDeEfF"

  @Test(arguments: [
    ("0123456789ABCDEF", ascii),
    ("0123456789ABCDEFGH", ascii),
    ("0123456789ABCDEF0123", ascii),
    ("0123456789ABCDEF\n", ascii),
    ("0123456789ABCDEF \t\r\n\r\n", ascii),
    ("\u{feff}0123456789ABCDEF\r\n", ascii),
    (digits, octets),
    (digits + "\n", octets),
    ("\u{feff}" + digits + "00000000\n", octets),
  ])
  func keysAreRead(content: String, key: [UInt8]) throws {
    for mode: mode_t in [0o600, 0o400] {
      let read = try KeyFile.read(folder.write("key", content, mode: mode))
      #expect(read.withOctets { Array($0) } == key)
    }
  }

  private static let bad: [(content: String, error: @Sendable (String) -> KeyFileError)] = [
    ("", { .empty(path: $0) }),
    (" \r\n", { .empty(path: $0) }),
    ("\u{feff}\n", { .empty(path: $0) }),
    ("SECRETSECRETSEC", { .tooShort(path: $0) }),
    ("SECRETSECRETSECRETSEC", { .betweenForms(path: $0) }),
    ("SECRETSECRETSECRETSECRETSECRETSE", { .notHexadecimal(path: $0, count: 32) }),
    (digits + "SECRETSE", { .notHexadecimal(path: $0, count: 40) }),
    ("SECRETSECRETSECRETSECRETSECRETSECRET", { .tooLong(path: $0) }),
    (String(repeating: "SECRET", count: 300), { .tooLong(path: $0) }),
    ("SECRETSECRETSECRé", { .notASCII(path: $0) }),
    ("SECRETSE\nSECRETSE", { .notASCII(path: $0) }),
  ]

  @Test(arguments: bad)
  func badContentIsNamedButNotShown(content: String, error: @Sendable (String) -> KeyFileError) {
    let path = folder.write("key", content)
    #expect(throws: error(path)) { try KeyFile.read(path) }
    #expect(!error(path).description.contains("SECRET"))
    #expect(error(path).description.contains(path))
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o777]) func aFileForOthersIsRefused(mode: mode_t) {
    let path = folder.write("the key's", "0123456789ABCDEF", mode: mode)
    #expect(throws: KeyFileError.tooOpen(path: path)) { try KeyFile.read(path) }
    #expect(KeyFileError.tooOpen(path: path).description.contains("`chmod 600 '\(folder.path)/the key'\\''s'`"))
    #expect(KeyFileError.tooOpen(path: "/etc/key").description.contains("`chmod 600 /etc/key`"))
  }

  @Test func whatIsNoFileIsNamed() {
    let missing = "\(folder.path)/none"
    #expect(throws: KeyFileError.missing(path: missing)) { try KeyFile.read(missing) }
    #expect(throws: KeyFileError.isDirectory(path: folder.path)) { try KeyFile.read(folder.path) }
    let pipe = "\(folder.path)/pipe"
    mkfifo(pipe, 0o600)
    #expect(throws: KeyFileError.notAFile(path: pipe)) { try KeyFile.read(pipe) }
  }

  /// Given back at its end: the crash report of the tests needs it.
  @Test func noDumpIsLeft() throws {
    let prctl = unsafeBitCast(
      try #require(dlsym(nil, "prctl")), to: (@convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32).self)
    let (asks, sets) = (Int32(3), Int32(4))
    #expect(prctl(asks, 0, 0, 0, 0) == 1)
    KeyFile.keepOutOfDumps()
    #expect(prctl(asks, 0, 0, 0, 0) == 0)
    #expect(prctl(sets, 1, 0, 0, 0) == 0)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything")) func anUnreadableFileIsNamed() {
    let path = folder.write("key", "0123456789ABCDEF", mode: 0)
    #expect(throws: KeyFileError.unreadable(path: path, reason: "Permission denied")) { try KeyFile.read(path) }
  }
}
