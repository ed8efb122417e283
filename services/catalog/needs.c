/* needs: who still needs whom, counted as it is said, so that a removal looks at one row and never
 * walks over everything. */
#include "services/catalog/catalog.h"

static struct person_needs *of_person(struct fold *f, struct text id)
{
    return fold_aggregate(f, AGGREGATE_person_needs, id);
}

static void count_contact(struct fold *f, struct text person, int64_t by)
{
    if (!text_empty(person))
        of_person(f, person)->contacts += by;
}

static void count_line(struct fold *f, const struct holder_list *holders, bool supplier, int64_t by)
{
    for (uint32_t i = 0; i < holders->count; i++) {
        const struct text both[] = { holders->at[i].person, holders->at[i].backup };
        for (int n = 0; n < 2 && !text_empty(both[n]); n++) {
            struct person_needs *needs = of_person(f, both[n]);
            *(supplier ? &needs->supplier_lines : &needs->lines) += by;
        }
    }
}

void needs_of_client(struct fold *f, const struct client *c, int64_t by)
{
    count_contact(f, c->primary_contact, by);
    for (uint32_t i = 0; i < c->executives.count; i++)
        count_contact(f, c->executives.at[i].person, by);
    count_line(f, &c->holders, false, by);
}

void needs_of_group(struct fold *f, const struct group *g, int64_t by)
{
    count_line(f, &g->holders, g->side == side_supplier, by);
}

void needs_of_person(struct fold *f, const struct person *p, int64_t by)
{
    if (text_empty(p->client))
        return;
    struct client_needs *needs = fold_aggregate(f, AGGREGATE_client_needs, p->client);
    needs->people += by;
}

void needs_of_token(struct fold *f, const struct token *t, int64_t by)
{
    of_person(f, t->person)->tokens += by;
    for (uint32_t i = 0; i < t->clients.count; i++) {
        struct client_needs *needs =
            fold_aggregate(f, AGGREGATE_client_needs, t->clients.at[i].client);
        needs->tokens += by;
    }
}

const struct person_needs *needs_for_person(struct view *v, struct text id)
{
    static const struct person_needs none;
    const void *found = view_get_of(v, AGGREGATE_person_needs, (struct text){ 0 }, id);
    return found ? found : &none;
}

const struct client_needs *needs_for_client(struct view *v, struct text id)
{
    static const struct client_needs none;
    const void *found = view_get_of(v, AGGREGATE_client_needs, (struct text){ 0 }, id);
    return found ? found : &none;
}
