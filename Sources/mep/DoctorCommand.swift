// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import MEPClient
import MEPTransport

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Finds out, from the cable to the key, why a meter cannot be read.",
    discussion: """
      Each step tells what was seen; a fault also what is likely behind it and what
      to do next. Nothing is written to the meter. It takes up to a minute, and as
      much again where the port is silent and other rates are tried.
        mep doctor --meter 'serial:/dev/ttyUSB0?enable=rts' --key-file mbk
      """)

  @Flag(help: "One JSON object.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write the findings to a new file, to send to whoever helps: no key, no digest, no serial number, no path and no host is in it.",
      valueName: "file"))
  var save: String?

  @OptionGroup var options: MeterOptions

  func run() async throws {
    let sources = try options.sources()
    let source = sources[0]
    if case .gateway = source.address {
      throw Failure(
        .wrongUse, "The doctor examines the line itself: end the gateway first, and give the line's address.")
    }
    let patient = try source.patient(others: sources.dropFirst().map(\.key))
    let (json, save, log) = (json, save, source.log)
    if let save, access(save, F_OK) == 0 {
      throw Failure(
        .wrongUse, "\(save) is there already, and a report is not written over another file: name a new one.")
    }
    try await Interrupt.run {
      let progress = Progress("mep doctor")
      let doctor = Doctor(patient, log: log, progress: { progress.say($0) }) { finding in
        progress.end()
        if !json { Output.line(finding.lines.joined(separator: "\n")) }
      }
      let findings = try await doctor.examine()
      progress.end()
      if json {
        Output.line(JSON.object(Self.members(of: findings, source)))
      } else {
        Output.line("\n" + Self.conclusion(of: findings))
      }
      let report = JSON.object(Self.members(of: findings, source, forOthers: true))
      if let save, let failure = Files.replace(save, with: "\(report)\n") {
        throw Failure(.other, "\(save) cannot be written: \(String(cString: strerror(failure))).")
      }
      if let ailment = await doctor.ailment { throw ExitCode(ailment.exit.rawValue) }
    }
  }

  private static func conclusion(of findings: [Finding]) -> String {
    let faults = findings.compactMap(\.ailment)
    guard let first = faults.first else { return "Nothing is wrong between this program and the meter." }
    return (faults.count == 1 ? "One fault. Next: " : "\(faults.count) faults. First: ") + first.mend
  }

  /// - Parameter forOthers: leaves out what only its owner should know: paths and hosts.
  private static func members(
    of findings: [Finding], _ source: MeterSource, forOthers: Bool = false
  ) -> [(String, JSON)] {
    let scheme = source.address.description.prefix { $0 != ":" }
    return [
      ("program", .string("mep \(MEPTool.version)")), ("examined_at", .string(Clock.now())),
      ("line", .string(String(scheme))),
      ("security", .string(source.security.rawValue)),
      ("ailment", findings.lazy.compactMap(\.ailment).first.map { .string($0.name) } ?? .null),
      ("findings", .array(findings.map { $0.json(forOthers: forOthers) })),
    ]
  }
}

extension Finding {
  fileprivate var lines: [String] {
    let lead = verdict.rawValue.padded(to: 7) + step.rawValue.padded(to: 9)
    let blank = String(repeating: " ", count: 7)
    return [lead + seen]
      + (ailment.map { [blank + "cause".padded(to: 9) + $0.cause, blank + "next".padded(to: 9) + $0.mend] } ?? [])
  }

  /// - Parameter forOthers: leaves out what only its owner should know: paths and hosts.
  func json(forOthers: Bool = false) -> JSON {
    var isOwners = false
    switch ailment {
    case .port, .other: isOwners = true
    default: break
    }
    return .object([
      ("step", .string(step.rawValue)), ("verdict", .string(verdict.rawValue)), ("seen", .string(seen)),
      ("ailment", ailment.map { .string($0.name) } ?? .null), ("cause", ailment.map { .string($0.cause) } ?? .null),
      ("next", forOthers && isOwners ? .null : ailment.map { .string($0.mend) } ?? .null),
    ])
  }
}

extension Ailment {
  /// As a command that meets it would end.
  fileprivate var exit: Exit {
    switch self {
    case .port(let error): Exit.code(of: .link(error))
    case .silence, .unheard, .echo, .rate, .weakEnable, .opticalSession: .noAnswer
    case .wrongKey, .keyForm, .level: .keyNotAccepted
    case .needsTLS, .noTLS, .noLongerTLS, .refused: .refused
    case .noise, .loss, .otherClient, .brokenTLS: .brokenProtocol
    case .other(let error): Exit.code(of: error)
    }
  }
}
