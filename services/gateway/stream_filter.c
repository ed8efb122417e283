/* stream_filter: see stream_filter.h. */
#include "services/gateway/stream_filter.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "services/gateway/roles.h"
#include "services/registry.h"

/* What the runtime itself says in every log; no table has it. */
static const struct text clock_adopted = TEXT_OF("clock.adopted");
static const struct text follow_refused = TEXT_OF("follow_refused");

/* --- the parameters -----------------------------------------------------------------------------
 */

static int by_bytes(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static void sort(struct filter_list *l)
{
    size_t kept = 0;
    if (l->count)
        qsort(l->at, l->count, sizeof *l->at, by_bytes);
    for (size_t i = 0; i < l->count; i++)
        if (i == 0 || !text_equal(l->at[i], l->at[kept - 1]))
            l->at[kept++] = l->at[i];
    l->count = kept;
}

/* "a,b" into its parts; none may be empty. */
static int split(struct text t, struct filter_list *ret)
{
    struct filter_list l = { .count = 0 };
    uint32_t from = 0;
    for (uint32_t i = 0; t.length && i <= t.length; i++) {
        if (i < t.length && t.at[i] != ',')
            continue;
        if (i == from || l.count == FILTER_LIST_MAX)
            return -EINVAL;
        l.at[l.count++] = (struct text){ t.at + from, i - from };
        from = i + 1;
    }
    sort(&l);
    *ret = l;
    return 0;
}

static bool in(const struct filter_list *l, struct text t)
{
    size_t from = 0, to = l->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = text_compare(l->at[middle], t);
        if (order == 0)
            return true;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

static bool selects(const struct filter_list *l, struct text t)
{
    return l->count == 0 || in(l, t);
}

/* Whether a log of this service can hold events of this type. */
static bool has_type(const struct service_type *s, struct text type)
{
    size_t name = strlen(s->name);
    if (text_equal(type, clock_adopted))
        return true;
    if (type.length == name + 1 + follow_refused.length && memcmp(type.at, s->name, name) == 0 &&
        type.at[name] == '.' &&
        memcmp(type.at + name + 1, follow_refused.at, follow_refused.length) == 0)
        return true;
    for (size_t i = 0; i < s->event_count; i++)
        if (text_equal(type, text_from(s->events[i].name)))
            return true;
    return false;
}

static bool is_type(struct text t)
{
    for (const struct service_type *const *s = services; *s; s++)
        if (has_type(*s, t))
            return true;
    return false;
}

static const struct service_type *service_of(struct text name)
{
    for (const struct service_type *const *s = services; *s; s++)
        if (text_equal(name, text_from((*s)->name)))
            return *s;
    return NULL;
}

static bool is_client(struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", t.at[i]) ||
            t.at[i] == '\0')
            return false;
    return t.length > 0 && t.length <= CLIENT_MAX;
}

static int wrong(struct filter_error *reterr, enum problem what, const char *field,
                 const char *rule)
{
    *reterr = (struct filter_error){ what, field, rule };
    return -EINVAL;
}

#define INVALID(field, rule) wrong(reterr, PROBLEM_invalid, (field), (rule))
#define DENIED(field, rule)  wrong(reterr, PROBLEM_denied, (field), (rule))

static int check_services(struct filter *f, const struct role *role, struct filter_error *reterr)
{
    for (size_t i = 0; i < f->services.count; i++) {
        const struct service_type *s = service_of(f->services.at[i]);
        if (!s)
            return INVALID("services", "must name services of this suite");
        if (!role_may_query(role, s))
            return DENIED("services", "must be services that this token may read");
    }
    return 0;
}

static int check_clients(struct filter *f, const struct principal *who, struct filter_error *reterr)
{
    for (size_t i = 0; i < f->clients.count; i++) {
        if (!is_client(f->clients.at[i]))
            return INVALID("clients", "must hold ids of clients, with commas between them");
        if (!principal_sees(who, f->clients.at[i]))
            return DENIED("clients", "must be clients of this token");
    }
    assert(who->client_count <= FILTER_LIST_MAX);
    if (f->clients.count == 0)
        for (uint32_t i = 0; i < who->client_count; i++)
            f->clients.at[f->clients.count++] = who->clients[i];
    sort(&f->clients);
    return 0;
}

int filter_read(const struct call *c, struct filter *ret, struct filter_error *reterr)
{
    struct filter f = { .as_client = c->who.role->as_client };
    if (split(call_param(c, "types"), &f.types) < 0)
        return INVALID("types", "must be 1 to 64 types, with commas between them");
    if (split(call_param(c, "clients"), &f.clients) < 0)
        return INVALID("clients", "must be 1 to 64 clients, with commas between them");
    if (split(call_param(c, "services"), &f.services) < 0)
        return INVALID("services", "must be 1 to 64 services, with commas between them");
    for (size_t i = 0; i < f.types.count; i++)
        if (!is_type(f.types.at[i]))
            return INVALID("types", "must name types of events");
    int r = check_services(&f, c->who.role, reterr);
    if (r == 0)
        r = check_clients(&f, &c->who, reterr);
    if (r == 0)
        *ret = f;
    return r;
}

/* --- the logs -----------------------------------------------------------------------------------
 */

static bool needs_service(const struct filter *f, const struct principal *who,
                          const struct service_type *s)
{
    bool typed = f->types.count == 0;
    for (size_t i = 0; i < f->types.count; i++)
        typed = typed || has_type(s, f->types.at[i]);
    if (!typed || !selects(&f->services, text_from(s->name)) || !role_may_query(who->role, s))
        return false;
    return !s->single || selects(&f->clients, PROVIDER_CLIENT);
}

static bool needs_partition(const struct filter *f, const struct service_type *s,
                            uint32_t partition, uint32_t count)
{
    bool any = s->single || f->clients.count == 0;
    for (size_t i = 0; i < f->clients.count && !any; i++)
        any = partition_of(f->clients.at[i], count) == partition;
    return any;
}

size_t filter_logs(const struct filter *f, const struct principal *who, const struct suite *s,
                   struct log_name *ret, size_t room)
{
    size_t n = 0;
    for (const struct service_type *const *v = services; *v; v++) {
        if (!needs_service(f, who, *v))
            continue;
        uint32_t count = suite_partitions(s, (*v)->name);
        for (uint32_t p = 0; p < count; p++) {
            if (!needs_partition(f, *v, p, count))
                continue;
            if (n < room)
                ret[n] = (struct log_name){ *v, p };
            n++;
        }
    }
    return n;
}

bool filter_takes(const struct filter *f, struct text type, struct text client)
{
    return selects(&f->types, type) && selects(&f->clients, client);
}

/* --- its hashes ---------------------------------------------------------------------------------
 */

static void hash_number(crypto_generichash_state *h, uint32_t v)
{
    uint8_t bytes[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
    crypto_generichash_update(h, bytes, sizeof bytes);
}

/* With the length in front: ("ab", "c") is not ("a", "bc"). */
static void hash_text(crypto_generichash_state *h, struct text t)
{
    hash_number(h, t.length);
    if (t.length)
        crypto_generichash_update(h, (const unsigned char *)t.at, t.length);
}

static void hash_list(crypto_generichash_state *h, const struct filter_list *l)
{
    hash_number(h, (uint32_t)l->count);
    for (size_t i = 0; i < l->count; i++)
        hash_text(h, l->at[i]);
}

void filter_key(const struct filter *f, const struct suite *s, const struct log_name *logs,
                size_t count, struct cursor_key *ret)
{
    crypto_generichash_state h;
    uint8_t hash[crypto_generichash_BYTES_MIN];
    crypto_generichash_init(&h, NULL, 0, sizeof hash);
    hash_text(&h, text_from(s->install));
    hash_number(&h, s->partitions);
    crypto_generichash_final(&h, hash, sizeof hash);
    memcpy(ret->layout, hash, sizeof ret->layout);
    crypto_generichash_init(&h, NULL, 0, sizeof hash);
    hash_list(&h, &f->types);
    hash_list(&h, &f->clients);
    hash_list(&h, &f->services);
    hash_number(&h, f->as_client);
    for (size_t i = 0; i < count; i++) {
        hash_text(&h, text_from(logs[i].service->name));
        hash_number(&h, logs[i].partition);
    }
    crypto_generichash_final(&h, hash, sizeof hash);
    memcpy(ret->filter, hash, sizeof ret->filter);
}
