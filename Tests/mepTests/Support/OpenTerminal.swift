// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A pair of joined terminals that pass octets on as they are. The C library's own calls for it do not reach Swift.
func openTerminal() throws -> (master: Int32, slave: Int32, path: String) {
  let (lock, askNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
  let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
  var off: Int32 = 0
  var number: Int32 = 0
  guard master >= 0, ioctl(master, lock, &off) == 0, ioctl(master, askNumber, &number) == 0 else {
    throw CocoaError(.fileReadUnknown)
  }
  let path = "/dev/pts/\(number)"
  let slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
  var settings = termios()
  tcgetattr(slave, &settings)
  cfmakeraw(&settings)
  tcsetattr(slave, TCSANOW, &settings)
  return (master, slave, path)
}
