// SPDX-License-Identifier: Apache-2.0
import C1219

/// The octets that a meter has for transactions.
public struct TransactionLimits: Equatable, Sendable {
  /// Of the request table, ET11.7: 768, since 3.50 896.
  public var requests: Int
  /// Of the response table, ET11.9: 1785.
  public var responses: Int

  public init(requests: Int, responses: Int) {
    self.requests = requests
    self.responses = responses
  }
}

/// Why requests cannot be a transaction. A step is counted from 0.
public enum TransactionRefusal: Error, Equatable, Sendable {
  case noSteps
  /// The requests take more octets than the meter has for them.
  case requestsTooLong(octets: Int)
  /// The responses would take more octets than the meter has for them.
  case responsesTooLong(octets: Int)
  /// An offset that 24 bits, or a count that 16 bits cannot hold.
  case unencodable(step: Int)
  /// A transaction in a transaction.
  case nested(step: Int)
  /// When power fails, the meter carries all steps out again; this one would then do what it must not do twice, or leave
  /// another answer to an earlier one.
  case notRepeatable(step: Int)
}

extension Transaction {
  static let requestTable = TableID.extended(52)
  static let responseTable = TableID.extended(53)
  private static let procedureTable = TableID.basic(7)
  private static let procedureResponses: [TableID] = [.basic(8), .extended(59), .extended(85)]

  /// The procedures that the guide calls not idempotent: BP05 and EP16.
  public static let notIdempotent: [UInt16] = [0x0005, 0x0810]

  /// Requests to be carried out together, in this order. Their messages are not bound to ``MessageLimit``, and the data of a
  /// procedure call not to BT00.9.
  ///
  /// - Parameter isRepeatable: whether a procedure may be called twice; by default all but the guide's examples.
  public init(
    number: UInt16, _ requests: [Request], limits: TransactionLimits,
    isRepeatable: (UInt16) -> Bool = { !notIdempotent.contains($0) }
  ) throws(TransactionRefusal) {
    guard !requests.isEmpty else { throw .noSteps }
    for (step, request) in requests.enumerated() {
      guard request.isEncodable else { throw .unencodable(step: step) }
      guard request.table != Self.requestTable, request.table != Self.responseTable else { throw .nested(step: step) }
      guard !request.isRead else { continue }
      if request.table == Self.procedureTable {
        guard let call = request.procedureCall, isRepeatable(call.number) else { throw .notRepeatable(step: step) }
      }
      for (i, earlier) in requests[..<step].enumerated() where earlier.isRead && Self.changes(request, earlier) {
        // What was read is this transaction's own doing, which it does again before it reads again.
        guard requests[..<i].contains(where: { Self.determines($0, earlier) }) else { throw .notRepeatable(step: step) }
      }
    }
    self.init(.requests, number: number, records: requests.map { $0.body })
    guard size <= limits.requests else { throw .requestsTooLong(octets: size) }
    let answered = Self.responseSize(requests)
    guard answered <= limits.responses else { throw .responsesTooLong(octets: answered) }
  }

  /// As few runs of steps, in their order, as fit a transaction each; nil when one step alone does not fit.
  ///
  /// - Parameter steps: the requests of each step; these stay together.
  public static func split(_ steps: [[Request]], limits: TransactionLimits) -> [Range<Int>]? {
    var runs: [Range<Int>] = []
    for step in steps.indices {
      if let last = runs.last, fits(Array(steps[last.lowerBound...step].joined()), limits) {
        runs[runs.count - 1] = last.lowerBound..<step + 1
      } else {
        guard fits(steps[step], limits) else { return nil }
        runs.append(step..<step + 1)
      }
    }
    return runs
  }

  /// The answers to the requests that it was made of, in their order: fewer than these when it is partial.
  public func answers(to requests: [Request]) throws(TransactionAnswerFlaw) -> [Response] {
    guard type == .responses || type == .partialResponses else { throw .notResponses(type) }
    guard isWhole, records.count <= requests.count, records.count == requests.count || type == .partialResponses
    else { throw .wrongCount }
    var answers: [Response] = []
    for (record, request) in zip(records, requests) {
      do throws(ResponseFlaw) { answers.append(try Response(body: record, to: request)) } catch {
        throw .damaged(step: answers.count, error)
      }
    }
    return answers
  }

  private static func fits(_ requests: [Request], _ limits: TransactionLimits) -> Bool {
    let size = requests.reduce(frame) { $0 + 2 + $1.body.count }
    return size <= limits.requests && responseSize(requests) <= limits.responses
  }

  /// Octets of the response table when every request is answered with all that it asks for.
  private static func responseSize(_ requests: [Request]) -> Int {
    requests.reduce(frame) { size, request in
      switch request {
      case .read(_, let length), .readPart(_, _, let length): size + 2 + 3 + Int(length)
      // 0x0C is longer than the answer to a write, but nothing in a transaction has a sequence number.
      case .write, .writePart: size + 2 + 1
      }
    }
  }

  /// Whether a write changes what a read before it has answered.
  private static func changes(_ write: Request, _ read: Request) -> Bool {
    if write.table == procedureTable, procedureResponses.contains(read.table) { return true }
    return write.table == read.table && write.octetRange.overlaps(read.octetRange)
  }

  /// Whether all that a read answers comes from a write before it.
  private static func determines(_ write: Request, _ read: Request) -> Bool {
    guard !write.isRead else { return false }
    if write.table == procedureTable { return procedureResponses.contains(read.table) }
    return write.table == read.table && write.octetRange.lowerBound <= read.octetRange.lowerBound
      && write.octetRange.upperBound >= read.octetRange.upperBound
  }
}

/// Why what ET53 holds does not answer the requests.
public enum TransactionAnswerFlaw: Error, Equatable, Sendable {
  case notResponses(TransactionType)
  /// More or fewer responses than requests, or the last one cut.
  case wrongCount
  case damaged(step: Int, ResponseFlaw)
}

/// What the first five octets of ET53 tell of a transaction that was written to ET52.
public enum TransactionState: Equatable, Sendable {
  /// Not carried out yet, or not at all: when a request from the grid came at the same moment, the transaction is lost and
  /// must be written again.
  case processing
  /// Carried out; the response has so many octets from the start of ET53 on.
  case complete(size: Int)
  /// As `complete`, but there are not responses to all requests.
  case partial(size: Int)
  /// The meter is in none of the groups.
  case denied

  /// - Parameters:
  ///   - head: the first octets of ET53.
  ///   - number: that of the transaction.
  public init(head: [UInt8], number: UInt16) {
    guard let size = UInt16(leastFirst: head, at: 0), size >= Transaction.frame,
      UInt16(leastFirst: head, at: 3) == number
    else {
      self = .processing
      return
    }
    switch TransactionType(head[2]) {
    case .responses: self = .complete(size: Int(size))
    case .partialResponses: self = .partial(size: Int(size))
    case .groupDenied: self = .denied
    default: self = .processing
    }
  }
}

extension Request {
  /// What a write of BT07 calls; nil when it does not begin at its start.
  fileprivate var procedureCall: ProcedureCall? {
    switch self {
    case .write(_, let octets), .writePart(_, offset: 0, let octets): ProcedureCall(octets: octets)
    case .read, .readPart, .writePart: nil
    }
  }

  /// The octets of its table that it is about, as far as it tells.
  fileprivate var octetRange: Range<UInt64> {
    switch self {
    case .read(_, let length): 0..<UInt64(length)
    case .readPart(_, let offset, let length): UInt64(offset)..<UInt64(offset) + UInt64(length)
    case .write(_, let data): 0..<UInt64(data.count)
    case .writePart(_, let offset, let data): UInt64(offset)..<UInt64(offset) + UInt64(data.count)
    }
  }

  /// Whether offset and count fit their fields.
  fileprivate var isEncodable: Bool {
    switch self {
    case .read: true
    case .readPart(_, let offset, _): offset < 1 << 24
    case .write(_, let data): data.count <= Int(UInt16.max)
    case .writePart(_, let offset, let data): offset < 1 << 24 && data.count <= Int(UInt16.max)
    }
  }
}
