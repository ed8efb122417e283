/* packet_document: what was answered for a hand-over as one document; see packet.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/msg/msg.h"
#include "common/time/zone.h"
#include "services/edge/chart_draw.h"
#include "services/edge/packet_private.h"

enum { MEMBER_BYTES = 40 };

struct making {
    const struct packet *packet;
    const json_t *turn;
    const struct zone *zone; /* of who comes */
    json_t *clients, *people, *served, *titles; /* rows by id, names by id, rows by client, texts */
    json_t *document;
    bool all; /* the model does not narrow: it is about all clients */
    struct arena arena;
};

/* --- members ------------------------------------------------------------------------------------
 */

static void put_text(json_t *out, const char *name, const char *value)
{
    if (*value)
        json_object_set_new(out, name, json_string(value));
}

/* An instant, and as the wall shows it. */
static void put_instant(struct making *m, json_t *out, const char *name, const char *value)
{
    char local[MEMBER_BYTES];
    int64_t at;
    if (instant_parse(text_from(value), &at) < 0)
        return;
    snprintf(local, sizeof local, "%s_local", name);
    put_text(out, name, value);
    put_text(out, local, zone_print(m->zone, at, &m->arena).at);
}

static void copy(json_t *out, const json_t *row, const char *name)
{
    json_t *value = json_object_get(row, name);
    if (value)
        json_object_set(out, name, value);
}

static void copy_all(json_t *out, const json_t *row, const char *const *names)
{
    for (; *names; names++)
        copy(out, row, *names);
}

/* Whose: the id, and the name, or the id again where there is none. */
static void put_client(struct making *m, json_t *out, const char *id)
{
    const char *name = chart_text(json_object_get(m->clients, id), "name");
    put_text(out, "client", id);
    put_text(out, "client_name", *name ? name : id);
}

static void put_person(struct making *m, json_t *out, const char *member, const char *id)
{
    const char *known = chart_text(m->people, id);
    char name[MEMBER_BYTES];
    snprintf(name, sizeof name, "%s_name", member);
    put_text(out, member, id);
    put_text(out, name, *known ? known : id);
}

static json_t *part(struct making *m, const char *name)
{
    json_t *rows = json_array();
    json_object_set_new(m->document, name, rows);
    return rows;
}

static const struct zone *zone_of(const char *name)
{
    const struct zone *z = zone_find(text_from(name));
    return z ? z : zone_find((struct text){ 0 });
}

/* --- order ---------------------------------------------------------------------------------------
 */

struct place {
    const char *key; /* "" comes last */
    size_t at;
    json_t *row;
};

static int by_key(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int r = !*a->key - !*b->key;
    if (r == 0)
        r = strcmp(a->key, b->key);
    return r ? r : a->at < b->at ? -1 : 1;
}

/* By a member that is a text and sorts as such: instants and days do. What is equal stays in order.
 */
static void sort_by(json_t *rows, const char *member)
{
    size_t n = json_array_size(rows), i;
    struct place *places = calloc(n + 1, sizeof *places);
    if (!places)
        return; /* unsorted is better than none */
    for (i = 0; i < n; i++) {
        json_t *row = json_array_get(rows, i);
        places[i] = (struct place){ chart_text(row, member), i, json_incref(row) };
    }
    qsort(places, n, sizeof *places, by_key);
    json_array_clear(rows);
    for (i = 0; i < n; i++)
        json_array_append_new(rows, places[i].row);
    free(places);
}

/* --- whom it is about ----------------------------------------------------------------------------
 */

static void index_rows(json_t *out, const json_t *rows, const char *id, const char *member)
{
    json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        json_object_set(out, chart_text(row, id), member ? json_object_get(row, member) : row);
    }
}

static bool is_about(const struct making *m, const char *client)
{
    return m->all || json_object_get(m->served, client);
}

static void put_scope(struct making *m)
{
    json_t *rows, *row;
    size_t i;
    json_object_set_new(m->document, "all_clients", json_boolean(m->all));
    rows = part(m, "clients");
    json_array_foreach(m->packet->rows[PACKET_SERVED], i, row)
    {
        json_t *out = json_object();
        put_client(m, out, chart_text(row, "client"));
        copy(out, row, "by");
        json_array_append_new(rows, out);
    }
}

static void put_turn(struct making *m)
{
    static const char *const same[] = {
        "roster",        "group",    "incoming", "incoming_name", "state",
        "outgoing_name", "outgoing", "tzdata",   "zone",          NULL
    };
    const char *name = chart_text(m->turn, "name");
    json_t *out = m->document;
    copy_all(out, m->turn, same);
    put_text(out, "name", *name ? name : chart_text(m->turn, "roster"));
    put_instant(m, out, "from", chart_text(m->turn, "from"));
    put_instant(m, out, "to", chart_text(m->turn, "to"));
    put_instant(m, out, "until", m->packet->to_text);
    put_instant(m, out, "accepted_at", chart_text(m->turn, "accepted_at"));
    put_instant(m, out, "accept_by", chart_text(m->turn, "accept_by"));
}

/* --- what is owed
 * ----------------------------------------------------------------------------------
 */

/* Where an instant lies: what the service says has passed is overdue, wherever that is. */
static const char *when(const struct making *m, const char *due, bool overdue)
{
    if (overdue)
        return "overdue";
    if (strcmp(due, m->packet->to_text) >= 0)
        return "later";
    return strcmp(due, m->packet->from_text) < 0 ? "before" : "in_shift";
}

/* One thing that is due, into the list of promises when this shift has to keep it; and into the
 * escalation's row when it is the first. */
static void owe(struct making *m, json_t *promises, json_t *escalation, json_t *thing, bool overdue)
{
    const char *due = chart_text(thing, "due_at"), *first = chart_text(escalation, "due_at");
    const char *is = when(m, due, overdue);
    bool earlier = !*first || strcmp(due, first) < 0;
    put_text(thing, "when", is);
    if (earlier) {
        put_instant(m, escalation, "due_at", due);
        put_text(escalation, "when", is);
    }
    if (strcmp(is, "overdue") == 0 || strcmp(is, "in_shift") == 0)
        json_array_append(promises, thing);
    json_decref(thing);
}

static json_t *thing_of(struct making *m, const json_t *row, const char *what, const char *due)
{
    json_t *thing = json_object();
    put_instant(m, thing, "due_at", due);
    put_text(thing, "what", what);
    put_client(m, thing, chart_text(row, "client"));
    copy(thing, row, "escalation");
    copy(thing, row, "title");
    return thing;
}

static void put_owed(struct making *m, const json_t *row, json_t *promises, json_t *escalations)
{
    static const char *const same[] = { "escalation", "title", "level",    "severity",
                                        "kind",       "cause", "acked_by", NULL };
    json_t *out = json_object(), *promise;
    const char *update = chart_text(row, "next_update_at");
    size_t i;
    put_client(m, out, chart_text(row, "client"));
    copy_all(out, row, same);
    put_instant(m, out, "raised_at", chart_text(row, "raised_at"));
    put_instant(m, out, "acked_until", chart_text(row, "acked_until"));
    put_instant(m, out, "resolved_at", chart_text(row, "resolved_at"));
    if (*update)
        owe(m, promises, out, thing_of(m, row, "update", update),
            json_is_true(json_object_get(row, "update_overdue")));
    json_array_foreach(json_object_get(row, "promises"), i, promise)
    {
        json_t *thing = thing_of(m, row, "promise", chart_text(promise, "until"));
        copy(thing, promise, "number");
        copy(thing, promise, "promised");
        owe(m, promises, out, thing, *chart_text(promise, "missed_at") != 0);
    }
    if (!*chart_text(out, "when"))
        put_text(out, "when", "none");
    json_array_append_new(escalations, out);
}

/* Those of the clients that the group serves, and those about its own silence. */
static void put_escalations(struct making *m)
{
    json_t *promises = part(m, "promises"), *escalations = part(m, "escalations"), *row;
    size_t i;
    json_array_foreach(m->packet->rows[PACKET_OWED], i, row)
    {
        if (is_about(m, chart_text(row, "client")) ||
            strcmp(chart_text(row, "group"), chart_text(m->turn, "group")) == 0)
            put_owed(m, row, promises, escalations);
    }
    sort_by(promises, "due_at");
    sort_by(escalations, "due_at");
}

/* --- programmes
 * -----------------------------------------------------------------------------------
 */

static void day_of(const struct zone *z, int64_t at, char out[static INSTANT_TEXT + 1])
{
    int64_t day, minutes;
    wall_at(z, at, &day, &minutes);
    instant_print(day * DAYS, out);
    out[DATE_TEXT] = 0;
}

/* Whether a day of the client's zone touches the shift. */
static bool is_in_shift(const struct making *m, const char *client, const char *day)
{
    char first[INSTANT_TEXT + 1], last[INSTANT_TEXT + 1];
    const struct zone *z = zone_of(chart_text(json_object_get(m->clients, client), "zone"));
    day_of(z, m->packet->from, first);
    day_of(z, m->packet->to - 1, last);
    return is_about(m, client) && *day && strcmp(day, first) >= 0 && strcmp(day, last) <= 0;
}

static void put_reviews(struct making *m)
{
    static const char *const same[] = { "title", "state", "rag", "trend", NULL };
    json_t *rows = part(m, "reviews"), *row;
    size_t i;
    json_array_foreach(m->packet->rows[PACKET_PROGRAMMES], i, row)
    {
        const char *client = chart_text(row, "client"), *day = chart_text(row, "next_review");
        if (!is_in_shift(m, client, day))
            continue;
        json_t *out = json_object();
        put_text(out, "day", day);
        put_client(m, out, client);
        put_text(out, "programme", chart_text(row, "id"));
        copy_all(out, row, same);
        put_person(m, out, "manager", chart_text(row, "manager"));
        json_array_append_new(rows, out);
    }
    sort_by(rows, "day");
}

static void put_actions(struct making *m)
{
    static const char *const same[] = { "programme", "number", "words", "state", NULL };
    json_t *rows = part(m, "actions"), *row;
    size_t i;
    json_array_foreach(m->packet->rows[PACKET_ACTIONS], i, row)
    {
        const char *client = chart_text(row, "client"), *day = chart_text(row, "due");
        if (!is_in_shift(m, client, day))
            continue;
        json_t *out = json_object();
        put_text(out, "day", day);
        put_client(m, out, client);
        copy_all(out, row, same);
        put_text(out, "title", chart_text(m->titles, chart_text(row, "programme")));
        put_person(m, out, "owner", chart_text(row, "owner"));
        json_array_append_new(rows, out);
    }
    sort_by(rows, "day");
}

/* --- changes and risks
 * ----------------------------------------------------------------------------
 */

/* Whom a change affects, and whether that is anybody whom the group serves: one that is not known
 * to affect anybody is told as well. */
static bool put_affected(struct making *m, json_t *out, const json_t *rows)
{
    json_t *list = json_array(), *row;
    bool any = json_array_size(rows) == 0;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        json_t *one = json_object();
        put_client(m, one, chart_text(row, "client"));
        json_array_append_new(list, one);
        any = any || is_about(m, chart_text(row, "client"));
    }
    json_object_set_new(out, "clients", list);
    return any;
}

static void put_changes(struct making *m)
{
    json_t *rows = part(m, "changes"), *row;
    size_t i;
    json_array_foreach(m->packet->rows[PACKET_CHANGES], i, row)
    {
        json_t *out = json_object();
        put_instant(m, out, "from", chart_text(row, "from"));
        put_instant(m, out, "to", chart_text(row, "to"));
        put_text(out, "change", chart_text(row, "id"));
        copy(out, row, "name");
        put_person(m, out, "owner", chart_text(row, "owner"));
        if (put_affected(m, out, json_array_get(m->packet->rows[PACKET_AFFECTED], i)))
            json_array_append(rows, out);
        json_decref(out);
    }
    sort_by(rows, "from");
}

/* Whether a client that the group serves has a service under contract. */
static bool is_covered(const struct making *m, const char *service)
{
    json_t *row, *one;
    size_t i, n;
    json_array_foreach(m->packet->rows[PACKET_SERVED], i, row)
    {
        json_array_foreach(json_object_get(row, "services"), n, one)
        {
            if (strcmp(chart_text(one, "service"), service) == 0)
                return true;
        }
    }
    return m->all;
}

static bool is_known_risk(const struct making *m, const json_t *row)
{
    const char *client = chart_text(row, "client"), *service = chart_text(row, "service");
    if (strcmp(chart_text(row, "state"), "closed") == 0)
        return false;
    if (*client)
        return is_about(m, client);
    return !*service || is_covered(m, service);
}

/* Those first whose probability times impact is greatest. */
static void put_risks(struct making *m)
{
    enum { GREATEST = 25 };
    static const char *const same[] = { "name",    "state",      "probability", "impact",
                                        "service", "mitigation", "review_on",   NULL };
    json_t *rows = part(m, "risks"), *row;
    size_t i;
    json_array_foreach(m->packet->rows[PACKET_RISKS], i, row)
    {
        char order[MEMBER_BYTES];
        if (!is_known_risk(m, row))
            continue;
        json_t *out = json_object();
        json_int_t weight = json_integer_value(json_object_get(row, "probability")) *
                            json_integer_value(json_object_get(row, "impact"));
        put_text(out, "risk", chart_text(row, "id"));
        copy_all(out, row, same);
        put_client(m, out, chart_text(row, "client"));
        put_person(m, out, "owner", chart_text(row, "owner"));
        snprintf(order, sizeof order, "%02d", GREATEST - (int)weight);
        put_text(out, "order", order);
        json_array_append_new(rows, out);
    }
    sort_by(rows, "order");
    json_array_foreach(rows, i, row)
    {
        json_object_del(row, "order");
    }
}

static void put_at_risk(struct making *m)
{
    static const char *const same[] = { "score", "level", "reasons", "renewal", NULL };
    json_t *rows = part(m, "clients_at_risk"), *row;
    size_t i;
    json_array_foreach(m->packet->rows[PACKET_AT_RISK], i, row)
    {
        if (strcmp(chart_text(row, "level"), "red") != 0 || !is_about(m, chart_text(row, "client")))
            continue;
        json_t *out = json_object();
        put_client(m, out, chart_text(row, "client"));
        copy_all(out, row, same);
        json_array_append_new(rows, out);
    }
}

json_t *packet_document(const struct packet *p, int64_t made)
{
    char now[INSTANT_TEXT + 1];
    struct making m = { .packet = p,
                        .turn = packet_turn(p),
                        .clients = json_object(),
                        .people = json_object(),
                        .served = json_object(),
                        .titles = json_object(),
                        .document = json_object() };
    m.zone = zone_of(chart_text(m.turn, "zone"));
    m.all = json_array_size(p->rows[PACKET_SERVED]) == 0;
    index_rows(m.clients, p->rows[PACKET_CLIENTS], "id", NULL);
    index_rows(m.people, p->rows[PACKET_PEOPLE], "id", "name");
    index_rows(m.served, p->rows[PACKET_SERVED], "client", NULL);
    index_rows(m.titles, p->rows[PACKET_PROGRAMMES], "id", "title");
    put_turn(&m);
    instant_print(made, now);
    put_instant(&m, m.document, "made_at", now);
    put_scope(&m);
    put_escalations(&m);
    put_reviews(&m);
    put_actions(&m);
    put_changes(&m);
    put_risks(&m);
    put_at_risk(&m);
    json_decref(m.clients);
    json_decref(m.people);
    json_decref(m.served);
    json_decref(m.titles);
    arena_free(&m.arena);
    return m.document;
}
