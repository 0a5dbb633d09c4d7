// SPDX-License-Identifier: Apache-2.0

// The dashboard's files, as they are in the folder `files`, inside the program.
#ifndef CDASHBOARD_H
#define CDASHBOARD_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  /// "/index.html"
  const char *path;
  /// "text/html; charset=utf-8"
  const char *type;
  const uint8_t *octets;
  size_t count;
} CDashboardFile;

/// NULL behind the last one.
const CDashboardFile *CDashboardFileAt(size_t index);

#endif
