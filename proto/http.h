/* http: what the tables come to over HTTP (WIRE.md), for the gateway, which answers it, and for
 * print_openapi, which describes it. Neither knows a path or a problem that is not here.
 */
#ifndef REDRESS_HTTP_H
#define REDRESS_HTTP_H

#include "common/service.h"

/* Every problem an answer can be: its code, the status, what it says of itself (RFC 9457). A rule
 * that says no is `refused` with the rule's own code. */
#define HTTP_PROBLEMS(X)                                                                           \
    X(invalid, 400, "The request is not valid")                                                    \
    X(other_filter, 400, "The id is of a stream with another filter")                              \
    X(other_suite, 400, "The id is of another installation or other partitions")                   \
    X(unauthorised, 401, "A valid token is needed")                                                \
    X(denied, 403, "This token may not do that")                                                   \
    X(cross_site, 403, "Another site's page asked for this")                                       \
    X(not_found, 404, "There is no such thing")                                                    \
    X(method, 405, "This method does nothing here")                                                \
    X(not_acceptable, 406, "There is no such form of this")                                        \
    X(gone, 410, "This link has ended")                                                            \
    X(version, 412, "It has another version")                                                      \
    X(path_too_long, 414, "The path is too long")                                                  \
    X(media_type, 415, "The body has another form than this takes")                                \
    X(misdirected, 421, "This host name is not served here")                                       \
    X(refused, 422, "A rule says no")                                                              \
    X(id_reused, 422, "This id was used for another request")                                      \
    X(busy, 429, "There is too much to do just now")                                               \
    X(failed, 500, "The gateway failed")                                                           \
    X(unavailable, 503, "Nobody serves this just now")                                             \
    X(timeout, 504, "No answer came: whether it was done is unknown")                              \
    X(full, 507, "There is no room left")

#define HTTP_PROBLEM_(code, status, title) PROBLEM_##code,
enum problem { HTTP_PROBLEMS(HTTP_PROBLEM_) };
struct problem_row {
    const char *code;
    int status;
    const char *title;
};
extern const struct problem_row http_problems[];
extern const size_t http_problem_count;

/* The routes that no table of a service says: proto/routes.def. */
enum route_access {
    ANYBODY,
    REPORTERS, /* a token whose role reports facts */
    READERS, /* a token whose role reads */
    LOGGED_IN /* any token */
};
enum route_body { NO_BODY, JSON_BODY, FORM_BODY /* a form, or JSON */ };

/* An entity that paths speak of: its plural is /v1/{nouns}. */
struct noun {
    const struct service_type *service;
    const struct entity_row *entity;
    const struct query_row *one; /* GET /v1/{nouns}/{id}: gives the entity by */
    const struct field *one_id; /* this parameter */
    const struct query_row *list; /* GET /v1/{nouns} */
    const struct command_row *create; /* POST /v1/{nouns} */
}; /* what does not exist is NULL */

/* False for what has no paths: totals, and copies of another service's entities. */
bool http_noun(const struct service_type *s, const struct entity_row *e, struct noun *ret);

/* The noun of that plural, of all services; false when there is none. */
bool http_noun_find(const struct service_type *const *services, struct text plural,
                    struct noun *ret);

/* POST /v1/{nouns}/{id}/{verb}; NULL when there is none. */
const struct command_row *http_verb(const struct noun *n, struct text verb);

/* The field of an ON command that the path's id fills. */
const struct field *http_target(const struct command_row *row);

/* A query by its whole name, for GET /v1/queries/{name}; NULL when there is none. */
const struct query_row *http_query(const struct service_type *const *services, struct text name,
                                   const struct service_type **ret_service);

/* A field of a record by its name, or NULL. */
const struct field *http_field(const struct record *r, const char *name);

#endif
