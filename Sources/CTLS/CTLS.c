// SPDX-License-Identifier: Apache-2.0
#include "CTLS.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <mbedtls/pkcs5.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

typedef struct {
  uint8_t octets[CTLSRoom];
  size_t count;
} Queue;

struct CTLSSession {
  mbedtls_ssl_context ssl;
  mbedtls_ssl_config config;
  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context random;
  Queue received, sent;
  CTLSLookUp lookUp;
  void *context;
};

// mbedTLS keeps the pointer.
static const int suites[] = {MBEDTLS_TLS_PSK_WITH_AES_256_GCM_SHA384, 0};

static size_t put(Queue *queue, const uint8_t *octets, size_t count) {
  if (count > CTLSRoom - queue->count) return 0;
  memcpy(queue->octets + queue->count, octets, count);
  queue->count += count;
  return count;
}

static size_t take(Queue *queue, uint8_t *octets, size_t room) {
  size_t count = room < queue->count ? room : queue->count;
  memcpy(octets, queue->octets, count);
  queue->count -= count;
  memmove(queue->octets, queue->octets + count, queue->count);
  return count;
}

static int sendOctets(void *session, const uint8_t *octets, size_t count) {
  size_t kept = put(&((CTLSSession *)session)->sent, octets, count);
  return kept == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : (int)kept;
}

static int receiveOctets(void *session, uint8_t *octets, size_t room) {
  size_t count = take(&((CTLSSession *)session)->received, octets, room);
  return count == 0 ? MBEDTLS_ERR_SSL_WANT_READ : (int)count;
}

static int lookUp(void *context, mbedtls_ssl_context *ssl, const uint8_t *identity, size_t count) {
  CTLSSession *session = context;
  uint8_t key[CTLSKeyLength];
  int result = -1;
  if (session->lookUp != NULL && session->lookUp(session->context, identity, count, key)) result = mbedtls_ssl_set_hs_psk(ssl, key, sizeof key);
  explicit_bzero(key, sizeof key);
  return result;
}

static CTLSSession *make(int end) {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
  if (psa_crypto_init() != PSA_SUCCESS) return NULL;
#endif
  CTLSSession *session = calloc(1, sizeof *session);
  if (session == NULL) return NULL;
  mbedtls_ssl_init(&session->ssl);
  mbedtls_ssl_config_init(&session->config);
  mbedtls_entropy_init(&session->entropy);
  mbedtls_ctr_drbg_init(&session->random);
  if (mbedtls_ctr_drbg_seed(&session->random, mbedtls_entropy_func, &session->entropy, NULL, 0) != 0 ||
      mbedtls_ssl_config_defaults(
          &session->config, end, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
    CTLSFree(session);
    return NULL;
  }
  mbedtls_ssl_config *config = &session->config;
  mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &session->random);
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
  mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_max_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
  mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
  mbedtls_ssl_conf_ciphersuites(config, suites);
  // The hello of the guide's recording has no extension: a small meter is offered as few as there can be.
#if defined(MBEDTLS_SSL_ENCRYPT_THEN_MAC)
  mbedtls_ssl_conf_encrypt_then_mac(config, MBEDTLS_SSL_ETM_DISABLED);
#endif
#if defined(MBEDTLS_SSL_EXTENDED_MASTER_SECRET)
  mbedtls_ssl_conf_extended_master_secret(config, MBEDTLS_SSL_EXTENDED_MS_DISABLED);
#endif
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && defined(MBEDTLS_SSL_CLI_C)
  mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
#endif
  return session;
}

static CTLSSession *setUp(CTLSSession *session) {
  if (mbedtls_ssl_setup(&session->ssl, &session->config) != 0) {
    CTLSFree(session);
    return NULL;
  }
  mbedtls_ssl_set_bio(&session->ssl, session, sendOctets, receiveOctets, NULL);
  return session;
}

CTLSSession *CTLSClient(const uint8_t *key, const uint8_t *identity, size_t count) {
  CTLSSession *session = make(MBEDTLS_SSL_IS_CLIENT);
  if (session == NULL) return NULL;
  if (mbedtls_ssl_conf_psk(&session->config, key, CTLSKeyLength, identity, count) != 0) {
    CTLSFree(session);
    return NULL;
  }
  return setUp(session);
}

CTLSSession *CTLSServer(void) {
  CTLSSession *session = make(MBEDTLS_SSL_IS_SERVER);
  if (session == NULL) return NULL;
  mbedtls_ssl_conf_psk_cb(&session->config, lookUp, session);
  return setUp(session);
}

void CTLSFree(CTLSSession *session) {
  if (session == NULL) return;
  mbedtls_ssl_free(&session->ssl);
  mbedtls_ssl_config_free(&session->config);
  mbedtls_ctr_drbg_free(&session->random);
  mbedtls_entropy_free(&session->entropy);
  explicit_bzero(session, sizeof *session);
  free(session);
}

int CTLSReceive(CTLSSession *session, const uint8_t *octets, size_t count) {
  return count == 0 || put(&session->received, octets, count) > 0;
}

size_t CTLSTake(CTLSSession *session, uint8_t *octets, size_t room) { return take(&session->sent, octets, room); }

size_t CTLSWaiting(const CTLSSession *session) { return session->received.count; }

int CTLSHandshake(CTLSSession *session, CTLSLookUp find, void *context) {
  session->lookUp = find;
  session->context = context;
  int result = mbedtls_ssl_handshake(&session->ssl);
  if (result == MBEDTLS_ERR_SSL_WANT_READ) return 0;
  return result == 0 ? 1 : result;
}

int CTLSRead(CTLSSession *session, uint8_t *octets, size_t room) {
  int result = mbedtls_ssl_read(&session->ssl, octets, room);
  if (result == MBEDTLS_ERR_SSL_WANT_READ) return 0;
  // The other end has said good-bye.
  return result == 0 ? MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY : result;
}

int CTLSWrite(CTLSSession *session, const uint8_t *octets, size_t count) {
  return mbedtls_ssl_write(&session->ssl, octets, count);
}

void CTLSWords(int error, char *text, size_t room) { mbedtls_strerror(error, text, room); }

void CTLSForbidDumps(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int CTLSDerive(
    const uint8_t *secret, size_t secretCount, const char *label, const uint8_t *seed, size_t seedCount, uint8_t *out,
    size_t outCount) {
  return mbedtls_ssl_tls_prf(
      MBEDTLS_SSL_TLS_PRF_SHA384, secret, secretCount, label, seed, seedCount, out, outCount);
}

int CTLSHash(const uint8_t *octets, size_t count, uint8_t *out) {
  return mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA384), octets, count, out);
}

int CTLSOpen(
    const uint8_t *key, const uint8_t *nonce, const uint8_t *additional, size_t additionalCount, const uint8_t *sealed,
    size_t sealedCount, uint8_t *out) {
  if (sealedCount < CTLSTagLength) return -1;
  mbedtls_gcm_context gcm;
  mbedtls_gcm_init(&gcm);
  int result = mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, key, 256);
  size_t count = sealedCount - CTLSTagLength;
  if (result == 0) {
    result = mbedtls_gcm_auth_decrypt(
        &gcm, count, nonce, 12, additional, additionalCount, sealed + count, CTLSTagLength, sealed, out);
  }
  mbedtls_gcm_free(&gcm);
  return result;
}

void CTLSStretch(
    const uint8_t *password, size_t passwordCount, const uint8_t *salt, size_t saltCount, uint32_t rounds, uint8_t *out,
    size_t outCount) {
#if MBEDTLS_VERSION_NUMBER >= 0x03030000
  int failure = mbedtls_pkcs5_pbkdf2_hmac_ext(
      MBEDTLS_MD_SHA256, password, passwordCount, salt, saltCount, rounds, (uint32_t)outCount, out);
#else
  mbedtls_md_context_t context;
  mbedtls_md_init(&context);
  int failure = mbedtls_md_setup(&context, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1);
  if (failure == 0) {
    failure = mbedtls_pkcs5_pbkdf2_hmac(
        &context, password, passwordCount, salt, saltCount, rounds, (uint32_t)outCount, out);
  }
  mbedtls_md_free(&context);
#endif
  // Only for want of memory; a result that is not one must not open anything.
  if (failure != 0) abort();
}
