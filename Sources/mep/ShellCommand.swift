// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc

/// A line of shell that is run for its output.
struct ShellCommand: Sendable {
  let line: String

  /// More than any meter takes in one post.
  private static let limit = 65_536

  /// What it wrote to its standard output; nil when it failed, which it is to say itself. Ended when the task is cancelled.
  ///
  /// - Parameter environment: set on top of this program's own.
  func output(environment: [(String, String)], input: [UInt8]) async -> [UInt8]? {
    guard let (childInput, sender) = Self.pipe() else { return nil }
    guard let (receiver, childOutput) = Self.pipe() else {
      for end in [childInput, sender] { close(end) }
      return nil
    }
    let child = spawn(environment, input: childInput, output: childOutput)
    for end in [childInput, childOutput] { close(end) }
    // What the grid sends is far less than a pipe holds.
    if child != nil { _ = input.withUnsafeBytes { write(sender, $0.baseAddress, $0.count) } }
    close(sender)
    guard let child else {
      close(receiver)
      return nil
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: Self.collect(receiver, child)) }
      }
    } onCancel: {
      // Its children too: they hold the pipe open.
      kill(-child, SIGKILL)
    }
  }

  private func spawn(_ environment: [(String, String)], input: Int32, output: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own, which Ctrl-C at the terminal does not reach: this program ends it.
    posix_spawnattr_setpgroup(&attributes, 0)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
    let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sh"), strdup("-c"), strdup(line), nil]
    var variables = environment.map { strdup("\($0)=\($1)") }
    var next = environ
    while let variable = next.pointee {
      // Of two with one name a shell may take either.
      let name = String(cString: variable).prefix { $0 != "=" }
      if !environment.contains(where: { $0.0 == name }) { variables.append(strdup(variable)) }
      next += 1
    }
    defer { for text in arguments + variables { free(text) } }
    var child: pid_t = 0
    return posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, variables + [nil]) == 0 ? child : nil
  }

  /// Nil when this program has too many files open.
  private static func pipe() -> (reader: Int32, writer: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func collect(_ receiver: Int32, _ child: pid_t) -> [UInt8]? {
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(receiver, &buffer, buffer.count)
      if count > 0, octets.count < limit { octets += buffer.prefix(count) }
      if count == 0 || count < 0 && errno != EINTR { break }
    }
    close(receiver)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? octets : nil
  }
}
