// SPDX-License-Identifier: Apache-2.0
import C1219

/// What a meter can be told to do by writing BT07, as far as it is known.
public struct Procedure: Sendable {
  public let id: ProcedureID
  /// The guide's name, for standard procedures that of ANSI C12.19; empty where there is none.
  public let name: StaticString
  /// One line of what it does.
  public let summary: StaticString
  public let source: Source
  /// Which key may call it; nil where nobody says.
  public let access: Table.Access?
  /// Whether calling it twice leaves the meter as calling it once does; nil where nobody says. A call whose answer was
  /// lost, and a step of a transaction that power may interrupt, are safe to repeat only if so.
  public let isIdempotent: Bool?
  /// What follows the sequence number in BT07.
  public let parameters: [Element]
  /// What follows the result code in the answer.
  public let answer: [Element]
  /// Result codes that it gives a meaning of its own.
  public let results: [Meaning]

  /// How it is known.
  public enum Source: Equatable, Sendable {
    /// The guide has a section on it, which begins on this page of the PDF.
    case described(page: Int)
    /// The guide tells what it is for. Its parameters are not public: those declared are a guess that no meter has proven.
    case unproven
    /// The guide names it, and no more.
    case named
  }

  init(
    _ id: ProcedureID, _ name: StaticString, _ summary: StaticString, _ source: Source, access: Table.Access? = nil,
    isIdempotent: Bool? = nil, parameters: [Element] = [], answer: [Element] = [], results: [Meaning] = []
  ) {
    self.id = id
    self.name = name
    self.summary = summary
    self.source = source
    self.access = access
    self.isIdempotent = isIdempotent
    self.parameters = parameters
    self.answer = answer
    self.results = results
  }

  public var isDescribed: Bool {
    if case .described = source { true } else { false }
  }

  /// Whether result code 1, "not complete", gives way to another one in time: only where its section says so.
  public var worksOn: Bool { results.contains { $0.value == 1 } }

  /// BT07 as a call of it has it. It describes itself: what is there can depend on the parameters before it.
  public var call: Table { .procedureCall(parameters) }

  /// BT08, ET59 or ET85 as its answer has it.
  public func response(in table: Table) -> Table {
    Table(table.id, table.name, page: table.page, responseHeader + answer)
  }

  /// What a result code means: to this procedure, or to all.
  public func words(for result: UInt8) -> StaticString { Self.words(for: result, of: self) }

  /// The guide's words for a result code, as well of a procedure that nobody has described.
  public static func words(for result: UInt8, of procedure: Procedure?) -> StaticString {
    for meaning in (procedure?.results ?? []) + procedureResults where meaning.value == result { return meaning.words }
    return "a result code that the guide does not list"
  }
}

/// Parameters of a procedure with their meanings.
public protocol ProcedureParameters: Equatable, Sendable {
  static var procedure: Procedure { get }
  /// As they stand in BT07 behind the sequence number, least significant octet first.
  var octets: [UInt8] { get }
  /// Nil where the octets end too early or mean nothing; octets behind the last parameter are ignored.
  init?(octets: [UInt8])
}

extension Table {
  /// Where the answers to a port's procedures are.
  ///
  /// - Parameters:
  ///   - port: 1 or 2, as ET70 tells.
  ///   - usesET59: what the port has chosen in ET50 ("ET59 Response"); the second one has no choice.
  public static func procedureResponse(port: Int, usesET59: Bool) -> Table {
    port == 2 ? .et85 : usesET59 ? .et59 : .bt08
  }
}
