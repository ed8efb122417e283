/* survey_ask: who is asked, what, and how often. */
#include "services/kpi/survey.h"

#include <string.h>

bool index_survey_by_contact(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct survey *s = entity;
    (void)id;
    if (text_empty(s->contact) || s->state == survey_state_skipped)
        return false;
    key_text(k, client);
    key_text(k, s->contact);
    key_integer(k, -s->asked_at);
    return true;
}

bool index_person_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct person *p = entity;
    (void)client, (void)id;
    if (p->side != side_client)
        return false;
    key_text(k, p->client);
    return true;
}

static bool has_mail(const struct person *p)
{
    for (uint32_t i = 0; i < p->addresses.count; i++)
        if (p->addresses.at[i].channel == channel_email)
            return true;
    return false;
}

const struct person *survey_askable(struct view *v, struct text client, struct text contact,
                                    bool *ret_own)
{
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, contact);
    *ret_own = p && p->side == side_client && text_equal(p->client, client);
    return *ret_own && has_mail(p) ? p : NULL;
}

int64_t survey_population(struct view *v, struct text client)
{
    struct key key = { .length = 0 };
    struct found found;
    int64_t people = 0, count = 0;
    key_text(&key, client);
    struct walk *w = view_walk(v, INDEX_person_by_client, &key, CONTACTS_MAX + 1);
    while (view_next(w, &found)) {
        people++;
        count += has_mail(found.entity);
    }
    return people > CONTACTS_MAX ? CONTACTS_MAX + 1 : count;
}

/* --- roles ------------------------------------------------------------------------------------ */

enum part { PART_EXECUTIVE, PART_SPONSOR, PART_USER };

static enum part part_of(struct view *v, struct text client, struct text contact)
{
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, client);
    for (uint32_t i = 0; c && i < c->executives.count; i++)
        if (text_equal(c->executives.at[i].person, contact))
            return PART_EXECUTIVE;
    return c && text_equal(c->primary_contact, contact) ? PART_SPONSOR : PART_USER;
}

struct text survey_role(struct view *v, struct text client, struct text contact)
{
    static const struct text names[] = { TEXT_OF("executive"), TEXT_OF("sponsor"),
                                         TEXT_OF("user") };
    return names[part_of(v, client, contact)];
}

/* --- how often -------------------------------------------------------------------------------- */

struct asking survey_asking(const struct context *ctx, struct view *v)
{
    const struct kpi_options *o = ctx->options;
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    struct asking a = { o->survey_tickets, o->survey_delay, o->survey_lasts, o->survey_again };
    if (c && c->has.survey_tickets)
        a.tickets = c->survey_tickets;
    if (c && c->has.survey_delay)
        a.delay = c->survey_delay;
    if (c && c->has.survey_lasts)
        a.lasts = c->survey_lasts;
    if (c && c->has.survey_again)
        a.again = c->survey_again;
    return a;
}

/* When the contact was last asked that (0: anything); 0 for never. */
static int64_t last_asked(struct view *v, struct text client, struct text contact, int32_t kind)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, client);
    key_text(&key, contact);
    struct walk *w = view_walk(v, INDEX_survey_by_contact, &key, kind ? ASKED_BEFORE_MAX : 1);
    while (view_next(w, &found)) {
        const struct survey *s = found.entity;
        if (!kind || s->kind == kind)
            return s->asked_at;
    }
    return 0;
}

bool survey_lately(const struct context *ctx, struct view *v, struct text contact)
{
    int64_t last = last_asked(v, ctx->client, contact, 0);
    return last && ctx->now - last < survey_asking(ctx, v).again * DAYS;
}

/* What it is the contact's turn to be asked; 0 for nothing. What was asked longer ago comes first.
 */
static int32_t turn_of(const struct context *ctx, struct view *v, struct text contact)
{
    const struct kpi_options *o = ctx->options;
    const int64_t every[] = { o->survey_executives, o->survey_sponsors, o->survey_users };
    int64_t days = every[part_of(v, ctx->client, contact)];
    int64_t nps = last_asked(v, ctx->client, contact, survey_kind_nps);
    int64_t relationship = last_asked(v, ctx->client, contact, survey_kind_relationship);
    int64_t last = nps <= relationship ? nps : relationship;
    if (!days || (last && ctx->now - last < days * DAYS) || survey_lately(ctx, v, contact))
        return 0;
    return nps <= relationship ? survey_kind_nps : survey_kind_relationship;
}

void survey_round(const struct context *ctx, struct view *v, struct decision *d)
{
    struct key key = { .length = 0 };
    struct found found;
    uint32_t asked = 0;
    key_text(&key, ctx->client);
    struct walk *w = view_walk(v, INDEX_person_by_client, &key, CONTACTS_MAX);
    while (asked < ASKED_A_DAY && view_next(w, &found)) {
        int32_t kind = has_mail(found.entity) ? turn_of(ctx, v, found.id) : 0;
        const struct survey_invited e = { .kind = kind, .contact = found.id };
        if (kind)
            survey_ask(ctx, v, d, decision_id(d, "survey", asked++), &e);
    }
}

/* --- asking ----------------------------------------------------------------------------------- */

void survey_ask(const struct context *ctx, struct view *v, struct decision *d, struct text id,
                const struct survey_invited *e)
{
    struct survey_invited asked = *e;
    bool nps = e->kind == survey_kind_nps;
    asked.role = survey_role(v, ctx->client, e->contact);
    asked.scale_min = nps ? 0 : 1;
    asked.scale_max = nps ? 10 : RATINGS;
    asked.day = asked.told = client_day(v, ctx->client, ctx->now);
    asked.expires_at = ctx->now + survey_asking(ctx, v).lasts;
    decision_emit(d, EVENT_survey_invited, id, &asked, sizeof asked);
}

void survey_ask_primary(const struct context *ctx, struct view *v, struct decision *d,
                        struct text id, const struct survey_invited *e, struct text owner)
{
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    struct survey_invited asked = *e;
    bool own;
    int32_t skip = 0;
    if (c)
        asked.contact = c->primary_contact;
    const struct person *p = survey_askable(v, ctx->client, asked.contact, &own);
    if (!p)
        skip = survey_skip_nobody;
    else if (text_equal(owner, asked.contact) || text_equal(owner, p->name))
        skip = survey_skip_solved_it;
    else if (survey_lately(ctx, v, asked.contact))
        skip = survey_skip_asked_lately;
    if (skip)
        EMIT(d, survey_skipped, id, .kind = e->kind, .skip = skip, .contact = asked.contact,
             .escalation = e->escalation);
    else
        survey_ask(ctx, v, d, id, &asked);
}
