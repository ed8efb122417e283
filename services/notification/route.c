/* route: who is told of what. The table is RULES.md 1, row by row; roles become people by the
 * catalog's copies at the moment of the event. */
#include "services/notification/notification.h"

enum way { ANY_WAY, OWN_LINE, GROUP_LINE, SEVERE }; /* when a row counts */
enum whom { THE_LINE, THE_GROUP, THE_CONTACT, THE_EXECUTIVES };
enum span { NEW, SO_FAR, FIXED };
enum { SEVERE_SEVERITY = 2, SEVERE_LEVEL = 4 };

static const struct route_row {
    int32_t stage;
    enum way way;
    enum whom whom;
    enum span span; /* which levels of a line */
    int64_t low, high; /* FIXED */
} rows[] = {
    { stage_raised, OWN_LINE, THE_LINE, NEW, 0, 0 },
    { stage_raised, GROUP_LINE, THE_GROUP, NEW, 0, 0 },
    { stage_raised, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_level_raised, OWN_LINE, THE_LINE, NEW, 0, 0 },
    { stage_level_raised, GROUP_LINE, THE_GROUP, NEW, 0, 0 },
    { stage_level_raised, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_acked, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_acked, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_acked, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_ack_expired, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_ack_expired, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_ack_expired, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_updated, ANY_WAY, THE_CONTACT, FIXED, 0, 0 },
    { stage_updated, SEVERE, THE_EXECUTIVES, FIXED, 0, 0 },
    { stage_update_missed, ANY_WAY, THE_LINE, SO_FAR, 0, 0 },
    { stage_update_missed, ANY_WAY, THE_LINE, FIXED, 4, 4 },
    { stage_promise_missed, ANY_WAY, THE_LINE, SO_FAR, 0, 0 },
    { stage_promise_missed, ANY_WAY, THE_LINE, FIXED, 4, 4 },
    { stage_resolved, ANY_WAY, THE_CONTACT, FIXED, 0, 0 },
    { stage_resolved, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_resolved, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_resolved, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_reopened, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_reopened, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_reopened, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_closed, ANY_WAY, THE_CONTACT, FIXED, 0, 0 },
    { stage_closed, SEVERE, THE_EXECUTIVES, FIXED, 0, 0 },
    { stage_closed, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_closed, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_closed, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_reminded, ANY_WAY, THE_LINE, FIXED, 1, 1 },
    { stage_review_overdue, ANY_WAY, THE_LINE, FIXED, 3, 4 },
};

/* --- roles ----------------------------------------------------------------------------------- */

int32_t reader_of_level(int64_t level)
{
    if (level == LEVELS)
        return reader_executive;
    return level >= 3 ? reader_manager : reader_responder;
}

bool reader_fits(int32_t reader, int32_t side)
{
    static const int32_t sides[] = {
        [reader_responder] = side_provider,      [reader_manager] = side_provider,
        [reader_executive] = side_provider,      [reader_client] = side_client,
        [reader_client_executive] = side_client, [reader_supplier] = side_supplier,
    };
    return sides[reader] == side;
}

struct text actor_person(struct text actor)
{
    static const char kind[] = "person:";
    const uint32_t length = sizeof kind - 1;
    if (actor.length > length && memcmp(actor.at, kind, length) == 0)
        return (struct text){ actor.at + length, actor.length - length };
    return actor;
}

/* Of two roles of one person the higher one is told. */
static bool is_higher(const struct recipient *a, const struct recipient *b)
{
    static const int rank[] = {
        [reader_supplier] = 1,  [reader_client] = 2,  [reader_client_executive] = 3,
        [reader_responder] = 4, [reader_manager] = 5, [reader_executive] = 6,
    };
    if (a->reader != b->reader)
        return rank[a->reader] > rank[b->reader];
    return a->level > b->level;
}

/* --- people ---------------------------------------------------------------------------------- */

static void add_person(struct told *t, struct text actor, struct text person, int32_t reader,
                       int64_t level)
{
    const struct recipient new = { person, reader, level };
    if (text_empty(person) || text_equal(person, actor_person(actor)))
        return;
    for (uint32_t i = 0; i < t->count; i++)
        if (text_equal(t->at[i].person, person)) {
            if (is_higher(&new, &t->at[i]))
                t->at[i] = new;
            return;
        }
    if (t->count == RECIPIENTS_MAX)
        t->too_many = true;
    else
        t->at[t->count++] = new;
}

static void add_gap(struct told *t, int32_t reader, int64_t level)
{
    t->gaps[t->gap_count++] = (struct gap){ reader, level };
}

/* The level itself where somebody holds it, else the nearest higher one that is held, else the
 * nearest lower one; 0 when none is. */
static int64_t held_level(const struct holder_list *line, int64_t level)
{
    int64_t higher = 0, lower = 0;
    for (uint32_t i = 0; i < line->count; i++) {
        int64_t held = line->at[i].level;
        if (held >= level && (!higher || held < higher))
            higher = held;
        if (held < level && held > lower)
            lower = held;
    }
    return higher ? higher : lower;
}

static void add_level(struct told *t, const struct happening *h, const struct holder_list *line,
                      int64_t level, bool supplier)
{
    int32_t reader = supplier ? reader_supplier : reader_of_level(level);
    for (uint32_t i = 0; i < line->count; i++) {
        const struct holder *holder = &line->at[i];
        if (holder->level != level)
            continue;
        add_person(t, h->actor, holder->person, reader, level);
        add_person(t, h->actor, holder->backup, reader, level);
    }
}

/* Levels told for the first time say so when nobody holds them; the others said it before. */
static void add_line(struct told *t, const struct happening *h, const struct route_row *r,
                     const struct holder_list *line, bool supplier)
{
    int64_t low = r->low, high = r->high;
    if (r->span != FIXED) {
        low = r->span == NEW ? h->from + 1 : 1;
        high = h->to;
    }
    for (int64_t level = low; level <= high; level++) {
        int64_t held = held_level(line, level);
        if (held != level && r->span != SO_FAR)
            add_gap(t, supplier ? reader_supplier : reader_of_level(level), level);
        if (held)
            add_level(t, h, line, held, supplier);
    }
    if (r->span == SO_FAR && !line->count)
        add_gap(t, reader_responder, 0);
}

static void add_row(struct told *t, const struct happening *h, const struct route_row *r,
                    const struct client *c, const struct group *g)
{
    switch (r->whom) {
    case THE_LINE:
        add_line(t, h, r, &c->holders, false);
        break;
    case THE_GROUP:
        add_line(t, h, r, &g->holders, g->side == side_supplier);
        break;
    case THE_CONTACT:
        if (text_empty(c->primary_contact))
            add_gap(t, reader_client, 0);
        add_person(t, h->actor, c->primary_contact, reader_client, 0);
        break;
    default: /* THE_EXECUTIVES */
        for (uint32_t i = 0; i < c->executives.count; i++)
            add_person(t, h->actor, c->executives.at[i].person, reader_client_executive, 0);
        break;
    }
}

static bool counts(const struct route_row *r, const struct happening *h, bool group_line)
{
    switch (r->way) {
    case OWN_LINE:
        return !group_line;
    case GROUP_LINE:
        return group_line;
    case SEVERE:
        return h->severity <= SEVERE_SEVERITY || h->to >= SEVERE_LEVEL;
    default:
        return true;
    }
}

void route(const struct client *c, const struct group *g, const struct happening *h,
           struct told *ret)
{
    static const struct group nobody;
    const struct group *line = g ? g : &nobody;
    bool group_line = line->holders.count > 0;
    *ret = (struct told){ .count = 0 };
    /* A silent group without a line: the incident's own line is told, and so is the gap. */
    if (h->stage == stage_raised && !text_empty(h->group) && !group_line)
        add_gap(ret, reader_supplier, 0);
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].stage == h->stage && counts(&rows[i], h, group_line))
            add_row(ret, h, &rows[i], c, line);
}
