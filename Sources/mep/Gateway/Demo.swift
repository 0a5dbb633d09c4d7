// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Logging
import MEPGateway

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The gateway with a simulated meter: no meter and no key needed.",
    discussion: """
      Some days lie behind the meter, which the gateway fills in from its load
      profile. Nothing of it is kept: Ctrl-C ends both.
        mep demo
        mep demo --profile gen4 --days 90
      """)

  @Option(help: ArgumentHelp("The meter's profile: see `mep simulate --help`.", valueName: "name"))
  var profile = "gen3"

  @Option(help: ArgumentHelp("How many days lie behind it.", valueName: "number"))
  var days = 7

  @Option(help: ArgumentHelp("The port at which it answers over HTTP; 0 for any that is free.", valueName: "port"))
  var web = "8337"

  func run() async throws {
    let serve = try Serve.parse(["--meter", "sim:\(profile)?days=\(days)", "--web", web])
    Output.line(
      """
      The meter lives through \(days) days first, which takes a moment. Then, elsewhere:
        mep watch --meter gateway:
        curl http://127.0.0.1:\(web)/api/v1/meters/meter/values
        curl http://127.0.0.1:\(web)/api/v1/meters/meter/history?by=day
      Ctrl-C ends it, and nothing of it stays.

      """)
    try await serve.run()
  }
}
