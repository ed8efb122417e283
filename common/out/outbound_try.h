/* outbound_try: a try and what it is made with, between the files of outbound (outbound.h); nobody
 * else includes it.
 *
 * outbound.c owns threads, queues and destinations; a try belongs to one worker while it runs, so
 * nothing here is locked. What a try makes lives in its arena, until its result was taken.
 */
#ifndef REDRESS_OUTBOUND_TRY_H
#define REDRESS_OUTBOUND_TRY_H

#include <curl/curl.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "common/out/outbound.h"

enum {
    OUTBOUND_URL_MAX = 2048, /* bytes of a hook's URL */
    OUTBOUND_HOST_MAX = 253, /* bytes of a host's name */
    OUTBOUND_ADDRESS_MAX = 254, /* bytes of a mail address (RFC 5321, 4.5.3.1.3) */
    OUTBOUND_NAME_MAX = 200, /* bytes of an addressee's name */
    OUTBOUND_SUBJECT_MAX = 1000, /* bytes */
    OUTBOUND_MESSAGE_MAX = 1 << 20, /* bytes of what is sent, before it is encoded */
    OUTBOUND_DIGEST = 64, /* hexadecimal digits */
    OUTBOUND_SECRETS_MAX = 8, /* lines of a secret that sign at once */
    OUTBOUND_SECRET_FILE_MAX = 4096, /* bytes */
    OUTBOUND_RETRY_AFTER_S = 24 * 3600, /* a peer's wish is honoured so far */
};

/* The settings as outbound_open has judged them; read only afterwards. */
struct outbound_settings {
    struct arena arena; /* its texts */
    struct text smtp; /* what libcurl takes: with the name to greet with as its path; "" for none */
    struct text smtp_user, smtp_password;
    bool smtp_tls, allow_private;
    struct text from, from_address; /* the header, folded, and the address alone */
    struct text domain; /* of Message-IDs */
    struct text public_url;
    struct text directory, secrets;
    int64_t throttle;
};

struct outbound_peer;

struct outbound_try {
    struct outbound_try *next;
    const struct outbound_settings *settings;
    const atomic_bool *stop; /* the process wants to end */
    struct outbound_peer *peer;
    struct arena arena;
    struct effect effect; /* its texts are in the arena */
    uint64_t tag;
    int64_t submitted; /* microseconds UTC, by the real clock */
    int64_t not_before; /* microseconds of the monotonic clock */
    struct outcome outcome;
    bool forbidden; /* a connection was refused because of where it led */
    int64_t enough_ms; /* monotonic; the peer has said what matters and only parting is left */
    char error[CURL_ERROR_SIZE];
};

/* --- outbound_run.c ------------------------------------------------------------------------- */

/* Does it; its outcome is there afterwards. `curl` is the thread's, NULL when there is none. */
void outbound_run(struct outbound_try *t, CURL *curl);

/* What every transfer has in common. `protocols` is libcurl's list of schemes. */
CURLcode outbound_prepare(CURL *curl, struct outbound_try *t, const char *protocols);

/* The outcome. fail: `words` are what happened, of any bytes; the failure's row says whether it is
 * temporary. */
void outbound_fail(struct outbound_try *t, enum effect_failure failure, struct text words);
void outbound_succeed(struct outbound_try *t, bool delivered, struct text words);

/* The failure of a transfer that had no answer which says more. */
void outbound_fail_by_code(struct outbound_try *t, CURLcode code);

/* --- outbound_mail.c, outbound_hook.c --------------------------------------------------------- */

void outbound_mail(struct outbound_try *t, CURL *curl);
void outbound_hook(struct outbound_try *t, CURL *curl);

/* The hook's JSON body, in the arena; "" when a text is no UTF-8. */
struct text outbound_hook_body(const struct effect *e, struct arena *a);

/* The Standard Webhooks signature of a message: "v1,..." for each secret, space separated. */
struct text outbound_sign(const struct text *secrets, size_t count, struct text id, int64_t seconds,
                          struct text body, struct arena *a);

/* --- outbound_words.c ------------------------------------------------------------------------- */

/* One printable line of at most OUTBOUND_DETAIL_MAX bytes of UTF-8 from any bytes. */
struct text outbound_line(struct text any, struct arena *a);

/* An unstructured header's value (RFC 2047), folded for a line that `used` bytes of are taken. */
struct text outbound_header_text(struct text value, size_t used, struct arena *a);

/* "name <address>" for a header, folded; the address alone without a name. */
struct text outbound_mailbox(struct text name, struct text address, size_t used, struct arena *a);

/* "Sat, 21 Nov 2026 14:30:00 +0000" (RFC 5322). */
struct text outbound_date(int64_t instant, struct arena *a);

/* The same text with CRLF line ends. */
struct text outbound_crlf(struct text t, struct arena *a);

/* --- outbound_address.c ----------------------------------------------------------------------- */

/* Whether an address of mail can be used: ASCII, a dot-atom before the @, a host's name behind. */
bool outbound_is_address(struct text t);

/* Whether a text can stand before the @ of a Message-ID and in a header as it is. */
bool outbound_is_id(struct text t);

/* Judges a URL: one of the schemes (space separated), a host, no user, only printable ASCII.
 * 0 and the host in lower case, or -EINVAL with the rule that it breaks. */
int outbound_url(struct text url, const char *schemes, char host[static OUTBOUND_HOST_MAX + 1],
                 const char **ret_rule);

/* Whether a socket address is one of the open internet. */
bool outbound_is_public(const struct sockaddr *address);

/* --- outbound_settings.c ---------------------------------------------------------------------- */

/* Judges the options and takes them in, for the process's life. -EINVAL with *reterr. */
int outbound_settings_read(const struct outbound_options *o, struct outbound_settings *ret,
                           struct msg_error *reterr);

/* --- outbound_secret.c ------------------------------------------------------------------------ */

/* Whether it is file:NAME or env:NAME. */
bool outbound_is_secret_name(struct text name);

/* The lines of a secret as they are; at most `max`, in the arena. How many, at least 1, or -errno.
 * The caller wipes the arena's bytes with outbound_secret_wipe. */
int outbound_secret_lines(struct text directory, struct text name, struct arena *a,
                          struct text ret[], size_t max);

/* The bytes of a line: what follows whsec_ decoded, or the line itself. -EINVAL: no base64. */
int outbound_secret_bytes(struct text line, struct arena *a, struct text *ret);

void outbound_secret_wipe(struct text secret);

/* --- outbound_copy.c -------------------------------------------------------------------------- */

/* The digest of a copy, in hexadecimal. */
struct text outbound_digest(struct text copy, struct arena *a);

/* Writes a copy to its place below the directory, whole or not at all. 0 or -errno. */
int outbound_copy_keep(struct text directory, struct text copy, struct text digest);

#endif
