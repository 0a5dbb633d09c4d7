// SPDX-License-Identifier: Apache-2.0
#include "CRecordedTLS.h"

#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <mbedtls/ssl.h>

int RecordedPRF(
    const uint8_t *secret, size_t secretCount, const char *label, const uint8_t *seed, size_t seedCount, uint8_t *out,
    size_t outCount) {
  return mbedtls_ssl_tls_prf(
      MBEDTLS_SSL_TLS_PRF_SHA384, secret, secretCount, label, seed, seedCount, out, outCount);
}

int RecordedSHA384(const uint8_t *octets, size_t count, uint8_t out[48]) {
  return mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA384), octets, count, out);
}

int RecordedOpen(
    const uint8_t key[32], const uint8_t nonce[12], const uint8_t *additional, size_t additionalCount,
    const uint8_t *sealed, size_t sealedCount, uint8_t *out) {
  if (sealedCount < 16) return -1;
  mbedtls_gcm_context gcm;
  mbedtls_gcm_init(&gcm);
  int result = mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, key, 256);
  size_t count = sealedCount - 16;
  if (result == 0) {
    result = mbedtls_gcm_auth_decrypt(
        &gcm, count, nonce, 12, additional, additionalCount, sealed + count, 16, sealed, out);
  }
  mbedtls_gcm_free(&gcm);
  return result;
}
