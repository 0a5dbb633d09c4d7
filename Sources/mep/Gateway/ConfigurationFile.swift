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
    return try Self.parsed(text, path ?? Self.nowhere)
  }

  /// What a text says, or all that is wrong with it.
  static func parsed(_ text: String, _ file: String, needsMeters: Bool = true) throws -> Configuration {
    do throws(ConfigurationFlaws) {
      return try Configuration(
        text, file: file, folder: State.folder, environment: ProcessInfo.processInfo.environment,
        needsMeters: needsMeters)
    } catch { throw Failure(.wrongUse, error.description) }
  }

  /// Where a configuration is that has no file.
  static let nowhere = "the environment"

  /// Nil where the environment says all.
  func path() throws -> String? {
    if let path = existing { return path }
    if environment("MEP_METERS_0_ADDRESS") != nil { return nil }
    throw Failure(
      .wrongUse,
      "Which meters? There is no \(Self.places.joined(separator: " and no ")): give --config, or --meter for one meter."
    )
  }

  /// The one that was named, or found.
  private var existing: String? {
    config ?? environment("MEP_CONFIG") ?? Self.places.first { access($0, F_OK) == 0 }
  }

  private static var places: [String] {
    let home = environment("XDG_CONFIG_HOME") ?? environment("HOME").map { $0 + "/.config" }
    return [home.map { $0 + "/mep/mep.yaml" }, "/etc/mep/mep.yaml"].compactMap { $0 }
  }

  /// What is to be set up where no meter is named yet; nil where one is, or where nobody could be asked.
  func setUp() throws -> SetUp? {
    let path = existing
    // One that was named and is not there is a slip of the pen.
    guard let text = path.map(Files.text) ?? "" else { return nil }
    let configuration = try Self.parsed(text, path ?? Self.nowhere, needsMeters: false)
    guard configuration.meters.isEmpty, let web = configuration.web else { return nil }
    // All else that is said must be right, or the gateway could not go on with it.
    _ = try Plan(configuration)
    let place = path ?? Self.places[0]
    let isZoneSaid = NewMeter.hasZone(text) || environment("MEP_TIME_ZONE") != nil
    return SetUp(
      path: place.hasPrefix("/") ? place : "\(FileManager.default.currentDirectoryPath)/\(place)", web: web,
      zone: isZoneSaid ? configuration.zone.identifier : nil)
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
