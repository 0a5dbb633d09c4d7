// SPDX-License-Identifier: Apache-2.0

// For tests: the arithmetic of a TLS 1.2 session that somebody recorded, from mbedTLS's parts rather than its sessions.
#ifndef CRECORDEDTLS_H
#define CRECORDEDTLS_H

#include <stddef.h>
#include <stdint.h>

/// The pseudo-random function of TLS 1.2 over SHA-384; 0 when it worked.
int RecordedPRF(
    const uint8_t *secret, size_t secretCount, const char *label, const uint8_t *seed, size_t seedCount, uint8_t *out,
    size_t outCount);
int RecordedSHA384(const uint8_t *octets, size_t count, uint8_t out[48]);
/// AES-256-GCM with a tag of 16 octets behind the text; 0 when the tag is right.
int RecordedOpen(
    const uint8_t key[32], const uint8_t nonce[12], const uint8_t *additional, size_t additionalCount,
    const uint8_t *sealed, size_t sealedCount, uint8_t *out);

#endif
