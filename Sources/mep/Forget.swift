// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPClient

struct Forget: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Forgets that a meter has spoken TLS, so that it may be asked without.",
    discussion: """
      A meter that has spoken TLS once is never asked without it again, unless you say
      so here, or say --security digest: whoever answers in its place could else talk
      this program out of it. Without a name it lists what is remembered.
        mep forget
        mep forget 12345678
        mep forget serial:/dev/ttyUSB0
      """)

  @Argument(help: ArgumentHelp("The meter's utility serial number, or its address.", valueName: "meter"))
  var name: String?

  @Flag(help: "JSON: one object a line.")
  var json = false

  func run() throws {
    let memory = TLSMemory(folder: State.folder)
    let entries: [TLSMemory.Entry]
    do throws(StateProblem) { entries = if let name { try memory.forget(name) } else { try memory.entries() } } catch {
      throw MeterError.forgetful(error)
    }
    if entries.isEmpty, let name {
      throw Failure(
        .wrongUse, "Nothing is remembered of \(name): `mep forget` lists the meters that have spoken TLS.")
    }
    if entries.isEmpty, !json { Output.line("No meter is known to have spoken TLS.") }
    for entry in entries { show(entry) }
  }

  private func show(_ entry: TLSMemory.Entry) {
    guard json else {
      return Output.line("Meter \(entry.meter), MEP port \(entry.port), at \(entry.address)")
    }
    let members: [(String, JSON)] = [
      ("meter", .string(entry.meter)), ("port", .integer(Int64(entry.port))), ("address", .string(entry.address)),
    ]
    Output.line(JSON.object(members))
  }
}
