// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A program that runs beside, until it is told to end, and no longer than this process.
public final class Daemon: @unchecked Sendable {
  private let arguments: [String]
  private let output: URL?
  private let signal: String
  private var process: Process?
  private var life: Pipe?

  /// - Parameters:
  ///   - arguments: the program, which may be in /usr/sbin, and what is said to it.
  ///   - output: a file for what it prints; nil where nobody wants it.
  ///   - signal: by which it ends.
  public init(_ arguments: [String], output: URL? = nil, signal: String = "TERM") {
    (self.arguments, self.output, self.signal) = (arguments, output, signal)
  }

  public func start() throws {
    let (process, life) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // It ends with its standard input, whatever becomes of this process.
    process.arguments =
      ["-c", #"name=$1; shift; "$@" & pid=$!; read end; kill -$name $pid; wait $pid"#, "sh", signal] + arguments
    // Others that are started later must not keep it open.
    _ = fcntl(life.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = (environment["PATH"] ?? "") + ":/usr/sbin"
    process.environment = environment
    process.standardInput = life
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    if let output {
      if !FileManager.default.fileExists(atPath: output.path) { try Data().write(to: output) }
      let file = try FileHandle(forWritingTo: output)
      try file.seekToEnd()
      (process.standardOutput, process.standardError) = (file, file)
    }
    // It inherits what this thread does not want to hear of, and would not end by SIGTERM.
    var (none, before) = (sigset_t(), sigset_t())
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
    (self.process, self.life) = (process, life)
  }

  /// Of the program itself, which is the shell's only child.
  public var pid: Int32? {
    guard let shell = process?.processIdentifier else { return nil }
    let children = try? String(contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
    return children?.split(separator: " ").first.flatMap { Int32($0) }
  }

  /// Waits until it has ended; what does not want to is killed.
  public func stop() async throws {
    try life?.fileHandleForWriting.close()
    for _ in 0..<1000 where process?.isRunning == true { try await Task.sleep(for: .milliseconds(10)) }
    if process?.isRunning == true, let pid { kill(pid, SIGKILL) }
    (process, life) = (nil, nil)
  }
}
