// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Logging
import MEPTransport

/// The program: what a person types. Each command parses its arguments and makes one call into the library.
@main
struct MEPTool: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "mep",
    abstract: "Reads Echelon/NES (OSGP) electricity meters through their MEP port.",
    discussion: """
      A meter is given by --meter, or in MEP_METER:
        serial:/dev/ttyUSB0?baud=9600&enable=rts
                          a serial port; enable (rts, dtr or none) is the line
                          that is wired to the ENABLE pin of the meter's port
        tcp://host:port   a serial bridge on the network
        gateway:house     one that `mep serve` reads on this computer
        sim:gen3          a simulated meter: no key and no cable needed
      Its key is in a file, given by --key-file, or in MEP_KEY_FILE; it never
      stands on the command line.

      Exit codes: 0 done, 1 other, 2 wrong use, 3 no answer on the line,
      4 key not accepted, 5 the meter refused, 6 the answer broke the protocol,
      128 and the signal's number: interrupted.

      Try: mep info --meter sim:gen3
      """,
    version: version,
    subcommands: [
      Info.self,
      Read.self,
      DoctorCommand.self,
      Watch.self,
      MBus.self,
      Alerts.self,
      DeviceCommand.self,
      Display.self,
      ProfileCommand.self,
      Write.self,
      Call.self,
      TransactionCommand.self,
      Registers.self,
      History.self,
      Calendar.self,
      SettingsCommand.self,
      Events.self,
      Outages.self,
      Quality.self,
      Tables.self,
      Describe.self,
      Document.self,
      Decode.self,
      Monitor.self,
      Simulate.self,
      Serve.self,
      Demo.self,
      ConfigCommand.self,
      ExportCommand.self,
      BackupCommand.self,
      RestoreCommand.self,
      Ports.self,
      Forget.self,
    ])

  static func main() async {
    // A reader that has had enough is met as an error of the write, and ended in order.
    signal(SIGPIPE, SIG_IGN)
    KeyFile.keepOutOfDumps()
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    var command: any ParsableCommand
    do {
      try checkCommand()
      command = try parseAsRoot()
    } catch {
      Exit.now(error, unknown: .wrongUse)
    }
    do {
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch {
      Exit.now(error)
    }
  }

  /// The argument parser calls an unknown command an unexpected argument.
  private static func checkCommand() throws {
    guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"), word != "help",
      !configuration.subcommands.contains(where: { $0._commandName == word })
    else { return }
    throw Failure(.wrongUse, "There is no command \"\(word)\": `mep --help` lists them.")
  }
}
