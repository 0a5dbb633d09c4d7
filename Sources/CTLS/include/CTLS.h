// SPDX-License-Identifier: Apache-2.0

// One end of a TLS 1.2 session with a pre-shared key, by mbedTLS (2.28 or 3.x), whose names and versions stay in here.
// It does no I/O: octets from the other end are handed in, octets for it are taken out.
// Nothing but TLS_PSK_WITH_AES_256_GCM_SHA384 is offered or taken: no certificates, no other version, no renegotiation,
// no session cache, no tickets.
#ifndef CTLS_H
#define CTLS_H

#include <stddef.h>
#include <stdint.h>

enum {
  CTLSKeyLength = 16,
  /// Octets that may wait on either side, and the longest text of `CTLSWords`.
  CTLSRoom = 2048,
  CTLSWordsLength = 128,
  CTLSHashLength = 48,
  CTLSTagLength = 16,
};

typedef struct CTLSSession CTLSSession;

/// Gives the key that belongs to an identity, and returns 1; 0 for one that is not known.
typedef int (*CTLSLookUp)(void *context, const uint8_t *identity, size_t count, uint8_t *key);

/// NULL where there is no memory or no entropy. An identity is octets: a NUL in it is one of them.
CTLSSession *CTLSClient(const uint8_t *key, const uint8_t *identity, size_t count);
CTLSSession *CTLSServer(void);
/// Overwrites its secrets.
void CTLSFree(CTLSSession *session);

/// Octets from the other end; 0 where there is no room for them.
int CTLSReceive(CTLSSession *session, const uint8_t *octets, size_t count);
/// Octets for the other end; how many.
size_t CTLSTake(CTLSSession *session, uint8_t *octets, size_t room);
/// Octets that were received and not read.
size_t CTLSWaiting(const CTLSSession *session);

// These return 0 or more, or an error of mbedTLS, which is negative.

/// 1 when it is over, 0 when it needs more octets. Only a server looks keys up.
int CTLSHandshake(CTLSSession *session, CTLSLookUp lookUp, void *context);
/// Octets of one record, 0 when there is none.
int CTLSRead(CTLSSession *session, uint8_t *octets, size_t room);
/// Puts the octets into one record.
int CTLSWrite(CTLSSession *session, const uint8_t *octets, size_t count);

/// An error in words.
void CTLSWords(int error, char *text, size_t room);

/// Keeps what is in this process's memory out of core dumps.
void CTLSForbidDumps(void);

/// PBKDF2 by HMAC-SHA-256.
void CTLSStretch(
    const uint8_t *password, size_t passwordCount, const uint8_t *salt, size_t saltCount, uint32_t rounds, uint8_t *out,
    size_t outCount);

// For whoever listens to a session of others and has its key. 0 when it worked.

/// The pseudo-random function of TLS 1.2 over SHA-384.
int CTLSDerive(
    const uint8_t *secret, size_t secretCount, const char *label, const uint8_t *seed, size_t seedCount, uint8_t *out,
    size_t outCount);
/// SHA-384.
int CTLSHash(const uint8_t *octets, size_t count, uint8_t *out);
/// AES-256-GCM (a key of 32 octets, a nonce of 12) with the tag behind the text; another result where the tag is wrong.
int CTLSOpen(
    const uint8_t *key, const uint8_t *nonce, const uint8_t *additional, size_t additionalCount, const uint8_t *sealed,
    size_t sealedCount, uint8_t *out);

#endif
