// SPDX-License-Identifier: Apache-2.0
#include "CHTTP.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct CHTTPClient {
  CURL *easy;
  // Whose connections are kept; and unlike an easy handle it can be woken from another thread.
  CURLM *multi;
  atomic_int isAborted;
};

int CHTTPStart(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

CHTTPClient *CHTTPOpen(const char *certificates) {
  CHTTPClient *client = calloc(1, sizeof *client);
  if (!client) return NULL;
  client->easy = curl_easy_init();
  client->multi = curl_multi_init();
  if (!client->easy || !client->multi) {
    CHTTPClose(client);
    return NULL;
  }
  CURL *easy = client->easy;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "mep");
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  // Whoever ends it does not wait for a name that is being looked up.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  if (certificates) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, certificates);
    // Else the system's would be trusted as well.
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  }
  return client;
}

void CHTTPClose(CHTTPClient *client) {
  curl_easy_cleanup(client->easy);
  curl_multi_cleanup(client->multi);
  free(client);
}

void CHTTPAbort(CHTTPClient *client) {
  atomic_store(&client->isAborted, 1);
  curl_multi_wakeup(client->multi);
}

static size_t take(char *octets, size_t size, size_t count, void *context) {
  CHTTPAnswer *answer = context;
  size_t room = answer->bodyRoom - answer->bodyCount;
  size_t kept = size * count < room ? size * count : room;
  memcpy(answer->body + answer->bodyCount, octets, kept);
  answer->bodyCount += kept;
  if (kept < size * count) answer->isCut = 1;
  return size * count;
}

static size_t takeAll(char *octets, size_t size, size_t count, void *context) {
  take(octets, size, count, context);
  return ((CHTTPAnswer *)context)->isCut ? 0 : size * count;
}

static CURLcode perform(CHTTPClient *client) {
  int running = 1;
  while (running) {
    if (atomic_load(&client->isAborted)) return CURLE_ABORTED_BY_CALLBACK;
    if (curl_multi_perform(client->multi, &running)) return CURLE_FAILED_INIT;
    if (running && curl_multi_poll(client->multi, NULL, 0, 1000, NULL)) return CURLE_FAILED_INIT;
  }
  int left;
  CURLMsg *message = curl_multi_info_read(client->multi, &left);
  return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

static int ask(CHTTPClient *client, const char *url, long milliseconds, CHTTPAnswer *answer) {
  answer->status = answer->retryAfter = 0;
  answer->bodyCount = 0;
  answer->isCut = 0;
  char words[CURL_ERROR_SIZE] = "";
  CURL *easy = client->easy;
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
  curl_multi_add_handle(client->multi, easy);
  CURLcode code = perform(client);
  if (code == CURLE_OK) {
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer->status);
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    answer->retryAfter = (long)seconds;
  } else {
    strncpy(answer->words, *words ? words : curl_easy_strerror(code), CHTTPWordsRoom - 1);
  }
  curl_multi_remove_handle(client->multi, easy);
  // It ends with this call.
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
  return (int)code;
}

int CHTTPPost(
    CHTTPClient *client, const char *url, const char *const *headers, size_t headerCount, const uint8_t *octets,
    size_t count, long milliseconds, CHTTPAnswer *answer) {
  // Nobody is asked beforehand whether he wants to have it.
  struct curl_slist *list = curl_slist_append(NULL, "Expect:");
  for (size_t i = 0; i < headerCount; i++) {
    struct curl_slist *longer = curl_slist_append(list, headers[i]);
    if (longer) list = longer;
  }
  CURL *easy = client->easy;
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, octets);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
  int code = ask(client, url, milliseconds, answer);
  // They end with this call.
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
  curl_slist_free_all(list);
  return code;
}

int CHTTPGet(CHTTPClient *client, const char *url, long milliseconds, CHTTPAnswer *answer) {
  CURL *easy = client->easy;
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 3L);
  int isOpen = strncmp(url, "http:", 5) == 0;
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, isOpen ? "http,https" : "https");
#else
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTPS | (isOpen ? CURLPROTO_HTTP : 0)));
#endif
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, takeAll);
  return ask(client, url, milliseconds, answer);
}

// 15 bits of window, and 16 for gzip's header.
enum { gzip = 15 + 16 };

size_t CHTTPPackedRoom(size_t count) { return compressBound(count) + 32; }

size_t CHTTPPack(const uint8_t *octets, size_t count, uint8_t *packed, size_t room) {
  z_stream stream = {.next_in = (Bytef *)octets, .avail_in = (uInt)count, .next_out = packed, .avail_out = (uInt)room};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  int result = deflate(&stream, Z_FINISH);
  deflateEnd(&stream);
  return result == Z_STREAM_END ? stream.total_out : 0;
}

size_t CHTTPUnpack(const uint8_t *packed, size_t count, uint8_t *octets, size_t room) {
  z_stream stream = {.next_in = (Bytef *)packed, .avail_in = (uInt)count, .next_out = octets, .avail_out = (uInt)room};
  if (inflateInit2(&stream, gzip) != Z_OK) return 0;
  int result = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? stream.total_out : 0;
}
