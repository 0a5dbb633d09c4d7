// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import MEPGateway

struct ConfigPassword: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "password",
    abstract: "Makes the line by which the gateway knows a password, or a token.",
    discussion: """
      Asks for it twice, or reads a line of standard input. The line goes into the
      file of web: password_file: in the configuration, and opens nothing itself.
        mep config password >> /etc/mep/web.passwords
      """)

  func run() throws {
    Output.line(PasswordFile.line(for: try Self.isTerminal ? Self.asked() : Self.given()))
  }

  private static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Fewer can be tried through.
  private static let shortest = 8

  private static func asked() throws -> String {
    func ask(_ words: String) throws -> String {
      guard let text = getpass(words) else { throw Failure(.other, "There is no terminal to ask at.") }
      // The next question uses the same memory.
      return String(cString: text)
    }
    let password = try checked(try ask("Password: "))
    guard try ask("Once more: ") == password else { throw Failure(.wrongUse, "These are two: try again.") }
    return password
  }

  private static func given() throws -> String { try checked(readLine(strippingNewline: true) ?? "") }

  private static func checked(_ password: String) throws -> String {
    guard password.count >= shortest else {
      throw Failure(.wrongUse, "A password takes \(shortest) characters or more.")
    }
    return password
  }
}
