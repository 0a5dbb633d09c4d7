// SPDX-License-Identifier: Apache-2.0

// Asks servers over HTTP, by libcurl, whose options do not reach Swift. One connection, which is kept from one request to
// the next. Certificates are verified.
#ifndef CHTTP_H
#define CHTTP_H

#include <stddef.h>
#include <stdint.h>

enum {
  /// The longest text of what went wrong.
  CHTTPWordsRoom = 256,
};

typedef struct CHTTPClient CHTTPClient;

typedef struct {
  /// 0 where no whole answer came.
  long status;
  /// Seconds that the server asks for; 0 where it asks for none.
  long retryAfter;
  /// Where the caller wants the answer's body, and how much of it.
  uint8_t *body;
  size_t bodyRoom;
  size_t bodyCount;
  /// Whether there was more of it.
  int isCut;
  /// Why no answer came; it ends with a NUL.
  char words[CHTTPWordsRoom];
} CHTTPAnswer;

/// Once in a process, before all else. 0 when it worked.
int CHTTPStart(void);

/// NULL where there is no memory.
///
/// - certificates: a file of those to trust; NULL for those of the system.
CHTTPClient *CHTTPOpen(const char *certificates);
void CHTTPClose(CHTTPClient *client);

/// Posts, and waits for the answer. 0 when there is one, else an error of libcurl. One request at a time. Redirects are not
/// followed, and of the answer's body the beginning is kept.
///
/// - headers: "Name: value" each.
/// - milliseconds: from its beginning to the end of the answer.
int CHTTPPost(
    CHTTPClient *client, const char *url, const char *const *headers, size_t headerCount, const uint8_t *octets,
    size_t count, long milliseconds, CHTTPAnswer *answer);

/// Gets what is at an address, like CHTTPPost. It may be packed, and elsewhere, but not from where it is encrypted to where it is
/// not; a body that is longer than its room is an error.
int CHTTPGet(CHTTPClient *client, const char *url, long milliseconds, CHTTPAnswer *answer);

/// From any thread: ends the request that is under way, and each one that comes later, at once.
void CHTTPAbort(CHTTPClient *client);

/// Octets that so many take at the most when they are packed by gzip.
size_t CHTTPPackedRoom(size_t count);
/// Packs by gzip; how many octets, 0 where it did not work.
size_t CHTTPPack(const uint8_t *octets, size_t count, uint8_t *packed, size_t room);
/// Unpacks what was packed by gzip; how many octets, 0 where it did not work or they do not fit.
size_t CHTTPUnpack(const uint8_t *packed, size_t count, uint8_t *octets, size_t room);

#endif
