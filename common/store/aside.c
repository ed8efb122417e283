/* aside: see aside.h. */
#include "common/store/aside.h"

#include "common/store/turn.h"

#include <errno.h>
#include <stdio.h>

bool aside_has(const struct partition *p, const struct effect_row *effect,
               const struct entity_key *key, int64_t due)
{
    for (uint32_t i = 0; i < p->asides.count; i++) {
        const struct aside *a = &p->asides.at[i];
        if (a->effect == effect && entity_key_equal(&a->key, key) && (effect || a->due == due))
            return true;
    }
    return false;
}

bool aside_full(const struct partition *p)
{
    return p->asides.count == ASIDE_MAX;
}

static void print_problem(char *out, size_t size, const struct msg_error *problem)
{
    snprintf(out, size, "%s%s%s", problem->field, problem->field[0] ? " " : "", problem->rule);
}

void aside_put(struct partition *p, const struct effect_row *effect, const struct slot *s,
               int64_t due, const char *what, const struct msg_error *problem)
{
    struct put_aside told = { .what = what, .kind = s->row->name };
    snprintf(told.client, sizeof told.client, "%.*s", TEXT_ARG(s->client));
    snprintf(told.id, sizeof told.id, "%.*s", TEXT_ARG(s->id));
    print_problem(told.problem, sizeof told.problem, problem);
    if (p->clock == CLOCK_VIRTUAL) {
        fprintf(stderr,
                "{\"level\":\"fatal\",\"service\":\"%s\",\"message\":\"%s of %s cannot be done\","
                "\"client\":\"%s\",\"id\":\"%s\",\"problem\":\"%s\"}\n",
                p->service->name, what, told.kind, told.client, told.id, told.problem);
        p->error = p->error ? p->error : -EPROTO;
        return;
    }
    if (aside_full(p))
        return;
    p->asides.at[p->asides.count] = (struct aside){ .effect = effect, .key = s->key, .due = due };
    p->asides.told[p->asides.count++] = told;
    p->asides.ever++;
    p->due_known = false;
}

void aside_forget(struct partition *p, const struct entity_key *key)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->asides.count; i++) {
        if (entity_key_equal(&p->asides.at[i].key, key))
            continue;
        p->asides.at[kept] = p->asides.at[i];
        p->asides.told[kept++] = p->asides.told[i];
    }
    p->asides.count = kept;
}

size_t partition_aside(const struct partition *p, const struct put_aside **ret, uint64_t *ret_ever)
{
    *ret = p->asides.told;
    *ret_ever = p->asides.ever;
    return p->asides.count;
}
