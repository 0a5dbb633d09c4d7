// SPDX-License-Identifier: Apache-2.0
import CSerial
import Glibc
import Logging

/// The modem line that is wired to the ENABLE pin of the meter's port, which has to be raised to talk to it.
public enum EnableLine: String, CaseIterable, Sendable {
  case none, rts, dtr

  fileprivate var bits: Int32 {
    switch self {
    case .none: 0
    case .rts: Int32(CSerialRTS)
    case .dtr: Int32(CSerialDTR)
    }
  }
}

/// A serial port, 8N1 without flow control.
public enum SerialLink {
  /// Opens a port for this program alone, at a rate in baud, and raises the line for ENABLE; it is cleared at close.
  public static func open(
    _ path: String, baud: Int = 9600, enable: EnableLine = .none, log: Logger = Logger(label: "mep.serial")
  ) throws(LinkError) -> DescriptorLink {
    guard (1...4_000_000).contains(baud) else { throw .unsupportedBaud(baud) }
    let port = try Port(path)
    do throws(LinkError) {
      try port.claim()
      try port.configure(baud: baud)
      try port.raise(enable, log: log)
    } catch {
      close(port.descriptor)
      throw error
    }
    let gone = LinkError.closed("\(path) went away, plug the adapter in and open it again")
    return DescriptorLink(port.descriptor, description: path, gone: gone, baud: baud, farewell: port.release)
  }
}

/// An open port on its way to be a link.
private struct Port: Sendable {
  let path: String
  let realPath: String
  let descriptor: Int32
  let file: stat

  var isPseudoTerminal: Bool { realPath.hasPrefix("/dev/pts/") }

  init(_ path: String) throws(LinkError) {
    guard let real = Files.resolved(path) else { throw Self.error("realpath", errno, path) }
    var file = stat()
    guard stat(real, &file) == 0 else { throw Self.error("stat", errno, path) }
    // Opening a device has consequences for some of them, so look first.
    guard file.st_mode & S_IFMT == S_IFCHR else { throw .notASerialPort(path: path) }
    let descriptor = Glibc.open(real, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == EBUSY ? .inUse(path: path, holder: .find(real, file)) : Self.error("open", errno, path)
    }
    self.path = path
    self.realPath = real
    self.descriptor = descriptor
    self.file = file
  }

  private static func error(_ call: String, _ number: Int32, _ path: String) -> LinkError {
    switch number {
    case ENOENT, ENOTDIR, ENXIO, ENODEV: .notFound(path: path)
    case EACCES, EPERM: .noPermission(path: path)
    default: .system(call, number)
    }
  }

  /// Keeps other programs out: those that ask for a lock, and those that do not unless they are root's.
  func claim() throws(LinkError) {
    guard isatty(descriptor) == 1 else { throw .notASerialPort(path: path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? .inUse(path: path, holder: .find(realPath, file)) : .system("flock", errno)
    }
    // On a pseudo-terminal the mark would outlive a program that is killed, for as long as the simulator runs.
    if !isPseudoTerminal { _ = CSerialSetExclusive(descriptor, true) }
  }

  func configure(baud: Int) throws(LinkError) {
    var granted: UInt32 = 0
    switch CSerialConfigure(descriptor, UInt32(baud), &granted) {
    case 0: break
    case EINVAL: throw .unsupportedBaud(baud)
    case let number: throw .system("TCSETS2", number)
    }
    // 8N1 bears 3 % or so; a driver that cannot reach the rate takes another and says so only here.
    guard abs(Int(granted) - baud) * 100 <= baud * 3 else { throw .unsupportedBaud(baud) }
    // What came before is no answer to us.
    tcflush(descriptor, TCIOFLUSH)
  }

  func raise(_ line: EnableLine, log: Logger) throws(LinkError) {
    guard line != .none else { return }
    let failure = CSerialSetLines(descriptor, line.bits, true)
    guard failure != 0 else { return }
    guard isPseudoTerminal else { throw .system("TIOCMBIS \(line.rawValue)", failure) }
    log.notice("a pseudo-terminal has no ENABLE line", metadata: ["path": "\(path)", "line": "\(line.rawValue)"])
  }

  /// Clears both lines, and lets others in at once: the descriptor itself is closed a little later.
  func release(_ descriptor: Int32) {
    _ = CSerialSetLines(descriptor, EnableLine.rts.bits | EnableLine.dtr.bits, false)
    if !isPseudoTerminal {
      // Closing would wait for octets that have not left.
      tcflush(descriptor, TCOFLUSH)
      _ = CSerialSetExclusive(descriptor, false)
    }
    flock(descriptor, LOCK_UN)
  }
}
