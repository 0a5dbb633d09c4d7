// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import Glibc
import MEP
import MEPClient
import MEPTransport

/// The exit codes: a promise to scripts. What is interrupted ends with 128 and the signal's number, as shells have it.
enum Exit: Int32 {
  case done = 0
  case other = 1
  case wrongUse = 2
  case noAnswer = 3
  case keyNotAccepted = 4
  case refused = 5
  case brokenProtocol = 6

  /// Says what went wrong on standard error and ends the program.
  ///
  /// - Parameter unknown: the code of an error that is none of ours.
  static func now(_ error: any Error, unknown: Exit = .other) -> Never { Glibc.exit(say(error, unknown: unknown)) }

  /// Says what went wrong on standard error; the exit code of it.
  static func say(_ error: any Error, unknown: Exit = .other) -> Int32 {
    switch error {
    case let exit as ExitCode: return exit.rawValue
    case let failure as Failure:
      complain(failure.description)
      return failure.code.rawValue
    case let error as MeterError:
      complain(error.description)
      return code(of: error).rawValue
    case let error as LinkError: return say(MeterError.link(error))
    case let error as LayoutError: return say(MeterError.layout(error))
    default: break
    }
    // What the argument parser throws: a request for help, or wrong use.
    let message = MEPTool.fullMessage(for: error)
    switch MEPTool.exitCode(for: error) {
    case .success:
      Output.line(message)
      return Exit.done.rawValue
    case let code:
      complain(String(message.trimmingPrefix("Error: ")))
      return (code == .validationFailure ? Exit.wrongUse : unknown).rawValue
    }
  }

  /// One sentence on standard error.
  static func complain(_ text: String) { _ = Output.put("mep: \(text)\n", on: STDERR_FILENO) }

  static func code(of error: MeterError) -> Exit {
    switch error {
    case .link(.closed): .noAnswer
    case .link: .other
    case .exchange(let error, _):
      switch error.reason {
      case .noAnswer, .echo: .noAnswer
      case .keyNotAccepted, .identityNotAccepted: .keyNotAccepted
      case .requestTooLong: .wrongUse
      case .noTLS: .refused
      case .digest, .malformed, .sequenceNumber, .tls: .brokenProtocol
      }
    case .procedure(let answer) where answer.result == 1: .other
    case .refused, .procedure, .device(.noHandle), .device(.notRemoved), .transaction(.locked), .transaction(.denied):
      .refused
    case .transaction(.refused), .parameters: .wrongUse
    case .transaction(.answer), .device(.foreignHandle): .brokenProtocol
    case .loadProfile(.absent): .wrongUse
    case .layout, .short, .inconsistent, .notUnderstood, .loadProfile: .brokenProtocol
    case .noSuchField, .notAllowed, .severalFields, .badValue, .message, .unproven: .wrongUse
    case .unsettled, .outdated, .outcomeUnknown, .notKept, .worn, .uncounted, .forgetful, .device,
      .transaction:
      .other
    case .hasSpokenTLS: .refused
    case .unfinished(let change): code(of: change.reason)
    }
  }
}

/// A failure of the program's own, with its sentence and its exit code.
struct Failure: Error, CustomStringConvertible {
  let code: Exit
  let description: String

  init(_ code: Exit, _ description: String) {
    self.code = code
    self.description = description
  }
}
