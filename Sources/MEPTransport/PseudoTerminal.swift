// SPDX-License-Identifier: Apache-2.0
import CSerial
import Glibc
import Synchronization

/// A pair of terminals that are joined inside the system: what a program opens as a serial port, this one holds the
/// other end of.
public final class PseudoTerminal: Sendable {
  /// What the other program opens, such as `/dev/pts/3`.
  public let path: String
  /// A symbolic link to `path`, if one was asked for; it is removed at close.
  public let symlink: String?
  /// This program's end.
  public let link: DescriptorLink
  // Held open by us, or the other end would report an error whenever no program has it open.
  private let slave: Mutex<Int32?>

  public init(symlink: String? = nil) throws(LinkError) {
    let (master, slave, path) = try Self.pair()
    if let symlink {
      do throws(LinkError) {
        try Self.point(symlink, at: path)
      } catch {
        Glibc.close(master)
        Glibc.close(slave)
        throw error
      }
    }
    self.path = path
    self.symlink = symlink
    self.slave = Mutex(slave)
    link = DescriptorLink(master, description: symlink ?? path, gone: .closed("the pseudo-terminal \(path) has ended"))
  }

  deinit { close() }

  /// This program's end as a UART of that rate has it: what goes at another one, by what the other program has set, is
  /// garbage.
  public func link(at baud: Int) -> any Link { RatedLink(self, baud: baud) }

  /// What the other program has set, in baud; nil once it is closed.
  var baud: Int? {
    slave.withLock { slave in
      var rate: UInt32 = 0
      guard let slave, CSerialRate(slave, &rate) == 0 else { return nil }
      return Int(rate)
    }
  }

  /// Ends both sides and removes the symbolic link; closing again does nothing.
  public func close() {
    let descriptor = slave.withLock { slave in
      defer { slave = nil }
      return slave
    }
    guard let descriptor else { return }
    // Another program may have taken the name over meanwhile.
    if let symlink, Files.target(of: symlink) == path { unlink(symlink) }
    Glibc.close(descriptor)
    link.close()
  }

  private static func pair() throws(LinkError) -> (master: Int32, slave: Int32, path: String) {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard master >= 0 else { throw .system("open /dev/ptmx", errno) }
    do throws(LinkError) {
      var name = [CChar](repeating: 0, count: 64)
      var failure = CSerialGrant(master, &name, name.count)
      guard failure == 0 else { throw .system("grantpt", failure) }
      let path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
      let slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
      guard slave >= 0 else { throw .system("open", errno) }
      var granted: UInt32 = 0
      failure = CSerialConfigure(slave, 9600, &granted)
      guard failure == 0 else {
        Glibc.close(slave)
        throw .system("TCSETS2", failure)
      }
      return (master, slave, path)
    } catch {
      Glibc.close(master)
      throw error
    }
  }

  /// Makes the symbolic link; one that is there is replaced if it leads nowhere, or to a pseudo-terminal as ours do.
  private static func point(_ symlink: String, at path: String) throws(LinkError) {
    var file = stat()
    if lstat(symlink, &file) == 0 {
      let isOurs = Files.target(of: symlink).map { $0.hasPrefix("/dev/pts/") || !Files.exists(symlink) }
      guard isOurs == true else { throw .notReplaced(path: symlink) }
      unlink(symlink)
    }
    guard Glibc.symlink(path, symlink) == 0 else {
      throw .notLinked(path: symlink, reason: LinkError.words(for: errno))
    }
  }
}
