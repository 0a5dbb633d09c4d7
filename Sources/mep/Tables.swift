// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import OSGPTables

struct Tables: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Lists the tables that can be decoded.")

  @Flag(help: "One JSON array.")
  var json = false

  func run() throws {
    if json {
      Output.line(JSON.array(Catalogue.tables.map(\.summary)))
      return
    }
    Output.line("table  number  read        write       NVM          guide  name")
    for table in Catalogue.tables {
      Output.line(
        "\("\(table.id)".padded(to: 5))  \("\(table.id.number)".padded(to: 6, right: true))  "
          + "\(table.read.words.description.padded(to: 10))  \(table.write.words.description.padded(to: 10))  "
          + "\(table.memory.words.padded(to: 11))  p. \("\(table.page)".padded(to: 3))  \(table.name.description)")
    }
  }
}

extension Table {
  fileprivate var summary: JSON {
    .object([
      ("table", .string("\(id)")), ("id", .integer(Int64(id.number))), ("name", .string(name.description)),
      ("read", .string(read.words.description)), ("write", .string(write.words.description)),
      ("nvm", .string(memory.words)), ("guide_page", .integer(Int64(page))),
    ])
  }
}

extension Table.NonVolatileMemory {
  /// "read, write".
  var words: String {
    [contains(.read) ? "read" : nil, contains(.write) ? "write" : nil].compactMap { $0 }.joined(separator: ", ")
  }
}
