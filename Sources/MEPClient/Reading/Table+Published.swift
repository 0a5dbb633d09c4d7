// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Table {
  /// What the guide says of it as a whole.
  package var published: JSON {
    .object([
      ("table", .string("\(id)")), ("id", .integer(Int64(id.number))),
      ("name", name.description.isEmpty ? .null : .string(name.description)),
      ("read", .string(read.words.description)), ("write", .string(write.words.description)),
      ("nvm", .string(memory.words)), ("guide", .string(guide.title.description)),
      ("guide_page", .integer(Int64(page))), ("described", .bool(isDescribed)),
    ])
  }
}

extension Table.NonVolatileMemory {
  /// "read, write".
  package var words: String {
    [contains(.read) ? "read" : nil, contains(.write) ? "write" : nil].compactMap { $0 }.joined(separator: ", ")
  }
}
