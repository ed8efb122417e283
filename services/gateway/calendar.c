/* calendar: the shifts of one person as a feed that calendar programs read, without a login:
 * GET /calendar/TOKEN.ics. The token of the path is a signed link (link.h) that names a token of
 * the catalog, as sessions do; so the feed ends when that is revoked or expires, and with the
 * person. It tells that person's shifts and nothing else. */
#include "services/gateway/handlers.h"

#include <errno.h>

#include "common/msg/json.h"
#include "proto/catalog.h"
#include "services/edge/ical.h"
#include "services/gateway/bus.h"
#include "services/registry.h"

enum { CALENDAR_PAGES_MAX = 256 /* of shifts; pages may be short */ };

#define PAST   (14 * DAYS)
#define FUTURE (180 * DAYS)
/* Shifts are asked for from so much earlier, that those that are shown begin where they begin, and
 * keep their ids. */
#define LEAD (31 * DAYS)

static const struct text CATALOG_TOKEN = TEXT_OF("catalog.token"),
                         CATALOG_SHIFTS = TEXT_OF("catalog.shifts");

struct feed {
    struct link link;
    const struct service_type *catalog;
    struct text person;
    int64_t now;
    struct ical ical;
    int pages;
};

static void ended(struct call *c)
{
    CALL_PROBLEM(c, gone, "", "This feed has ended; `redress roster feed PERSON` makes a new one.");
}

static bool failed(struct call *c, int error, const struct reply *reply)
{
    if (error == 0 && reply->status == STATUS_ok)
        return false;
    call_failed(c, error, reply);
    return true;
}

static void ask(struct call *c, struct text query, const void *parameters, struct text cursor,
                bus_done *done)
{
    const struct feed *f = c->state;
    const struct service_type *ignored;
    struct msg_buffer body = { .arena = &c->arena };
    msg_encode(http_query(services, query, &ignored)->parameters, parameters, &body);
    const struct request r = { .query = true,
                               .type = query,
                               .client = PROVIDER_CLIENT,
                               .data = body.at,
                               .data_size = body.size,
                               .limit = PAGE_MAX,
                               .cursor = cursor };
    int error = bus_ask(c->gateway->bus, f->catalog, &r, done, c);
    if (error < 0)
        call_failed(c, error, NULL);
}

/* --- shifts -------------------------------------------------------------------------------------
 */

static struct text member(struct call *c, const json_t *row, const char *name)
{
    return arena_text(&c->arena, text_from(json_string_value(json_object_get(row, name))));
}

static struct text words_of(struct call *c, struct text roster, struct text source,
                            struct text layer)
{
    static const struct text by_layer = TEXT_OF("layer");
    if (text_equal(source, by_layer))
        return arena_printf(&c->arena, "Roster %.*s, layer %.*s.", TEXT_ARG(roster),
                            TEXT_ARG(layer));
    return arena_printf(&c->arena, "Roster %.*s, by its %.*s.", TEXT_ARG(roster), TEXT_ARG(source));
}

static void add(struct call *c, const json_t *row)
{
    struct feed *f = c->state;
    struct text roster = member(c, row, "roster"), begins = member(c, row, "from");
    struct ical_event e = { 0 };
    if (instant_parse(begins, &e.from) < 0 || instant_parse(member(c, row, "to"), &e.to) < 0 ||
        e.to <= f->now - PAST)
        return;
    e.uid = arena_printf(&c->arena, "%.*s.%.*s.%lld@redress", TEXT_ARG(roster), TEXT_ARG(f->person),
                         (long long)(e.from / SECONDS));
    e.summary = arena_printf(&c->arena, "On duty: %.*s", TEXT_ARG(member(c, row, "group")));
    e.description = words_of(c, roster, member(c, row, "source"), member(c, row, "layer"));
    ical_event(&f->ical, &e);
}

static void ask_shifts(struct call *c, struct text cursor);

static void shifts_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct feed *f = c->state;
    (void)a;
    if (failed(c, error, reply))
        return;
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    for (size_t i = 0; i < json_array_size(rows); i++)
        add(c, json_array_get(rows, i));
    json_decref(rows);
    if (!text_empty(reply->cursor) && ++f->pages < CALENDAR_PAGES_MAX) {
        ask_shifts(c, arena_text(&c->arena, reply->cursor));
        return;
    }
    if (!text_empty(reply->cursor)) { /* a part would look like all of it: somebody misses a turn */
        CALL_PROBLEM(c, busy, "", "There are more shifts than a feed holds.");
        return;
    }
    call_add_header(c, "Content-Disposition", text_from("inline; filename=\"duty.ics\""));
    call_reply(c, 200, "text/calendar; charset=utf-8", ical_end(&f->ical));
}

/* From a midnight, so that a shift that has always lasted does not begin anew with every look. */
static void ask_shifts(struct call *c, struct text cursor)
{
    const struct feed *f = c->state;
    int64_t from = f->now - PAST - LEAD;
    const struct catalog_shifts q = { .person = f->person,
                                      .from = from - from % DAYS,
                                      .to = f->now + FUTURE };
    ask(c, CATALOG_SHIFTS, &q, cursor, shifts_came);
}

/* --- the link -----------------------------------------------------------------------------------
 */

static void token_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct feed *f = c->state;
    int64_t expires = 0;
    (void)a;
    if (failed(c, error, reply))
        return;
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    const json_t *row = json_array_get(rows, 0);
    bool holds = row && !json_object_get(row, "revoked_at") &&
                 instant_parse(member(c, row, "expires_at"), &expires) == 0 && expires > f->now;
    if (holds)
        f->person = member(c, row, "person");
    json_decref(rows);
    if (!holds) {
        ended(c);
        return;
    }
    f->ical = ical_begin(&c->arena, arena_printf(&c->arena, "On duty: %.*s", TEXT_ARG(f->person)),
                         f->now);
    ask_shifts(c, (struct text){ 0 });
}

void calendar_get(struct call *c)
{
    static const struct text suffix = TEXT_OF(".ics");
    struct feed *f = arena_alloc(&c->arena, sizeof *f);
    struct text token = c->segments[1];
    f->now = suite_now(&c->gateway->suite->clock);
    (void)http_query(services, CATALOG_TOKEN, &f->catalog);
    c->state = f;
    bool named = token.length > suffix.length &&
                 memcmp(token.at + token.length - suffix.length, suffix.at, suffix.length) == 0;
    if (named)
        token.length -= suffix.length;
    int r = named ? link_read(c->gateway->key, token, f->now, &c->arena, &f->link) : -EBADMSG;
    if ((r < 0 && r != -ETIME) || !text_equal(f->link.purpose, text_from("calendar"))) {
        CALL_PROBLEM(c, not_found, "",
                     "There is no such feed: the link is incomplete or not ours.");
    } else if (r == -ETIME) {
        ended(c);
    } else {
        const struct catalog_token q = { .token = f->link.subject };
        ask(c, CATALOG_TOKEN, &q, (struct text){ 0 }, token_came);
    }
}
