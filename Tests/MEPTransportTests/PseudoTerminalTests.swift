// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEPTransport
import Testing

@Suite struct PseudoTerminalTests {
  let folder = TemporaryFolder()

  private func target(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  @Test(.timeLimit(.minutes(1))) func theLinkLeadsToThePortAndGoesWithIt() async throws {
    let name = "\(folder.path)/meter"
    let terminal = try PseudoTerminal(symlink: name)
    #expect(target(name) == terminal.path)
    let port = try SerialLink.open(name, baud: 115_200)
    try await port.send([1])
    #expect(try await collect(1, from: terminal.link) == [1])
    terminal.close()
    terminal.close()
    #expect(access(name, F_OK) != 0)
  }

  @Test(arguments: ["/dev/pts/99999", "/nowhere", "/dev/pts/ptmx"]) func aStaleLinkIsReplaced(old: String) throws {
    folder.link("meter", to: old)
    let terminal = try PseudoTerminal(symlink: "\(folder.path)/meter")
    #expect(target("\(folder.path)/meter") == terminal.path)
  }

  @Test func whatIsNotOursIsLeftAlone() throws {
    let file = folder.write("file", "mine")
    folder.link("link", to: file)
    for path in [file, "\(folder.path)/link", folder.path] {
      #expect(throws: LinkError.notReplaced(path: path)) { try PseudoTerminal(symlink: path) }
      #expect(access(path, F_OK) == 0)
    }
  }

  @Test func aNameThatAnotherTookOverStays() throws {
    let name = "\(folder.path)/meter"
    let old = try PseudoTerminal(symlink: name)
    let new = try PseudoTerminal(symlink: name)
    old.close()
    #expect(target(name) == new.path)
  }
}

extension PseudoTerminalTests {
  /// As on a real line, where both have to have the same.
  @Test(.timeLimit(.minutes(1))) func anotherRateIsGarbage() async throws {
    let terminal = try PseudoTerminal()
    let far = terminal.link(at: 19_200)
    for (baud, isHeard) in [(9600, false), (19_200, true)] {
      let port = try SerialLink.open(terminal.path, baud: baud)
      try await port.send([0, 0, 1, 2])
      #expect((try await collect(4, from: far) == [0, 0, 1, 2]) == isHeard)
      try await far.send([0, 0, 3])
      let heard = try await collect(3, from: port)
      #expect((heard == [0, 0, 3]) == isHeard && (isHeard || !heard.contains(0)))
      port.close()
    }
    terminal.close()
  }
}
