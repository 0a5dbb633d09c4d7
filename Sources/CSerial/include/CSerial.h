// SPDX-License-Identifier: Apache-2.0

// What Swift cannot say to a terminal: `ioctl` is variadic, `struct termios2` clashes with <termios.h>, and the
// module of the C library leaves out the half of <stdlib.h> that is an extension.
// Every function returns 0, or the `errno` of what failed.
#ifndef CSERIAL_H
#define CSERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSerialRTS = 1, CSerialDTR = 2 };

/// Raw 8N1 without flow control at any rate; `granted` becomes the rate in baud that the driver settled on.
int CSerialConfigure(int descriptor, uint32_t baud, uint32_t *granted);

/// The rate in baud that the port is set to.
int CSerialRate(int descriptor, uint32_t *baud);

/// Makes later opens by other users than root fail with EBUSY, or allows them again.
int CSerialSetExclusive(int descriptor, bool exclusive);

/// Raises or clears modem lines, the sum of `CSerialRTS` and `CSerialDTR`.
int CSerialSetLines(int descriptor, int lines, bool raised);

/// Makes the far end of a pseudo-terminal's master ready to be opened, and gives its path.
int CSerialGrant(int master, char *path, size_t size);

#endif
