// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

enum Transactions {
  static let ep17: UInt16 = 0x0811
  static let registered = "mep_inbound_configuration[0].mep_device_registered"

  /// Registers the client, reads that, removes it by EP17, and reads that: a step of each kind.
  static let registration: [TransactionStep] = [
    .octets(of: .basic(1), 0..<4), .write(.extended(50), offset: 30, [1]), .read(.et50, paths: [registered]),
    .call(procedure: ep17, parameters: [0, 0xFF, 0xFF]), .read(.et50, paths: [registered]),
  ]
  static let registrationAnswers = [
    "octets 454c4f4e", "written", "fields 1", "called EP17 0", "fields 0",
  ]

  /// Its request takes two messages.
  static let long: [TransactionStep] = [.call(procedure: 0x0827, parameters: [UInt8](repeating: 9, count: 500))]
}

extension Meter {
  /// A client that looks again at once, and gives up after so many milliseconds.
  init(
    hasty link: any Link, key: AccessKey = advancedKey, timers: Timers = .patient, patience milliseconds: Int64 = 10_000
  ) async {
    self.init(at: link, key: key, timers: timers)
    var patience = Patience()
    (patience.transaction, patience.lock) = (.milliseconds(milliseconds), .milliseconds(milliseconds))
    patience.pause = .milliseconds(5)
    set(patience: patience)
  }

  /// What comes of each step, or the error that is one for all.
  func words(_ steps: [TransactionStep]) async -> [String] {
    do throws(MeterError) { return try await carryOut(steps).map(\.words) } catch { return [error.words] }
  }
}

/// Expects of a transaction what ``Meter/words(_:)`` tells.
func expect(
  _ meter: Meter, _ steps: [TransactionStep], _ wanted: [String], _ comment: Comment? = nil,
  at location: SourceLocation = #_sourceLocation
) async {
  let words = await meter.words(steps)
  #expect(words == wanted, comment, sourceLocation: location)
}

extension TransactionAnswer {
  /// What matters of it.
  var words: String {
    switch self {
    case .table(let decoded): "table \(Hex.text(decoded.octets))"
    case .fields(let selection): "fields " + selection.integers.map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ")
    case .octets(let octets): "octets \(Hex.text(octets))"
    case .written: "written"
    case .called(let answer): "called \(ProcedureID(number: answer.number)) \(answer.result)"
    case .failed(let error): "failed: \(error.words)"
    }
  }
}

/// A meter that carries no transaction out: ET53 holds what a test makes of the requests.
actor Forger: RequestHandler {
  private let base: any RequestHandler
  private let forge: @Sendable (_ requests: Transaction, _ look: Int) -> Transaction
  private var written = [UInt8](repeating: 0, count: 896)
  /// Reads of the first octets of ET53 since the last write of ET52.
  private var looks = 0

  init(_ base: any RequestHandler, _ forge: @escaping @Sendable (Transaction, Int) -> Transaction) {
    (self.base, self.forge) = (base, forge)
  }

  func answer(_ accepted: ServerConnection.Accepted) async -> Response {
    switch try? Request(body: accepted.body) {
    case .writePart(.extended(52), let offset, let octets):
      written.replaceSubrange(Int(offset)..<Int(offset) + octets.count, with: octets)
      looks = 0
      return .done
    case .readPart(.extended(52), let offset, let length):
      return .data(Array(written[Int(offset)...].prefix(Int(length))))
    case .readPart(.extended(53), let offset, let length):
      if (offset, length) == (0, 5) { looks += 1 }
      let octets = (try? Transaction(octets: written)).map { forge($0, looks).octets } ?? []
      return .data(Array((octets + [UInt8](repeating: 0, count: 1785))[Int(offset)...].prefix(Int(length))))
    default: return await base.answer(accepted)
    }
  }

  func status() async -> PortStatus { await base.status() }
}

extension Wire {
  /// The parts in which ET52 was written, repeats included.
  var transactionWrites: [(offset: Int, octets: [UInt8])] {
    requests.compactMap {
      guard case .writePart(.extended(52), let offset, let octets) = $0 else { return nil }
      return (Int(offset), octets)
    }
  }
}
