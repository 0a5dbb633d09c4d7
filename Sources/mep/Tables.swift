// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import OSGPTables

struct Tables: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the tables that can be decoded, and those that the guide names only.")

  @Flag(help: "One JSON array.")
  var json = false

  func run() throws {
    if json {
      Output.line(JSON.array((Catalogue.tables + Catalogue.namedOnly).map(\.published)))
      return
    }
    Output.line("table  number  read        write       NVM          guide  name")
    for table in Catalogue.tables { Output.line(table.row) }
    Output.line("\nThe guide names these and does not describe them: they can be read as octets only.")
    for table in Catalogue.namedOnly { Output.line(table.row) }
  }
}

extension Table {
  fileprivate var row: String {
    let number = "\(id.number)".padded(to: 6, right: true)
    let access = "\(read.words.description.padded(to: 10))  \(write.words.description.padded(to: 10))"
    return
      "\("\(id)".padded(to: 5))  \(number)  \(access)  \(memory.words.padded(to: 11))  \(source)  \(name.description)"
      .trimmed
  }

  /// The page; "o." marks the Optical Port Programmer's Guide.
  private var source: String { (guide == .mep ? "p. " : "o. ") + "\(page)".padded(to: 3) }
}
