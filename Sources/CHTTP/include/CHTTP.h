// SPDX-License-Identifier: Apache-2.0

// Posts octets to a server, by libcurl, whose options do not reach Swift. One connection, which is kept from one post to
// the next. Redirects are not followed; certificates are verified.
#ifndef CHTTP_H
#define CHTTP_H

#include <stddef.h>
#include <stdint.h>

enum {
  /// Octets of an answer that are kept, and the longest text of what went wrong.
  CHTTPBodyRoom = 512,
  CHTTPWordsRoom = 256,
};

typedef struct CHTTPClient CHTTPClient;

typedef struct {
  /// 0 where no whole answer came.
  long status;
  /// Seconds that the server asks for; 0 where it asks for none.
  long retryAfter;
  /// The beginning of the answer's body.
  uint8_t body[CHTTPBodyRoom];
  size_t bodyCount;
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

/// Posts, and waits for the answer. 0 when there is one, else an error of libcurl. One post at a time.
///
/// - headers: "Name: value" each.
/// - milliseconds: from its beginning to the end of the answer.
int CHTTPPost(
    CHTTPClient *client, const char *url, const char *const *headers, size_t headerCount, const uint8_t *octets,
    size_t count, long milliseconds, CHTTPAnswer *answer);

/// From any thread: ends the post that is under way, and each one that comes later, at once.
void CHTTPAbort(CHTTPClient *client);

/// Octets that so many take at the most when they are packed by gzip.
size_t CHTTPPackedRoom(size_t count);
/// Packs by gzip; how many octets, 0 where it did not work.
size_t CHTTPPack(const uint8_t *octets, size_t count, uint8_t *packed, size_t room);
/// Unpacks what was packed by gzip; how many octets, 0 where it did not work or they do not fit.
size_t CHTTPUnpack(const uint8_t *packed, size_t count, uint8_t *octets, size_t room);

#endif
