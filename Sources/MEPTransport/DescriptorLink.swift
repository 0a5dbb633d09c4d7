// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP

/// A link over a file descriptor: a serial port, a pseudo-terminal or a TCP connection.
public final class DescriptorLink: Link {
  /// How long a send may stand still before it fails.
  private static let patience = Instant.Span.milliseconds(5000)

  private enum Step: Sendable {
    case sent(Int)
    case failed(LinkError)
  }

  public let description: String
  private let watcher: Watcher<UInt8>
  private let baud: Int?
  private let isSocket: Bool
  private let gone: LinkError

  /// Takes over a non-blocking descriptor. With a rate in baud, `send` returns when the line has carried the octets;
  /// `farewell` is called with the descriptor just before it is closed.
  init(
    _ descriptor: Int32, description: String, gone: LinkError, baud: Int? = nil, isSocket: Bool = false,
    farewell: @escaping @Sendable (Int32) -> Void = { _ in }
  ) {
    self.description = description
    self.baud = baud
    self.isSocket = isSocket
    self.gone = gone
    watcher = Watcher(descriptor, label: description, farewell: farewell) { Self.read($0, gone: gone) }
  }

  public func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    try await watcher.take(until: deadline)
  }

  public func send(_ octets: [UInt8]) async throws(LinkError) {
    let start = Instant.now()
    var progress = start
    var rest = octets[...]
    while !rest.isEmpty {
      if Task.isCancelled { throw .cancelled }
      switch watcher.withDescriptor({ write(rest, to: $0) }) {
      case .sent(0)?:
        if .now() - progress > Self.patience { throw .system(call: "write", reason: "nothing left for 5 s") }
        try await Instant.sleep(until: .now() + .milliseconds(2))
      case .sent(let count)?:
        rest = rest.dropFirst(count)
        progress = .now()
      case .failed(let error)?: throw error
      case nil: throw Self.closed(description)
      }
    }
    if let baud { try await Instant.sleep(until: start + .line(octets: octets.count, baud: baud)) }
  }

  public func close() { watcher.close(Self.closed(description)) }

  private static func closed(_ description: String) -> LinkError {
    .closed("this program has closed \(description), open it again to go on")
  }

  private func write(_ octets: ArraySlice<UInt8>, to descriptor: Int32) -> Step {
    let count = octets.withUnsafeBytes {
      // A write to a socket without a reader would end the program with SIGPIPE.
      isSocket
        ? Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        : Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    if count >= 0 { return .sent(count) }
    switch errno {
    case EAGAIN, EINTR: return .sent(0)
    case EIO, ENXIO, ENODEV, EPIPE, ECONNRESET: return .failed(gone)
    case let number: return .failed(.system("write", number))
    }
  }

  private static func read(_ descriptor: Int32, gone: LinkError) -> Mailbox<UInt8>.Outcome {
    var failure: Int32 = 0
    let octets = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      let result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if result < 0 { failure = errno }
      count = max(0, result)
    }
    if !octets.isEmpty || failure == EAGAIN || failure == EINTR { return .success(octets) }
    return .failure(gone)
  }
}
