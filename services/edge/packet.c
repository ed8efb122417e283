/* packet: what is asked for a hand-over, and kept; see packet.h. */
#include "services/edge/packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/msg/msg.h"
#include "services/edge/chart_draw.h"
#include "services/edge/packet_private.h"

/* A turn without an end hands over a week. */
#define PACKET_AHEAD (7 * DAYS)

static const struct {
    const char *service, *query;
} steps[PACKET_STEPS] = {
    [PACKET_TURN] = { "catalog", "catalog.handover" },
    [PACKET_CLIENTS] = { "catalog", "catalog.clients" },
    [PACKET_PEOPLE] = { "catalog", "catalog.people" },
    [PACKET_SERVED] = { "catalog", "catalog.served" },
    [PACKET_RISKS] = { "catalog", "catalog.risks" },
    [PACKET_CHANGES] = { "catalog", "catalog.announced" },
    [PACKET_AFFECTED] = { "catalog", "catalog.affected" },
    [PACKET_OWED] = { "escalation", "escalation.owed" },
    [PACKET_PROGRAMMES] = { "sip", "sip.programmes" },
    [PACKET_ACTIONS] = { "sip", "sip.actions" },
    [PACKET_AT_RISK] = { "kpi", "kpi.risk" },
};

struct packet *packet_begin(struct text roster, struct text at)
{
    struct packet *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->roster = strndup(roster.length ? roster.at : "", roster.length);
    p->at = strndup(at.length ? at.at : "", at.length);
    bool all = p->roster && p->at;
    for (int i = 0; i < PACKET_STEPS; i++) {
        p->rows[i] = json_array();
        all = all && p->rows[i];
    }
    if (!all)
        packet_end(&p);
    return p;
}

void packet_end(struct packet **where)
{
    struct packet *p = *where;
    if (!p)
        return;
    for (int i = 0; i < PACKET_STEPS; i++)
        json_decref(p->rows[i]);
    json_decref(p->parameters);
    free(p->roster);
    free(p->at);
    free(p);
    *where = NULL;
}

const json_t *packet_turn(const struct packet *p)
{
    return json_array_get(p->rows[PACKET_TURN], 0);
}

bool packet_found(const struct packet *p)
{
    return packet_turn(p) != NULL;
}

/* --- asking ------------------------------------------------------------------------------------
 */

static const json_t *next_change(const struct packet *p)
{
    return json_array_get(p->rows[PACKET_CHANGES], json_array_size(p->rows[PACKET_AFFECTED]));
}

/* Actions are due on days of their clients' zones: this one is the last anywhere. */
static json_t *actions_until(const struct packet *p)
{
    char day[INSTANT_TEXT + 1];
    instant_print(p->to + DAYS, day);
    day[DATE_TEXT] = 0;
    return json_pack("{ss}", "until", day);
}

static json_t *parameters_of(const struct packet *p)
{
    const json_t *turn = packet_turn(p);
    switch (p->step) {
    case PACKET_TURN:
        return *p->at ? json_pack("{ss ss}", "roster", p->roster, "at", p->at)
                      : json_pack("{ss}", "roster", p->roster);
    case PACKET_SERVED:
        return json_pack("{ss ss}", "group", chart_text(turn, "group"), "at", p->from_text);
    case PACKET_CHANGES:
        return json_pack("{ss ss}", "from", p->from_text, "to", p->to_text);
    case PACKET_AFFECTED:
        return json_pack("{ss}", "change", chart_text(next_change(p), "id"));
    case PACKET_ACTIONS:
        return actions_until(p);
    default:
        return json_object();
    }
}

bool packet_ask(struct packet *p, struct packet_ask *ret)
{
    if (p->step == PACKET_AFFECTED && !next_change(p))
        p->step++;
    if (p->step == PACKET_STEPS || (p->step > PACKET_TURN && !packet_turn(p)))
        return false;
    json_decref(p->parameters);
    p->parameters = parameters_of(p);
    *ret = (struct packet_ask){ .service = steps[p->step].service,
                                .query = steps[p->step].query,
                                .parameters = p->parameters };
    return true;
}

/* --- keeping -----------------------------------------------------------------------------------
 */

/* The time that is handed over: the turn, and where it has no end, a week of it. */
static void set_window(struct packet *p)
{
    const json_t *turn = packet_turn(p);
    int64_t at = 0;
    (void)instant_parse(text_from(chart_text(turn, "from")), &p->from);
    if (instant_parse(text_from(chart_text(turn, "to")), &p->to) < 0) {
        (void)instant_parse(text_from(chart_text(turn, "at")), &at);
        p->to = at + PACKET_AHEAD;
    }
    instant_print(p->from, p->from_text);
    instant_print(p->to, p->to_text);
}

void packet_take(struct packet *p, const json_t *rows)
{
    if (p->step == PACKET_AFFECTED) {
        json_array_append_new(p->rows[PACKET_AFFECTED], json_deep_copy(rows));
        return; /* on to the next change, if there is one */
    }
    json_array_extend(p->rows[p->step], (json_t *)(uintptr_t)rows);
    if (p->step == PACKET_TURN && packet_turn(p))
        set_window(p);
    p->step++;
}
