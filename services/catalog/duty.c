/* duty: who is on duty for a roster now. The plan says who should be (roster.h); where hand-overs
 * are to be accepted, whoever went stays until then. Rules: RULES.md, rosters. */
#include "services/catalog/roster.h"

bool index_duty_by_group(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct duty *is = entity;
    (void)client, (void)id;
    key_text(k, is->group);
    return true;
}

const struct duty *duty_of_group(struct view *v, struct text group)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, group);
    struct walk *w = view_walk(v, INDEX_duty_by_group, &key, 1);
    return view_next(w, &found) ? found.entity : NULL;
}

/* --- folds --------------------------------------------------------------------------------------
 */

void apply_duty_changed(struct fold *f, const void *event, void *entity)
{
    const struct duty_changed *e = event;
    struct duty *is = entity;
    (void)f;
    is->id = e->id;
    is->group = e->group;
    is->person = e->person;
    is->from_what = e->from_what;
    is->layer = e->layer;
    is->since = e->since;
    is->until = e->until;
    is->incoming = e->incoming;
    is->accept_by = e->accept_by;
    is->tzdata = e->tzdata;
    if (is->accepted_at != e->since) /* an acceptance begins a duty; this is another one */
        is->accepted_at = 0;
}

void apply_duty_removed(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event;
    memset(entity, 0, sizeof(struct duty));
}

void apply_duty_looked(struct fold *f, const void *event, void *entity)
{
    const struct duty_looked *e = event;
    struct duty *is = entity;
    (void)f;
    is->said = e->said;
    is->look_at = e->next;
}

/* Of a new roster this is the first word; of others the rest is for what follows to say. */
void apply_duty_stirred(struct fold *f, const void *event, void *entity)
{
    const struct duty_stirred *e = event;
    struct duty *is = entity;
    if (text_empty(is->id)) {
        is->id = e->id;
        is->group = e->group;
        is->since = f->time;
    }
    is->look_at = f->time;
}

/* Who that is, duty.changed says behind it. */
void apply_duty_handover_accepted(struct fold *f, const void *event, void *entity)
{
    struct duty *is = entity;
    (void)event;
    is->accepted_at = f->time;
}

/* What duty.changed says as well, or what duty.looked keeps. */
#define SAID(verb)                                                                                 \
    void apply_duty_##verb(struct fold *f, const void *event, void *entity)                        \
    {                                                                                              \
        (void)f, (void)event, (void)entity;                                                        \
    }
SAID(handover_asked)
SAID(handover_missed)
SAID(gap_found)
SAID(unreachable_found)
SAID(unqualified_found)

/* --- what changes ------------------------------------------------------------------------------
 */

static bool is_so(const struct duty *is, const struct duty_changed *now)
{
    const bool same[] = {
        text_equal(is->group, now->group),
        text_equal(is->person, now->person),
        text_equal(is->layer, now->layer),
        text_equal(is->incoming, now->incoming),
        text_equal(is->tzdata, now->tzdata),
        is->from_what == now->from_what,
        is->since == now->since,
        is->until == now->until,
        is->accept_by == now->accept_by,
    };
    uint32_t count = 0;
    for (uint32_t i = 0; i < sizeof same; i++)
        count += same[i];
    return count == sizeof same;
}

static struct duty_changed by_plan(const struct roster *r, const struct piece *s, int64_t since)
{
    return (struct duty_changed){ .id = r->id,
                                  .group = r->group,
                                  .person = s->person,
                                  .from_what = s->source,
                                  .layer = s->layer,
                                  .since = since,
                                  .until = s->to == ROTA_ENDS ? 0 : s->to,
                                  .tzdata = zones_version() };
}

/* Whoever goes stays until it is accepted: as long as somebody comes, and they may stay. */
static bool waits(const struct context *ctx, struct rota *p, const struct duty *is,
                  const struct piece *s)
{
    int64_t until;
    return p->roster->accept_within > 0 && !text_empty(is->person) && !text_empty(s->person) &&
           view_get_of(p->view, ENTITY_person, PROVIDER_CLIENT, is->person) &&
           text_empty(training_lacks(p, is->person, ctx->now, &until));
}

static void ask(const struct context *ctx, struct rota *p, const struct duty *is,
                const struct piece *s, struct duty_changed *now, struct decision *d)
{
    now->accept_by = ctx->now + p->roster->accept_within;
    if (s->to < now->accept_by)
        now->accept_by = s->to;
    EMIT(d, duty_handover_asked, is->id, .group = p->roster->group, .incoming = s->person,
         .outgoing = is->person, .accept_by = now->accept_by, .until = now->until);
}

/* What the plan makes of who is on duty. */
static struct duty_changed turn_to(const struct context *ctx, struct rota *p, const struct duty *is,
                                   const struct piece *s, struct decision *d)
{
    bool stays = text_equal(s->person, is->person);
    struct duty_changed now = by_plan(p->roster, s, stays ? is->since : ctx->now);
    bool missed = is->accept_by && is->accept_by <= ctx->now;
    if (missed)
        EMIT(d, duty_handover_missed, is->id, .group = p->roster->group, .incoming = is->incoming,
             .outgoing = is->person);
    if (stays || !waits(ctx, p, is, s))
        return now;
    now.person = is->person;
    now.from_what = is->from_what;
    now.layer = is->layer;
    now.since = is->since;
    now.incoming = s->person;
    if (!text_equal(is->incoming, s->person))
        ask(ctx, p, is, s, &now, d);
    else if (!missed)
        now.accept_by = is->accept_by;
    return now;
}

static void change(const struct duty *is, const struct duty_changed *now, struct decision *d)
{
    if (!is_so(is, now))
        decision_emit(d, EVENT_duty_changed, is->id, now, sizeof *now);
}

/* --- timers -------------------------------------------------------------------------------------
 */

static int64_t sooner(int64_t a, int64_t b)
{
    return !a || (b && b < a) ? b : a;
}

int64_t due_duty(const void *entity)
{
    const struct duty *is = entity;
    return sooner(sooner(is->until, is->accept_by), is->look_at);
}

/* Duties go with their rosters, so there is one. */
void wake_duty(const struct context *ctx, struct view *v, struct text id, const void *entity,
               struct decision *d)
{
    const struct duty *is = entity;
    const struct roster *r = view_get_of(v, ENTITY_roster, PROVIDER_CLIENT, id);
    struct piece s;
    struct rota *p = rota_make(v, r, ctx->now);
    rota_stretch(p, ctx->now, ROTA_ENDS, &s);
    struct duty_changed now = turn_to(ctx, p, is, &s, d);
    change(is, &now, d);
    if (is->look_at <= ctx->now) {
        struct duty_said_list said = duty_look(ctx, p, &is->said, d);
        EMIT(d, duty_looked, id, .said = said,
             .next = wall_first(p->zone, rota_day(p, ctx->now) + 1, 0));
    }
}

/* What was to happen while no clock ran does not happen; then the plan is looked at anew. */
void lapse_duty(void *entity, int64_t until)
{
    struct duty *is = entity;
    if (is->until <= until)
        is->until = 0;
    if (is->accept_by <= until)
        is->accept_by = 0;
    is->look_at = until + 1;
}

/* --- accepting ----------------------------------------------------------------------------------
 */

/* People speak for themselves; programs and operators of the provider for whoever told them. */
static bool may_accept(struct text actor, struct text person)
{
    static const struct text kind = TEXT_OF("person:");
    if (actor.length < kind.length || memcmp(actor.at, kind.at, kind.length) != 0)
        return true;
    return text_equal((struct text){ actor.at + kind.length, actor.length - kind.length }, person);
}

void decide_duty_accept(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    const struct duty_accept *c = command;
    const struct duty *is = view_get_of(v, ENTITY_duty, PROVIDER_CLIENT, c->duty);
    const struct roster *r = view_get_of(v, ENTITY_roster, PROVIDER_CLIENT, c->duty);
    struct piece s;
    if (text_empty(is->incoming)) {
        REFUSE(d, handover_none, "duty");
        return;
    }
    rota_stretch(rota_make(v, r, ctx->now), ctx->now, ROTA_ENDS, &s);
    if (!text_equal(s.person, is->incoming)) {
        REFUSE(d, handover_none, "duty"); /* its time is over, only nobody has looked yet */
    } else if (!text_equal(c->person, is->incoming)) {
        REFUSE(d, handover_other, "person");
    } else if (!may_accept(ctx->actor, c->person)) {
        REFUSE(d, handover_actor, "person");
    } else {
        struct duty_changed now = by_plan(r, &s, ctx->now);
        EMIT(d, duty_handover_accepted, c->duty, .group = r->group, .incoming = c->person);
        change(is, &now, d);
    }
}
