// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEP
import MEPClient
import MEPSimulator

/// The flags of the commands that decode what others have said.
struct TranscriptOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Lay tables out as this simulated meter has them: " + Profile.all.map(\.name).joined(separator: ", ") + ".",
      valueName: "profile"))
  var assume: String?

  @Option(
    help: ArgumentHelp("The meter's key, in a file that only you can read. Or set MEP_KEY_FILE.", valueName: "path"))
  var keyFile: String?

  @Flag(help: "One JSON object a frame, a line each.")
  var json = false

  func key() throws -> AccessKey? { try Key.file(keyFile).map { try Key.read($0) } }

  func dimensions() throws -> Dimensions { try assume.map { try Profile.required($0).dimensions } ?? Dimensions() }
}
