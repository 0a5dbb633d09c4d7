// SPDX-License-Identifier: Apache-2.0

/// A place where the guide is wrong, imprecise, or says it otherwise than the declarations: what it prints and what holds.
struct Erratum {
  let table: String
  /// The printed name, and which of the rows of that name is meant.
  let row: String
  var nth = 0
  /// What is printed, so that an entry cannot outlive a change of the fixture.
  var printed: (type: String?, offset: String?)
  var name: String?
  var type: String??
  var offset: String?
  var vci: String?
  let why: String

  /// The name of rows that describe no octets of their own.
  static let dropped = "(dropped)"

  struct Stale: Error { let erratum: Erratum }

  func index(in rows: [PrintedRow]) throws -> Int? {
    let found = rows.indices.filter { rows[$0].name == row }
    guard found.indices.contains(nth) else { throw Stale(erratum: self) }
    let i = found[nth]
    guard rows[i].type == printed.type, rows[i].offset == printed.offset else { throw Stale(erratum: self) }
    return i
  }

  func correct(_ row: inout PrintedRow) {
    if let name { row.name = name }
    if let type { row.type = type }
    if let offset { row.offset = offset }
    if let vci { row.vci = vci }
  }
}
