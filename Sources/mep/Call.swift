// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables

struct Call: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Calls a procedure of the meter and tells what it answers.",
    discussion: """
      Parameters are given by name, their values as in `mep write`; `mep describe
      EP17` tells them. Procedures whose parameters are not public take --octets:
        mep call EP17 action=0 device_handle=1000
        mep call EP19 --access mak transaction_number=1024 request_type=2 \\
          device_handle_group_mask_or_device_index_bitmask=1
        mep call EP18 --octets "01 00" --yes
      The public guide tells what EP16 and EP39 are for, and leaves their parameters
      out. What is sent here is a guess: this client and the simulated meter agree on
      it, and prove only each other. They take --unproven.
      What touches billing, supply, security or the clock, and what nobody has
      described, is only called with --yes. A result other than 0 ends with exit
      code 5, or 1 where the procedure is not complete.
      """)

  @Argument(help: ArgumentHelp("The procedure: EP17, bp10, 2065.", valueName: "procedure"))
  var procedure: String

  @Argument(help: ArgumentHelp("Its parameters.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(help: ArgumentHelp("Its parameters as octets, in hexadecimal; \"\" for none.", valueName: "hex"))
  var octets: String?

  @Flag(help: "Call EP16 or EP39, whose parameters are a guess.")
  var unproven = false

  @Flag(help: "Call what touches billing, supply, security or the clock, too.")
  var yes = false

  @Flag(help: "Say what would be called, and call nothing.")
  var dryRun = false

  @Flag(help: "JSON: one object.")
  var json = false

  @OptionGroup var options: WriteOptions

  func validate() throws { _ = try call() }

  func run() async throws {
    let call = try call()
    try Consequence.confirm(call.consequences, of: "Calling \(call.id)", yes: yes || dryRun)
    if dryRun {
      let octets = call.parameters.isEmpty ? "no parameters" : Hex.text(call.parameters, separator: " ")
      return Output.line("Would call \(call.title): \(octets).")
    }
    try await options.change { meter in
      let answer = try await meter.call(procedure: call.id.number, parameters: call.parameters)
      if json {
        Output.line(JSON.object(call.members(answer) + [("called_at", .string(Clock.now()))]))
      } else {
        Output.line(call.lines(answer).joined(separator: "\n"))
      }
      if answer.result != 0 { throw MeterError.procedure(answer) }
    }
  }

  private func call() throws -> TypedCall {
    try TypedCall(procedure, parameters, octets: octets, unproven: unproven)
  }
}
