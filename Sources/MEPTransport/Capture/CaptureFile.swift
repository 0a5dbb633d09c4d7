// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP
import Synchronization

/// A new file to which what passes on a line is written as it comes, for its owner's eyes only: whoever has digests can
/// get at the key.
public final class CaptureFile: Sendable {
  public enum Form: Sendable {
    /// A ``CaptureRecord`` a line.
    case mepcap
    /// For Wireshark: see ``PacketCapture``.
    case pcap
  }

  public let path: String
  private let form: Form
  private let state = Mutex(State.unopened)
  private let report: @Sendable (CaptureProblem) -> Void

  private enum State {
    case unopened
    case open(Int32)
    /// Or not whole any more.
    case closed
  }

  /// A file that is there already is not overwritten. It is made with the first octet that there is to write.
  ///
  /// - Parameter report: is told what has kept it from being whole, should anything.
  public init(
    _ path: String, _ form: Form, report: @escaping @Sendable (CaptureProblem) -> Void
  ) throws(CaptureProblem) {
    if Files.exists(path) { throw CaptureProblem(path, EEXIST) }
    guard access(Files.folder(of: path), W_OK | X_OK) == 0 else { throw CaptureProblem(path, errno) }
    self.path = path
    self.form = form
    self.report = report
  }

  deinit { close() }

  public func close() {
    state.withLock { state in
      if case .open(let descriptor) = state { Glibc.close(descriptor) }
      state = .closed
    }
  }

  /// Adds octets: of a `.mepcap` as they came, of a `.pcap` a frame, or what is none.
  public func add(_ record: CaptureRecord, isFrame: Bool = true) {
    switch form {
    case .mepcap: put(Array((record.line + "\n").utf8))
    case .pcap: put(PacketCapture.packet(record, isFrame: isFrame))
    }
  }

  private func put(_ octets: [UInt8]) {
    let failure = state.withLock { state -> Int32? in
      var octets = octets
      if case .unopened = state {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
          state = .closed
          return errno
        }
        state = .open(descriptor)
        if form == .pcap { octets = PacketCapture.header + octets }
      }
      guard case .open(let descriptor) = state, let failure = Files.write(octets, to: descriptor) else { return nil }
      Glibc.close(descriptor)
      state = .closed
      return failure
    }
    if let failure { report(CaptureProblem(path, failure)) }
  }
}

/// Why a capture cannot be written.
public struct CaptureProblem: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ path: String, _ number: Int32) {
    description =
      number == EEXIST
      ? "\(path) is there already, and a capture is not written over another: name a new file."
      : "The capture \(path) cannot be written (\(LinkError.words(for: number))): check the folder and the room on its disk."
  }
}
