// SPDX-License-Identifier: Apache-2.0
import CHTTP
import Dispatch

/// Posts octets over one connection, which is kept; by libcurl, on a queue of its own.
final class HTTPPoster: Sendable {
  struct Answer: Sendable {
    let status: Int
    /// Seconds that the server asks for.
    let retryAfter: Int?
    /// The beginning of what it says.
    let words: String
  }

  /// Why there is no answer.
  struct Failure: Error, Sendable {
    /// libcurl's number, the same for the same cause.
    let code: Int32
    let words: String
  }

  /// One post at a time uses it, those of the queue; it may be aborted from any thread.
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

  /// Posts octets; a task that is cancelled ends this post, and all that come later.
  func post(
    _ octets: [UInt8], to address: String, headers: [String], within limit: Duration
  ) async throws(Failure) -> Answer {
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async { continuation.resume(returning: self.perform(octets, address, headers, limit)) }
      }
    } onCancel: {
      CHTTPAbort(handle)
    }
    return try outcome.answer.get()
  }

  private struct Outcome: Sendable { let answer: Result<Answer, Failure> }

  private func perform(_ octets: [UInt8], _ address: String, _ headers: [String], _ limit: Duration) -> Outcome {
    let (seconds, rest) = limit.components
    let milliseconds = Int(seconds) * 1000 + Int(rest / 1_000_000_000_000_000)
    var answer = CHTTPAnswer()
    let lines = headers.map { $0.utf8CString }
    let code = Self.withPointers(to: lines[...], []) { pointers in
      CHTTPPost(handle, address, pointers, pointers.count, octets, octets.count, milliseconds, &answer)
    }
    guard code == 0 else {
      let words = withUnsafeBytes(of: answer.words) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      return Outcome(answer: .failure(Failure(code: code, words: words)))
    }
    let body = withUnsafeBytes(of: answer.body) { String(decoding: $0.prefix(answer.bodyCount), as: UTF8.self) }
    return Outcome(
      answer: .success(
        Answer(status: answer.status, retryAfter: answer.retryAfter > 0 ? answer.retryAfter : nil, words: body)))
  }

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
