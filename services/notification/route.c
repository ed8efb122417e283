/* route: who is told of what. The table is RULES.md 1, row by row; roles become people by the
 * catalog's copies at the moment of the event, as services/line/line.h has it for everybody. */
#include "services/notification/notification.h"

#include "services/line/line.h"

/* When a row counts. PASSED: a threshold raised the escalation, or it climbed. */
enum way { ANY_WAY, OWN_LINE, GROUP_LINE, SEVERE, PASSED, WITH_CLIENT };
enum whom {
    THE_LINE,
    THE_GROUP, /* the line of the silent group */
    THE_CONTACT, /* and whom the matrix names at the client */
    THE_EXECUTIVES,
    THE_ACCOUNTABLE,
    THE_INFORMED,
    THE_CONSULTED,
    THE_INCOMING,
    THE_OUTGOING,
    THE_HEADS, /* of the roster's group */
    THE_PERSON,
    THE_ASKED,
    THE_PEOPLE
};
enum span { NEW, SO_FAR, FIXED };
enum { SEVERE_SEVERITY = 2, SEVERE_LEVEL = 4, HEADS_LEVEL = 3 };

/* A programme tells whom it names, and the client where it says so. */
#define PROGRAMME(stage)                                                                           \
    { stage, ANY_WAY, THE_PEOPLE, FIXED, 0, 0 },                                                   \
    {                                                                                              \
        stage, WITH_CLIENT, THE_CONTACT, FIXED, 0, 0                                               \
    }

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
    { stage_raised, PASSED, THE_ACCOUNTABLE, NEW, 0, 0 },
    { stage_raised, ANY_WAY, THE_INFORMED, NEW, 0, 0 },
    { stage_level_raised, OWN_LINE, THE_LINE, NEW, 0, 0 },
    { stage_level_raised, GROUP_LINE, THE_GROUP, NEW, 0, 0 },
    { stage_level_raised, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_level_raised, ANY_WAY, THE_ACCOUNTABLE, NEW, 0, 0 },
    { stage_acked, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_acked, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_acked, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_acked, PASSED, THE_ACCOUNTABLE, SO_FAR, 0, 0 },
    { stage_ack_expired, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_ack_expired, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_ack_expired, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_ack_expired, PASSED, THE_ACCOUNTABLE, SO_FAR, 0, 0 },
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
    { stage_resolved, PASSED, THE_ACCOUNTABLE, SO_FAR, 0, 0 },
    { stage_resolved, ANY_WAY, THE_INFORMED, SO_FAR, 0, 0 },
    { stage_reopened, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_reopened, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_reopened, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_reopened, PASSED, THE_ACCOUNTABLE, SO_FAR, 0, 0 },
    { stage_reopened, ANY_WAY, THE_INFORMED, SO_FAR, 0, 0 },
    { stage_closed, ANY_WAY, THE_CONTACT, FIXED, 0, 0 },
    { stage_closed, SEVERE, THE_EXECUTIVES, FIXED, 0, 0 },
    { stage_closed, OWN_LINE, THE_LINE, SO_FAR, 0, 0 },
    { stage_closed, GROUP_LINE, THE_GROUP, SO_FAR, 0, 0 },
    { stage_closed, GROUP_LINE, THE_LINE, FIXED, 1, 1 },
    { stage_closed, PASSED, THE_ACCOUNTABLE, SO_FAR, 0, 0 },
    { stage_closed, ANY_WAY, THE_INFORMED, SO_FAR, 0, 0 },
    { stage_reminded, ANY_WAY, THE_LINE, FIXED, 1, 1 },
    { stage_review_overdue, ANY_WAY, THE_LINE, FIXED, 3, 4 },
    { stage_consulted, ANY_WAY, THE_CONSULTED, NEW, 0, 0 },
    { stage_shift_started, ANY_WAY, THE_INCOMING, NEW, 0, 0 },
    { stage_handover_asked, ANY_WAY, THE_INCOMING, NEW, 0, 0 },
    { stage_handover_asked, ANY_WAY, THE_OUTGOING, NEW, 0, 0 },
    { stage_handover_missed, ANY_WAY, THE_OUTGOING, NEW, 0, 0 },
    { stage_handover_missed, ANY_WAY, THE_HEADS, NEW, 0, 0 },
    { stage_duty_gap, ANY_WAY, THE_HEADS, NEW, 0, 0 },
    { stage_duty_unreachable, ANY_WAY, THE_HEADS, NEW, 0, 0 },
    { stage_duty_unqualified, ANY_WAY, THE_HEADS, NEW, 0, 0 },
    { stage_reminder_due, ANY_WAY, THE_PERSON, NEW, 0, 0 },
    { stage_asked_nps, ANY_WAY, THE_ASKED, FIXED, 0, 0 },
    { stage_asked_relationship, ANY_WAY, THE_ASKED, FIXED, 0, 0 },
    { stage_asked_escalation, ANY_WAY, THE_ASKED, FIXED, 0, 0 },
    { stage_account_detractor, ANY_WAY, THE_LINE, FIXED, 3, 4 },
    { stage_account_complaint, ANY_WAY, THE_LINE, FIXED, 3, 4 },
    { stage_account_red_risk, ANY_WAY, THE_LINE, FIXED, 3, 4 },
    { stage_account_hostage, ANY_WAY, THE_LINE, FIXED, 3, 4 },
    PROGRAMME(stage_programme_launched),
    PROGRAMME(stage_programme_action_due),
    PROGRAMME(stage_programme_action_overdue),
    PROGRAMME(stage_programme_review_due),
    PROGRAMME(stage_programme_review_missed),
    PROGRAMME(stage_programme_plan_posted),
    PROGRAMME(stage_programme_signoff_asked),
    PROGRAMME(stage_programme_closed),
    PROGRAMME(stage_programme_relapsed),
    { stage_programme_candidate, ANY_WAY, THE_LINE, FIXED, 3, 4 },
    PROGRAMME(stage_programme_approval_asked),
    PROGRAMME(stage_programme_approval_expired),
    PROGRAMME(stage_programme_cancelled),
    PROGRAMME(stage_programme_action_opened),
    PROGRAMME(stage_programme_action_done),
};

/* --- what the lines are made of -------------------------------------------------------------- */

bool index_role_by_level(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)id;
    return line_role_key(entity, k);
}

bool index_agreement_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    key_text(k, id);
    return true;
}

bool index_duty_by_group(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct duty *d = entity;
    (void)client, (void)id;
    key_text(k, d->group);
    return true;
}

/* A group has one roster, and its copy says who is on duty at the moment of the event. */
static struct text line_on_duty(const struct context *ctx, struct view *v, struct text group,
                                int64_t at, int32_t *ret_how)
{
    struct key key = { .length = 0 };
    struct found found;
    (void)ctx, (void)at;
    key_text(&key, group);
    if (!view_next(view_walk(v, INDEX_duty_by_group, &key, 1), &found))
        return (struct text){ 0 };
    const struct duty *d = found.entity;
    *ret_how = d->from_what == duty_source_fallback ? line_how_fallback : line_how_duty;
    return d->person;
}

/* --- people ---------------------------------------------------------------------------------- */

/* A routing under way. */
struct routing {
    const struct context *ctx;
    struct view *view;
    const struct happening *happening;
    const struct client *client; /* all zero: it is about the provider */
    struct told *told;
    struct line own, group, letters;
    bool group_supplier;
};

static void add(struct routing *r, const struct recipient *new)
{
    struct told *t = r->told;
    if (text_empty(new->person) || text_equal(new->person, actor_person(r->happening->actor)))
        return;
    for (uint32_t i = 0; i < t->count; i++)
        if (text_equal(t->at[i].person, new->person)) {
            if (recipient_is_higher(new, &t->at[i]))
                t->at[i] = *new;
            return;
        }
    if (t->count == RECIPIENTS_MAX)
        t->too_many = true;
    else
        t->at[t->count++] = *new;
}

static void add_somebody(struct routing *r, struct text person, int32_t reader)
{
    add(r, &(const struct recipient){ .person = person, .reader = reader });
}

static void add_gap(struct routing *r, struct gap gap)
{
    r->told->gaps[r->told->gap_count++] = gap;
}

static void add_level(struct routing *r, const struct line *line, int64_t level, bool supplier)
{
    int32_t reader = supplier ? reader_supplier : reader_of_level(level);
    for (uint32_t i = 0; i < line->count; i++) {
        const struct line_person *p = &line->at[i];
        if (p->level == level)
            add(r, &(const struct recipient){ .person = p->person,
                                              .reader = reader,
                                              .level = level,
                                              .role = p->role,
                                              .letter = p->letter });
    }
}

/* Levels told for the first time say so when nobody holds them; the others said it before. */
static void add_line(struct routing *r, const struct route_row *row, const struct line *line,
                     bool supplier)
{
    int64_t low = row->low, high = row->high;
    if (row->span != FIXED) {
        low = row->span == NEW ? r->happening->from + 1 : 1;
        high = r->happening->to;
    }
    for (int64_t level = low; level <= high; level++) {
        int64_t held = line_told_for(line, level);
        if (held != level && row->span != SO_FAR)
            add_gap(r, (struct gap){ .reader = supplier ? reader_supplier : reader_of_level(level),
                                     .level = level });
        if (held)
            add_level(r, line, held, supplier);
    }
    if (row->span == SO_FAR && !line_told_for(line, 1))
        add_gap(r, (struct gap){ .reader = reader_responder });
}

/* --- the matrix of responsibilities ---------------------------------------------------------- */

static int32_t side_of_role(struct routing *r, struct text id)
{
    const struct role *role = view_get_of(r->view, ENTITY_role, PROVIDER_CLIENT, id);
    return role->side; /* the matrix resolves roles that are there */
}

static int32_t reader_of_part(int32_t letter, int32_t side)
{
    if (side == side_client)
        return reader_client_informed;
    return side == side_supplier ? reader_partner : reader_of_letter(letter);
}

static void add_part(struct routing *r, const struct line_person *p, int32_t letter, int32_t side)
{
    add(r, &(const struct recipient){ .person = p->person,
                                      .reader = reader_of_part(letter, side),
                                      .role = p->role,
                                      .letter = letter });
}

/* Those of a letter who are not the client's. A letter whose places are all empty is said when it
 * would be told for the first time. */
static void add_letter(struct routing *r, int32_t letter, bool first)
{
    const struct line_person *empty = NULL;
    bool any = false;
    for (uint32_t i = 0; i < r->letters.count; i++) {
        const struct line_person *p = &r->letters.at[i];
        if (!line_has_letter(p, letter) || side_of_role(r, p->role) == side_client)
            continue;
        if (text_empty(p->person))
            empty = p;
        else
            any = true;
        add_part(r, p, letter, side_of_role(r, p->role));
    }
    if (first && empty && !any)
        add_gap(r, (struct gap){
                       .reader = reader_of_letter(letter), .role = empty->role, .letter = letter });
}

/* At the client everybody with a part in it hears what the primary contact hears. */
static void add_client_parts(struct routing *r)
{
    for (uint32_t i = 0; i < r->letters.count; i++) {
        const struct line_person *p = &r->letters.at[i];
        int32_t side = side_of_role(r, p->role);
        if (side == side_client)
            add_part(r, p, p->letter, side);
    }
}

/* R gets the work; of an R that nobody is the raise has a record, as of an empty level. */
static void put_responsible(struct routing *r)
{
    bool given = line_give_work(r->view, &r->letters, &r->own);
    if (given || r->happening->stage != stage_raised)
        return;
    for (uint32_t i = 0; i < r->letters.count; i++) {
        const struct line_person *p = &r->letters.at[i];
        if (!line_has_letter(p, letter_R) || side_of_role(r, p->role) == side_client)
            continue;
        add_gap(r, (struct gap){ .reader = reader_responder, .role = p->role, .letter = letter_R });
        return;
    }
}

/* Who has a role, whose letter and side say what they read. */
static void add_role(struct routing *r, struct text id, int32_t letter)
{
    struct line people = { .count = 0 };
    const struct line_place place = { .client = r->ctx->client,
                                      .service = r->happening->service,
                                      .component = r->happening->component,
                                      .at = r->ctx->cause_time };
    const struct line_turn turn = { r->ctx, r->view, &place, &people };
    const struct role *role = view_get_of(r->view, ENTITY_role, PROVIDER_CLIENT, id);
    bool any = false;
    if (role)
        line_add_role(&turn, role, (struct line_person){ .letter = letter });
    for (uint32_t i = 0; i < people.count; i++) {
        add_part(r, &people.at[i], letter, role->side);
        any = any || !text_empty(people.at[i].person);
    }
    if (!any)
        add_gap(r,
                (struct gap){ .reader = reader_of_letter(letter), .role = id, .letter = letter });
}

/* --- those who look after a group ------------------------------------------------------------ */

/* The lowest level of a line from there on that is held; false when none is. */
static bool add_lowest(struct routing *r, const struct line *line, int64_t level)
{
    int64_t held = line_told_for(line, level);
    if (held)
        add_level(r, line, held, false);
    return held != 0;
}

/* A group's leads; else who holds the lowest level of its line; else the provider's management. */
static void add_heads(struct routing *r)
{
    const struct text id = r->happening->group;
    const struct group *g = view_get_of(r->view, ENTITY_group, PROVIDER_CLIENT, id);
    const struct line_place place = { .group = id, .at = r->ctx->cause_time };
    bool any = false;
    for (uint32_t i = 0; g && i < g->members.count; i++)
        if (g->members.at[i].lead) {
            add_somebody(r, g->members.at[i].person, reader_responder);
            any = true;
        }
    if (any)
        return;
    line_of_group(r->ctx, r->view, &place, &r->group);
    if (add_lowest(r, &r->group, 1))
        return;
    line_of_client(r->ctx, r->view, &place, &r->own);
    if (!add_lowest(r, &r->own, HEADS_LEVEL))
        add_gap(r, (struct gap){ .reader = reader_manager, .level = HEADS_LEVEL });
}

/* --- the table ------------------------------------------------------------------------------- */

static void add_contact(struct routing *r)
{
    const struct client *c = r->client;
    if (text_empty(c->primary_contact))
        add_gap(r, (struct gap){ .reader = reader_client });
    add_somebody(r, c->primary_contact, reader_client);
    add_client_parts(r);
}

static void add_executives(struct routing *r)
{
    const struct person_name_list *executives = &r->client->executives;
    for (uint32_t i = 0; i < executives->count; i++)
        add_somebody(r, executives->at[i].person, reader_client_executive);
}

/* Whoever is named reads what is for their side. */
static void add_people(struct routing *r)
{
    const struct person_name_list *people = &r->happening->people;
    for (uint32_t i = 0; i < people->count; i++) {
        const struct text id = people->at[i].person;
        const struct person *p = view_get_of(r->view, ENTITY_person, PROVIDER_CLIENT, id);
        add_somebody(r, id, p && p->side == side_client ? reader_client : reader_responder);
    }
    if (!people->count && !r->happening->tell_client)
        add_gap(r, (struct gap){ .reader = reader_responder });
}

static void add_row(struct routing *r, const struct route_row *row)
{
    const struct happening *h = r->happening;
    switch (row->whom) {
    case THE_LINE:
        add_line(r, row, &r->own, false);
        break;
    case THE_GROUP:
        add_line(r, row, &r->group, r->group_supplier);
        break;
    case THE_CONTACT:
        add_contact(r);
        break;
    case THE_EXECUTIVES:
        add_executives(r);
        break;
    case THE_ACCOUNTABLE:
        add_letter(r, letter_A, row->span == NEW);
        break;
    case THE_INFORMED:
        add_letter(r, letter_I, row->span == NEW);
        break;
    case THE_CONSULTED:
        add_role(r, h->role, letter_C);
        break;
    case THE_INCOMING:
        add_somebody(r, h->incoming, reader_responder);
        break;
    case THE_OUTGOING:
        add_somebody(r, h->outgoing, reader_responder);
        break;
    case THE_HEADS:
        add_heads(r);
        break;
    case THE_ASKED:
        add_somebody(r, h->person, h->reader);
        break;
    case THE_PEOPLE:
        add_people(r);
        break;
    default: /* THE_PERSON */
        if (text_empty(h->person))
            add_gap(r, (struct gap){ .reader = reader_responder });
        add_somebody(r, h->person, reader_responder);
        break;
    }
}

static bool counts(const struct route_row *row, const struct happening *h, bool group_line)
{
    switch (row->way) {
    case OWN_LINE:
        return !group_line;
    case GROUP_LINE:
        return group_line;
    case SEVERE:
        return h->severity <= SEVERE_SEVERITY || h->to >= SEVERE_LEVEL;
    case PASSED:
        return h->passed;
    case WITH_CLIENT:
        return h->tell_client;
    default:
        return true;
    }
}

/* The lines of an escalation: its client's, that of the group which is silent, and the matrix's. */
static void find_lines(struct routing *r)
{
    const struct happening *h = r->happening;
    const struct line_place place = { .client = r->ctx->client,
                                      .service = h->service,
                                      .component = h->component,
                                      .process = TEXT_OF("incident"),
                                      .group = h->group,
                                      .at = r->ctx->cause_time };
    const struct group *g = view_get_of(r->view, ENTITY_group, PROVIDER_CLIENT, h->group);
    r->group_supplier = g && g->side == side_supplier;
    line_of_client(r->ctx, r->view, &place, &r->own);
    line_of_group(r->ctx, r->view, &place, &r->group);
    line_of_letters(r->ctx, r->view, &place, &r->letters);
    put_responsible(r);
    r->told->too_many = r->own.too_many | r->group.too_many | r->letters.too_many;
}

void route(const struct context *ctx, struct view *v, const struct happening *h, struct told *ret)
{
    static const struct client none;
    struct routing r = { .ctx = ctx, .view = v, .happening = h, .told = ret, .client = &none };
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    bool group_line = false;
    *ret = (struct told){ .count = 0 };
    if (c) {
        r.client = c;
        find_lines(&r);
        group_line = line_told_for(&r.group, 1) != 0;
    }
    /* A silent group without a line: the incident's own line is told, and so is the gap. */
    if (h->stage == stage_raised && !text_empty(h->group) && !group_line)
        add_gap(&r, (struct gap){ .reader = reader_supplier });
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].stage == h->stage && counts(&rows[i], h, group_line))
            add_row(&r, &rows[i]);
}
