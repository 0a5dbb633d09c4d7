// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE

#include "CSerial.h"

#include <asm/termbits.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>

int CSerialRate(int descriptor, uint32_t *baud) {
  struct termios2 settings;
  if (ioctl(descriptor, TCGETS2, &settings) < 0) return errno;
  *baud = settings.c_ospeed;
  return 0;
}

int CSerialConfigure(int descriptor, uint32_t baud, uint32_t *granted) {
  struct termios2 settings;
  if (ioctl(descriptor, TCGETS2, &settings) < 0) return errno;
  settings.c_iflag &= ~(IGNBRK | BRKINT | PARMRK | INPCK | ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF | IXANY);
  settings.c_oflag &= ~OPOST;
  settings.c_lflag &= ~(ECHO | ECHOE | ECHOK | ECHONL | ICANON | ISIG | IEXTEN);
  settings.c_cflag &= ~(CSIZE | CSTOPB | PARENB | PARODD | CRTSCTS | CBAUD | (CBAUD << IBSHIFT));
  settings.c_cflag |= CS8 | CREAD | CLOCAL | BOTHER | (BOTHER << IBSHIFT);
  settings.c_ispeed = baud;
  settings.c_ospeed = baud;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (ioctl(descriptor, TCSETS2, &settings) < 0) return errno;
  return CSerialRate(descriptor, granted);
}

int CSerialSetExclusive(int descriptor, bool exclusive) {
  return ioctl(descriptor, exclusive ? TIOCEXCL : TIOCNXCL) < 0 ? errno : 0;
}

int CSerialSetLines(int descriptor, int lines, bool raised) {
  int bits = (lines & CSerialRTS ? TIOCM_RTS : 0) | (lines & CSerialDTR ? TIOCM_DTR : 0);
  return ioctl(descriptor, raised ? TIOCMBIS : TIOCMBIC, &bits) < 0 ? errno : 0;
}

int CSerialGrant(int master, char *path, size_t size) {
  if (grantpt(master) < 0 || unlockpt(master) < 0) return errno;
  return ptsname_r(master, path, size);
}
