// SPDX-License-Identifier: Apache-2.0
import CHTTP
import Dispatch

/// Asks over HTTP, on one connection, which is kept; by libcurl, on a queue of its own.
final class HTTPClient: Sendable {
  struct Answer: Sendable {
    let status: Int
    /// Seconds that the server asks for.
    let retryAfter: Int?
    let body: [UInt8]

    var words: String { String(decoding: body, as: UTF8.self) }
  }

  /// Why there is no answer.
  struct Failure: Error, Sendable {
    /// libcurl's number, the same for the same cause.
    let code: Int32
    let words: String
  }

  /// One request at a time uses it, those of the queue; it may be aborted from any thread.
  private nonisolated(unsafe) let handle: OpaquePointer
  private let queue = DispatchQueue(label: "mep.http")

  /// Once in a process.
  private static let library: Int32 = CHTTPStart()

  /// - Parameter certificates: a file of those to trust; those of the system where there is none.
  init(certificates: String? = nil) throws(Failure) {
    guard Self.library == 0, let handle = CHTTPOpen(certificates) else {
      throw Failure(code: -1, words: "libcurl does not start")
    }
    self.handle = handle
  }

  deinit { CHTTPClose(handle) }

  /// Posts octets, and keeps the beginning of what is answered; a task that is cancelled ends this request, and all that come
  /// later.
  func post(
    _ octets: [UInt8], to address: String, headers: [String], within limit: Duration
  ) async throws(Failure) -> Answer {
    let lines = headers.map { $0.utf8CString }
    return try await ask(room: 512) { handle, answer in
      Self.withPointers(to: lines[...], []) { pointers in
        CHTTPPost(
          handle, address, pointers, pointers.count, octets, octets.count, Self.milliseconds(limit), &answer)
      }
    }
  }

  /// Gets what is at an address, and fails where it is longer than that; cancelled likewise.
  func get(_ address: String, within limit: Duration, longest: Int) async throws(Failure) -> Answer {
    try await ask(room: longest) { handle, answer in CHTTPGet(handle, address, Self.milliseconds(limit), &answer) }
  }

  private static func milliseconds(_ limit: Duration) -> Int {
    let (seconds, rest) = limit.components
    return Int(seconds) * 1000 + Int(rest / 1_000_000_000_000_000)
  }

  private struct Outcome: Sendable { let answer: Result<Answer, Failure> }

  private func ask(
    room: Int, _ perform: @escaping @Sendable (OpaquePointer, inout CHTTPAnswer) -> Int32
  ) async throws(Failure) -> Answer {
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async { continuation.resume(returning: self.outcome(room, perform)) }
      }
    } onCancel: {
      CHTTPAbort(handle)
    }
    return try outcome.answer.get()
  }

  private func outcome(_ room: Int, _ perform: (OpaquePointer, inout CHTTPAnswer) -> Int32) -> Outcome {
    var (answer, code) = (CHTTPAnswer(), Int32(0))
    let body = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      (answer.body, answer.bodyRoom) = (buffer.baseAddress, buffer.count)
      code = perform(handle, &answer)
      count = answer.bodyCount
    }
    guard code == 0 else {
      let words = withUnsafeBytes(of: answer.words) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let isLong = answer.isCut != 0 && code == Self.writeError
      return Outcome(answer: .failure(Failure(code: code, words: isLong ? "it is longer than \(room) octets" : words)))
    }
    return Outcome(
      answer: .success(
        Answer(status: answer.status, retryAfter: answer.retryAfter > 0 ? answer.retryAfter : nil, body: body)))
  }

  /// libcurl's CURLE_WRITE_ERROR: the answer was not taken.
  private static let writeError: Int32 = 23

  private static func withPointers<T>(
    to texts: ArraySlice<ContiguousArray<CChar>>, _ pointers: [UnsafePointer<CChar>?],
    _ body: ([UnsafePointer<CChar>?]) -> T
  ) -> T {
    guard let first = texts.first else { return body(pointers) }
    return first.withUnsafeBufferPointer { withPointers(to: texts.dropFirst(), pointers + [$0.baseAddress], body) }
  }

  /// By gzip; nil where there is no memory.
  static func packed(_ octets: [UInt8]) -> [UInt8]? {
    let packed = [UInt8](unsafeUninitializedCapacity: CHTTPPackedRoom(octets.count)) { buffer, count in
      count = CHTTPPack(octets, octets.count, buffer.baseAddress, buffer.count)
    }
    return packed.isEmpty ? nil : packed
  }
}
