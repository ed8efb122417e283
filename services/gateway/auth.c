/* auth: see auth.h. */
#include "services/gateway/auth.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/base/monotonic.h"
#include "common/msg/json.h"
#include "services/gateway/auth_failures.h"
#include "services/gateway/bus.h"
#include "services/gateway/guard.h"
#include "services/gateway/roles.h"
#include "services/registry.h"

enum { KEY_ROOM = ENTITY_ID_MAX + 2, NAME_ROOM = ENTITY_ID_MAX + 1, DIGEST = 32 };

/* A token as the catalog has it. */
struct known {
    char key[KEY_ROOM]; /* "d<digest>" or "i<id>" */
    bool good; /* the catalog has it, and it was not revoked */
    int64_t looked_ms;
    const struct role *role;
    char token[NAME_ROOM], person[NAME_ROOM];
    char clients[AUTH_CLIENTS_MAX][CLIENT_MAX + 1];
    uint32_t client_count;
    int64_t expires; /* the suite's clock */
};

struct auth {
    struct gateway *gateway;
    struct failures *failures;
    uint32_t count;
    struct known known[AUTH_CACHE_MAX];
};

typedef void found_fn(void *arg, int error, const struct known *k);
struct lookup {
    struct auth *auth;
    char key[KEY_ROOM];
    found_fn *found;
    void *arg;
};

int auth_open(struct gateway *g, struct auth **ret)
{
    struct auth *a = calloc(1, sizeof *a);
    if (!a)
        return -ENOMEM;
    a->gateway = g;
    if (failures_open(&a->failures) < 0) {
        free(a);
        return -ENOMEM;
    }
    *ret = a;
    return 0;
}

void auth_close(struct auth **a)
{
    if (!*a)
        return;
    failures_close(&(*a)->failures);
    free(*a);
    *a = NULL;
}

/* --- what is remembered ----------------------------------------------------------------------- */

static struct known *remembered(struct auth *a, const char *key)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (strcmp(a->known[i].key, key) == 0)
            return &a->known[i];
    return NULL;
}

/* Room for one more: the oldest makes it, but what is good only after all that is bad, so that
 * guesses push nobody out. */
static struct known *room_for(struct auth *a, const char *key)
{
    struct known *k = remembered(a, key);
    if (!k && a->count < AUTH_CACHE_MAX)
        k = &a->known[a->count++];
    if (!k) {
        k = &a->known[0];
        for (struct known *other = k; other < &a->known[AUTH_CACHE_MAX]; other++)
            if (other->good == k->good ? other->looked_ms < k->looked_ms : k->good)
                k = other;
    }
    *k = (struct known){ .looked_ms = monotonic_ms() };
    memcpy(k->key, key, strlen(key) + 1);
    return k;
}

static bool is_fresh(const struct known *k)
{
    return monotonic_ms() - k->looked_ms < (k->good ? AUTH_GOOD_MS : AUTH_BAD_MS);
}

/* --- asking the catalog ----------------------------------------------------------------------- */

static bool copy_text(const json_t *row, const char *name, char *out, size_t room)
{
    const json_t *value = json_object_get(row, name);
    size_t n = json_string_length(value);
    if (!json_is_string(value) || n >= room)
        return false;
    memcpy(out, json_string_value(value), n + 1);
    return true;
}

static bool read_row(const json_t *row, struct known *k)
{
    char role[32], expires[40];
    if (!copy_text(row, "id", k->token, sizeof k->token) ||
        !copy_text(row, "person", k->person, sizeof k->person) ||
        !copy_text(row, "role", role, sizeof role) ||
        !copy_text(row, "expires_at", expires, sizeof expires) ||
        instant_parse(text_from(expires), &k->expires) < 0)
        return false;
    const json_t *clients = json_object_get(row, "clients");
    for (size_t i = 0; i < json_array_size(clients); i++)
        if (k->client_count == AUTH_CLIENTS_MAX ||
            !copy_text(json_array_get(clients, i), "client", k->clients[k->client_count++],
                       sizeof k->clients[0]))
            return false;
    k->role = role_find(text_from(role));
    return k->role && !json_object_get(row, "revoked_at");
}

static void catalog_said(void *arg, int error, const struct reply *reply, struct arena *arena)
{
    struct lookup *l = arg;
    struct known *k = NULL;
    (void)arena;
    if (error == 0 && reply->status == STATUS_ok) {
        json_t *rows = json_from_msg(reply->result, reply->result_size);
        k = room_for(l->auth, l->key);
        k->good = json_array_size(rows) == 1 && read_row(json_array_get(rows, 0), k);
        json_decref(rows);
    } else if (error == 0) {
        error = -ECONNREFUSED;
    }
    l->found(l->arg, error, k);
    free(l);
}

static int catalog_ask(struct lookup *l)
{
    bool by_digest = l->key[0] == 'd';
    const struct service_type *s;
    struct arena arena = { 0 };
    struct msg_buffer data = { .arena = &arena };
    struct text type = text_from(by_digest ? "catalog.tokens" : "catalog.token");
    if (!http_query(services, type, &s))
        return -ECONNREFUSED;
    msg_put_map(&data, 1);
    msg_put_key(&data, by_digest ? "digest" : "token");
    msg_put_key(&data, l->key + 1);
    const struct request r = {
        .query = true, .type = type, .data = data.at, .data_size = data.size, .limit = 2
    };
    int error = bus_ask(l->auth->gateway->bus, s, &r, catalog_said, l);
    arena_free(&arena);
    return error;
}

/* `found` may be called at once. */
static void look_up(struct auth *a, const char *key, found_fn *found, void *arg)
{
    const struct known *k = remembered(a, key);
    if (k && is_fresh(k)) {
        found(arg, 0, k);
        return;
    }
    struct lookup *l = calloc(1, sizeof *l);
    int error = -ENOMEM;
    if (l) {
        *l = (struct lookup){ .auth = a, .found = found, .arg = arg };
        memcpy(l->key, key, strlen(key) + 1);
        error = catalog_ask(l);
    }
    if (error < 0) {
        free(l);
        found(arg, error, NULL);
    }
}

/* --- a call's own ----------------------------------------------------------------------------- */

static bool holds(const struct known *k, const struct gateway *g)
{
    return k->good && k->expires > suite_now(&g->suite->clock);
}

static void refuse(struct call *c)
{
    failures_add(c->gateway->auth->failures, c->address, monotonic_ms());
    CALL_PROBLEM(c, unauthorised, "",
                 "Log in at /, or send Authorization: Bearer TOKEN; `redress token grant` makes "
                 "a token.");
}

struct admission {
    struct call *call;
    call_handler *then;
    int64_t session_expires; /* 0: no session */
};

static void call_found(void *arg, int error, const struct known *k)
{
    const struct admission *m = arg;
    struct call *c = m->call;
    if (error < 0) {
        call_failed(c, error, NULL);
        return;
    }
    if (!holds(k, c->gateway)) {
        refuse(c);
        return;
    }
    struct text *clients = arena_alloc(&c->arena, (k->client_count + 1) * sizeof *clients);
    for (uint32_t i = 0; i < k->client_count; i++)
        clients[i] = arena_text(&c->arena, text_from(k->clients[i]));
    c->who = (struct principal){
        .role = k->role,
        .token = arena_text(&c->arena, text_from(k->token)),
        .person = arena_text(&c->arena, text_from(k->person)),
        .actor = arena_printf(&c->arena, "person:%s", k->person),
        .clients = clients,
        .client_count = k->client_count,
        .expires = k->expires,
        .session_expires = m->session_expires,
    };
    m->then(c);
}

static void judge(struct call *c, const char *key, int64_t session_expires, call_handler *then)
{
    struct auth *a = c->gateway->auth;
    const struct known *k = remembered(a, key);
    int64_t wait_s = failures_wait(a->failures, c->address, monotonic_ms());
    /* Who was let in before goes on, whatever others behind the same address try. */
    if (wait_s && !(k && k->good)) {
        call_add_header(c, "Retry-After", arena_printf(&c->arena, "%d", (int)wait_s));
        CALL_PROBLEM(c, busy, "", "Too many wrong tokens came from this address.");
        return;
    }
    struct admission *m = arena_alloc(&c->arena, sizeof *m);
    *m = (struct admission){ c, then, session_expires };
    look_up(a, key, call_found, m);
}

void auth_token(struct call *c, struct text token, call_handler *then)
{
    uint8_t digest[DIGEST];
    char key[2 * DIGEST + 2] = "d";
    if (text_empty(token) || token.length > AUTH_TOKEN_MAX) {
        refuse(c);
        return;
    }
    crypto_generichash(digest, sizeof digest, (const uint8_t *)token.at, token.length, NULL, 0);
    sodium_bin2hex(key + 1, sizeof key - 1, digest, sizeof digest);
    judge(c, key, 0, then);
}

void auth_call(struct call *c, call_handler *then)
{
    char key[KEY_ROOM] = "i";
    struct link session;
    struct text header = text_from(call_header(c, "Authorization"));
    struct text cookie = guard_cookie(text_from(call_header(c, "Cookie")), SESSION_COOKIE);
    if (!text_empty(header)) {
        auth_token(c, guard_bearer(header), then);
    } else if (text_empty(cookie)) {
        /* Nothing was tried: this is no failure. */
        CALL_PROBLEM(c, unauthorised, "",
                     "Log in at /, or send Authorization: Bearer TOKEN; `redress token grant` "
                     "makes a token.");
    } else if (link_read(c->gateway->key, cookie, real_now(), &c->arena, &session) < 0 ||
               !text_equal(session.purpose, text_from("session")) ||
               session.subject.length > ENTITY_ID_MAX) {
        CALL_PROBLEM(c, unauthorised, "", "The session has ended; log in at /.");
    } else {
        memcpy(key + 1, session.subject.at, session.subject.length);
        judge(c, key, session.expires, then);
    }
}

/* --- again ------------------------------------------------------------------------------------ */

struct again {
    struct gateway *gateway;
    auth_done *done;
    void *arg;
};

static void again_found(void *arg, int error, const struct known *k)
{
    struct again *m = arg;
    if (error == 0 && !holds(k, m->gateway))
        error = -EACCES;
    m->done(m->arg, error);
    free(m);
}

void auth_again(struct gateway *g, const struct principal *who, auth_done *done, void *arg)
{
    char key[KEY_ROOM] = "i";
    struct again *m = malloc(sizeof *m);
    if (!m) {
        done(arg, -ENOMEM);
        return;
    }
    *m = (struct again){ g, done, arg };
    memcpy(key + 1, who->token.at, who->token.length);
    key[1 + who->token.length] = '\0';
    look_up(g->auth, key, again_found, m);
}
