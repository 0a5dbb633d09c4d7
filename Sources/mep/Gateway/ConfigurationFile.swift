// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Glibc
import MEPGateway
import MEPTransport

/// Where a gateway's configuration is.
struct ConfigurationFile: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configuration file. Else the one of MEP_CONFIG, ~/.config/mep/mep.yaml or /etc/mep/mep.yaml. The environment goes "
        + "before it: MEP_MQTT_HOST before mqtt: host:.",
      valueName: "file"))
  var config: String?

  /// Reads it, and says all that is wrong with it.
  func read() throws -> Configuration {
    let path = try path()
    guard let text = path.map(Files.text) ?? "" else {
      throw Failure(.wrongUse, "\(path ?? "") cannot be read: \(String(cString: strerror(errno))).")
    }
    do throws(ConfigurationFlaws) {
      return try Configuration(
        text, file: path ?? Self.nowhere, folder: State.folder, environment: ProcessInfo.processInfo.environment)
    } catch { throw Failure(.wrongUse, error.description) }
  }

  /// Where a configuration is that has no file.
  static let nowhere = "the environment"

  /// Nil where the environment says all.
  func path() throws -> String? {
    if let path = config ?? environment("MEP_CONFIG") { return path }
    let home = environment("XDG_CONFIG_HOME") ?? environment("HOME").map { $0 + "/.config" }
    let paths = [home.map { $0 + "/mep/mep.yaml" }, "/etc/mep/mep.yaml"].compactMap { $0 }
    if let path = paths.first(where: { access($0, F_OK) == 0 }) { return path }
    if environment("MEP_METERS_0_ADDRESS") != nil { return nil }
    throw Failure(
      .wrongUse,
      "Which meters? There is no \(paths.joined(separator: " and no ")): give --config, or --meter for one meter.")
  }
}

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "What the gateway goes by.",
    subcommands: [ConfigCheck.self, ConfigExample.self, ConfigPassword.self])
}

struct ConfigCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Says all that is wrong with the configuration, line by line; touches no meter.")

  @OptionGroup var file: ConfigurationFile

  func run() throws {
    let configuration = try file.read()
    // Keys are looked at, and not shown.
    _ = try Plan(configuration)
    let count = configuration.meters.count
    Output.line(
      "\(try file.path() ?? ConfigurationFile.nowhere) is right: \(count) \(count == 1 ? "meter" : "meters").")
  }
}
