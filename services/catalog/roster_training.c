/* roster_training: who has the skills that a roster asks for, on which days (RULES.md, rosters). */
#include "services/catalog/roster.h"

bool index_training_by_person(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct training *t = entity;
    (void)client, (void)id;
    key_text(k, t->person);
    key_text(k, t->skill);
    return true;
}

int64_t rota_day(const struct rota *p, int64_t at)
{
    int64_t day, minutes;
    wall_at(p->zone, at, &day, &minutes);
    while (wall_first(p->zone, day + 1, 0) <= at)
        day++;
    return day;
}

/* The answer changes on such a day. */
static void changes_on(struct known_training *k, int64_t day, int64_t on)
{
    if (on <= day && on > k->from_day)
        k->from_day = on;
    if (on > day && on < k->to_day)
        k->to_day = on;
}

/* Whether one of somebody's trainings in a skill counts on a day. */
static bool has_skill(struct rota *p, struct known_training *k, struct text skill, int64_t day)
{
    struct key key = { .length = 0 };
    struct found found;
    bool has = false;
    key_text(&key, k->person);
    key_text(&key, skill);
    struct walk *w = view_walk(p->view, INDEX_training_by_person, &key, TRAININGS_MAX);
    while (view_next(w, &found)) {
        const struct training *t = found.entity;
        changes_on(k, day, t->passed_on);
        if (t->has.expires_on)
            changes_on(k, day, t->expires_on);
        has = has || (t->passed_on <= day && (!t->has.expires_on || day < t->expires_on));
    }
    return has;
}

static const struct known_training *know(struct rota *p, struct text person, int64_t day)
{
    for (uint32_t i = 0; i < p->known_count && i < KNOWN_MAX; i++) {
        const struct known_training *k = &p->known[i];
        if (text_equal(k->person, person) && k->from_day <= day && day < k->to_day)
            return k;
    }
    struct known_training *k = &p->known[p->known_count++ % KNOWN_MAX];
    *k = (struct known_training){ .person = person, .from_day = INT64_MIN, .to_day = INT64_MAX };
    const struct skill_name_list *skills = &p->roster->skills;
    for (uint32_t i = 0; i < skills->count && text_empty(k->lacks); i++)
        if (!has_skill(p, k, skills->at[i].skill, day))
            k->lacks = skills->at[i].skill;
    return k;
}

struct text training_lacks(struct rota *p, struct text person, int64_t at, int64_t *ret_until)
{
    *ret_until = ROTA_ENDS;
    if (!p->roster->skills.count)
        return (struct text){ 0 };
    const struct known_training *k = know(p, person, rota_day(p, at));
    if (k->to_day != INT64_MAX)
        *ret_until = wall_first(p->zone, k->to_day, 0);
    return k->lacks;
}
