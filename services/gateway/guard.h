/* guard: reads what a request says of itself, strictly, and judges whether it comes from where it
 * should. Pure: no socket, no clock.
 */
#ifndef REDRESS_GATEWAY_GUARD_H
#define REDRESS_GATEWAY_GUARD_H

#include "services/gateway/gateway.h"

enum { GUARD_LIST_MAX = 64 /* entries of a list of hosts or addresses that are looked at */ };

/* Whether the Host header names one of the hosts of a list ("a.example, b.example:8443, [::1]"): an
 * entry without a port allows any. */
bool guard_host(struct text host, struct text allowed);

/* Whether an Origin header is the very origin that answers: scheme://Host. Browsers say "null" for
 * pages that hide where they are, and those are strangers. */
bool guard_origin(struct text origin, const char *scheme, struct text host);

/* Whether an address is in a list of addresses. */
bool guard_address(struct text address, struct text list);

/* Whether this can be the name of a header (RFC 9110, 5.6.2): some take "Length : 5" for one. */
bool guard_is_name(struct text name);

/* The value of a cookie in a Cookie header; "" when it is not there. The first one counts. */
struct text guard_cookie(struct text header, const char *name);

/* The token of "Authorization: Bearer <token>"; "" for any other scheme. */
struct text guard_bearer(struct text header);

/* Whether a Content-Type header says this type, whatever its parameters. */
bool guard_media_type(struct text header, const char *type);

/* Whether an Accept-Encoding header takes this coding: it names it, and not with weight 0. */
bool guard_takes(struct text header, const char *coding);

/* Whether an If-None-Match header holds this entity tag, or *. */
bool guard_etag(struct text header, struct text etag);

/* A traceparent header (W3C Trace Context, version 00) as it is, or "" when it is none. */
struct text guard_traceparent(struct text header);

/* "%41+b" decoded; `plus` makes spaces of pluses. -EINVAL: a broken escape, a control character, or
 * what is not UTF-8. */
int guard_unescape(struct text in, bool plus, struct arena *a, struct text *ret);

/* A path into its decoded parts; "/" has none. -EINVAL: not a plain absolute path (empty parts, "."
 * and ".." included); -E2BIG: more than HTTP_SEGMENTS_MAX. */
int guard_path(struct text path, struct arena *a, struct text *ret, uint32_t *ret_count);

/* A query string, or the body of a form. -EINVAL: cannot be decoded, or the same name twice
 * (*ret_bad says which); -E2BIG: more than HTTP_PARAMS_MAX. */
int guard_params(struct text query, struct arena *a, struct param *ret, uint32_t *ret_count,
                 struct text *ret_bad);

/* The same for the body of a form in which people write: line breaks become LF, and what else
 * would be a control character a blank. */
int guard_form(struct text body, struct arena *a, struct param *ret, uint32_t *ret_count,
               struct text *ret_bad);

/* Text for HTML: & < > " ' become references. */
struct text guard_html(struct text t, struct arena *a);

/* Text for one part of a path. */
struct text guard_escape(struct text t, struct arena *a);

#endif
