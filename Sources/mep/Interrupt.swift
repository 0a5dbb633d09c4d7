// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Dispatch
import Glibc
import MEPClient
import MEPTransport
import Synchronization

/// Runs something until it ends or the user has had enough: Ctrl-C or a termination ends it in order.
enum Interrupt {
  /// Runs what owes a result. When it is interrupted it still tells what came of it; then the program ends with 128 and the
  /// signal's number.
  static func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let (signal, error) = await outcome(of: body)
    guard signal != 0 else {
      if let error { throw error }
      return
    }
    if let error, !isCancellation(error) { _ = Exit.say(error) }
    throw ExitCode(128 + signal)
  }

  /// Runs what goes on until it is interrupted: that is its end, and no failure.
  ///
  /// - Parameters:
  ///   - input: a pipe whose end does the same: whoever holds it may have no time left to send a signal.
  ///   - hangUp: what a SIGHUP does, where it is no end.
  static func goOn(
    atEndOf input: Int32? = nil, hangUp: (@Sendable () -> Void)? = nil,
    _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let (signal, error) = await outcome(of: body, input: input, hangUp: hangUp)
    if let error, signal == 0 || isOpen(error) { throw error }
  }

  /// Runs it to its end; the signal that has cancelled it, 0 for none, and how it failed.
  private static func outcome(
    of body: @escaping @Sendable () async throws -> Void, input: Int32? = nil, hangUp: (@Sendable () -> Void)? = nil
  ) async -> (signal: Int32, error: (any Error)?) {
    // Before anything is begun: a signal may come at once, and waits in the pipe.
    let reader = pipe.reader
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) { signal(number, note) }
    let task = Task { try await body() }
    let source = DispatchSource.makeReadSource(fileDescriptor: reader, queue: .global())
    source.setEventHandler {
      var number: UInt8 = 0
      guard read(reader, &number, 1) == 1 else { return }
      if Int32(number) == SIGHUP, let hangUp { return hangUp() }
      // Who asks twice does not want to wait for the order.
      if caught.load(ordering: .relaxed) != 0 { exit(128 + Int32(number)) }
      caught.store(Int32(number), ordering: .relaxed)
      task.cancel()
    }
    source.resume()
    defer { source.cancel() }
    if let input { watch(input) { task.cancel() } }
    let result = await task.result
    let signal = caught.load(ordering: .relaxed)
    if case .failure(let error) = result, signal != 0 || !task.isCancelled { return (signal, error) }
    return (signal, nil)
  }

  /// Whoever started this program may want it to outlive the signal, as nohup does.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  private static let caught = Atomic<Int32>(0)

  /// Whether it tells of a change that may have been made.
  private static func isOpen(_ error: any Error) -> Bool {
    switch error {
    case MeterError.unfinished, MeterError.outcomeUnknown: true
    case MeterError.exchange(let failure, _): failure.mayHaveBeenExecuted
    default: false
    }
  }

  private static func isCancellation(_ error: any Error) -> Bool {
    if case MeterError.link(.cancelled) = error { return true }
    return error is CancellationError
  }

  /// Standard input where it is a pipe that somebody still holds open.
  static var openInput: Int32? {
    var file = stat()
    guard fstat(STDIN_FILENO, &file) == 0, file.st_mode & S_IFMT == S_IFIFO else { return nil }
    var state = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) >= 0 && state.revents & Int16(POLLHUP) == 0 ? STDIN_FILENO : nil
  }

  /// Waits for it in a thread of its own: a source of Dispatch that is cancelled as it sees the end of a pipe has ended
  /// programs by a fault.
  private static func watch(_ pipe: Int32, atEnd act: @escaping @Sendable () -> Void) {
    DispatchQueue(label: "mep.input").async {
      var octets = [UInt8](repeating: 0, count: 512)
      var state = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      while poll(&state, 1, -1) >= 0 || errno == EINTR {
        let count = read(pipe, &octets, octets.count)
        if count == 0 { return act() }
        if count < 0, errno != EINTR, errno != EAGAIN { return }
      }
    }
  }

  /// All that a signal handler may do is to write; who reads can do the rest.
  private static let note: @convention(c) (Int32) -> Void = { number in
    let saved = errno
    var octet = UInt8(truncatingIfNeeded: number)
    _ = write(pipe.writer, &octet, 1)
    errno = saved
  }

  private static let pipe: (reader: Int32, writer: Int32) = {
    var ends: [Int32] = [-1, -1]
    precondition(Glibc.pipe(&ends) == 0, "a pipe can be had")
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    return (ends[0], ends[1])
  }()
}
