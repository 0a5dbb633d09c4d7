// SPDX-License-Identifier: Apache-2.0
import C1219

/// Every table that is declared, in the order of the numbers; ``namedOnly`` has those that are not. Who needs one table
/// names that one, so that an Embedded program links no other.
public enum Catalogue {
  public static let tables: [Table] = [
    .bt00,
    .bt01,
    .bt03,
    .bt04,
    .bt07,
    .bt08,
    .bt15,
    .bt20,
    .bt21,
    .bt22,
    .bt23,
    .bt24,
    .bt25,
    .bt26,
    .bt27,
    .bt28,
    .bt30,
    .bt33,
    .bt50,
    .bt52,
    .bt53,
    .bt54,
    .bt55,
    .bt60,
    .bt61,
    .bt62,
    .bt63,
    .bt64,
    .bt65,
    .bt66,
    .bt67,
    .bt70,
    .bt71,
    .bt74,
    .et03,
    .et04,
    .et09,
    .et11,
    .et13,
    .et14,
    .et15,
    .et16,
    .et21,
    .et23,
    .et29,
    .et31,
    .et34,
    .et36,
    .et41,
    .et42,
    .et45,
    .et46,
    .et47,
    .et50,
    .et51,
    .et52,
    .et53,
    .et54,
    .et55,
    .et57,
    .et58,
    .et59,
    .et61,
    .et62,
    .et66,
    .et70,
    .et71,
    .et74,
    .et75,
    .et79,
    .et80,
    .et81,
    .et85,
    .et89,
    .et90,
    .et97,
  ]

  public static func table(_ id: TableID) -> Table? { tables.first { $0.id == id } }

  /// Whether fields of this table shape other tables.
  public static func shapesOthers(_ id: TableID) -> Bool { shaping.contains(id) }

  private static let shaping: [TableID] = {
    var found: [TableID] = []
    for table in tables {
      table.visitReferences { reference in
        if let other = reference.table, !found.contains(other.id) { found.append(other.id) }
      }
    }
    return found
  }()

  /// Every procedure that the guide speaks of, in the order of the numbers.
  public static let procedures: [Procedure] = (Procedure.namedOnly + [.ep16, .ep17, .ep19, .ep39, .ep61])
    .sorted { $0.id < $1.id }

  public static func procedure(_ id: ProcedureID) -> Procedure? { procedures.first { $0.id == id } }
}
