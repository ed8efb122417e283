/* JSON documents to facts; see mapping.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "services/edge/convert.h"
#include "services/edge/mapping_private.h"

/* --- errors ----------------------------------------------------------------------------------- */

/* The pointer of an error: of the root it is the empty text, which says little to people. */
static const char *shown_path(struct work *w, struct text path)
{
    return text_empty(path) ? "document" : arena_printf(w->a, "%.*s", TEXT_ARG(path)).at;
}

static const struct rule *rule_of(const struct rules *rules, const char *field)
{
    for (uint32_t i = 0; i < rules->count; i++)
        if (strcmp(rules->at[i]->field->name, field) == 0)
            return rules->at[i];
    return NULL;
}

/* An error about a field of the record becomes one about the place in the document that the field
 * is from: that is what the sender knows. */
static int locate(struct work *w, const struct case_rules *c)
{
    const struct msg_error e = *w->e;
    const struct rule *r = w->rule;
    if (!r && c)
        r = rule_of(&c->fields, e.field);
    if (!r)
        r = rule_of(&w->m->fields, e.field);
    struct text path = { 0 };
    for (uint32_t i = 0; r && i < r->at.count && text_empty(path); i++) {
        const struct expression *at = &r->at.at[i];
        const json_t *found = at->count ? term_value(&at->terms[0], w->place) : NULL;
        if (found || i + 1 == r->at.count)
            path = expression_path(at, w->place, w->a);
    }
    if (text_empty(path))
        path = w->place->path;
    return mapping_wrong(w->e, shown_path(w, path), "%s: %s", e.field, e.rule);
}

/* --- texts ------------------------------------------------------------------------------------ */

int mapping_first_text(struct work *w, const struct expressions *all, bool deep, struct text *ret)
{
    *ret = (struct text){ 0 };
    for (uint32_t i = 0; i < all->count; i++) {
        struct text t;
        if (expression_text(&all->at[i], w->place, deep, w->a, &t) < 0)
            return mapping_wrong(w->e, w->rule && w->rule->field ? w->rule->field->name : "client",
                                 "must be a text without NUL, a number, true or false");
        t = text_trim(t);
        if (mapping_says_nothing(w->m, t))
            continue;
        *ret = t;
        return 0;
    }
    return 0;
}

/* --- what must be there ----------------------------------------------------------------------- */

static int check_needs(struct work *w, const struct expressions *needs, const char *when)
{
    for (uint32_t i = 0; i < needs->count; i++) {
        struct text t;
        int r = expression_text(&needs->at[i], w->place, true, w->a, &t);
        if (r == 0 && !mapping_says_nothing(w->m, text_trim(t)))
            continue;
        struct text path = expression_path(&needs->at[i], w->place, w->a);
        return mapping_wrong(w->e, shown_path(w, path), "is required%s", when);
    }
    return 0;
}

static int wrong_case(struct work *w, struct text path, struct text t)
{
    const struct mapping *m = w->m;
    struct text known = { 0 };
    for (uint32_t i = 0; i < m->case_count; i++)
        known = arena_printf(w->a, "%.*s%s%.*s", TEXT_ARG(known), i ? ", " : "",
                             TEXT_ARG(m->cases[i].value));
    if (text_empty(t))
        return mapping_wrong(w->e, shown_path(w, path), "is required; one of %.*s",
                             TEXT_ARG(known));
    return mapping_wrong(w->e, shown_path(w, path), "\"%.*s\" is none of %.*s",
                         TEXT_ARG(mapping_shown(t)), TEXT_ARG(known));
}

/* Which case an element is, and that it has what the case needs. */
static int find_case(struct work *w, const struct case_rules **ret)
{
    const struct mapping *m = w->m;
    struct text t = { 0 }, path = expression_path(&m->by.at[0], w->place, w->a);
    int r = mapping_first_text(w, &m->by, false, &t);
    if (r < 0)
        return mapping_wrong(w->e, shown_path(w, path), "must be a text");
    for (uint32_t i = 0; i < m->case_count; i++) {
        const struct case_rules *c = &m->cases[i];
        if (!mapping_same(c->value, t))
            continue;
        *ret = c;
        return check_needs(
            w, &c->needs,
            arena_printf(w->a, " where %.*s is \"%.*s\"", TEXT_ARG(path), TEXT_ARG(c->value)).at);
    }
    return wrong_case(w, path, t);
}

/* --- details ---------------------------------------------------------------------------------- */

struct member {
    struct text name;
    const json_t *value;
};

static int by_name(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    return text_compare(a->name, b->name);
}

/* All members of an object, in order of their names: what a sender's library makes of the order
 * must not decide which of them are kept. */
static uint32_t object_members(const json_t *v, struct arena *a, struct member **ret)
{
    size_t count = json_object_size(v), n = 0;
    json_t *object = (json_t *)(uintptr_t)v; /* iterators take no const, and change nothing */
    *ret = arena_alloc(a, count * sizeof **ret);
    for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
        struct text name = { json_object_iter_key(i), (uint32_t)json_object_iter_key_len(i) };
        (*ret)[n++] = (struct member){ name, json_object_iter_value(i) };
    }
    qsort(*ret, n, sizeof **ret, by_name);
    return (uint32_t)n;
}

static void keep_member(struct work *w, const struct keep_rule *k, struct text key, const json_t *v)
{
    struct place inside = *w->place;
    const struct place *outside = w->place;
    struct text t;
    if (w->detail_count == MAPPING_DETAILS_MAX || w->members++ >= MAPPING_MEMBERS_MAX) {
        w->details_dropped += !json_is_null(v);
        return;
    }
    inside.element = v;
    w->place = &inside;
    if (mapping_first_text(w, &k->at, true, &t) == 0)
        mapping_detail(w, key, t);
    w->place = outside;
}

/* A list's members are numbered from 1, on through all the lists of the rule. */
static void keep_each(struct work *w, const struct keep_rule *k)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < k->each.count; i++) {
        const json_t *v = term_value(&k->each.at[i].terms[0], w->place);
        struct member *members = NULL;
        uint32_t count = json_is_object(v) ? object_members(v, w->a, &members) : 0;
        for (uint32_t n = 0; n < count; n++)
            keep_member(w, k,
                        arena_printf(w->a, "%.*s%.*s", TEXT_ARG(k->as), TEXT_ARG(members[n].name)),
                        members[n].value);
        for (size_t n = 0; n < json_array_size(v); n++)
            keep_member(w, k, arena_printf(w->a, "%.*s%u", TEXT_ARG(k->as), ++number),
                        json_array_get(v, n));
        if (v && !json_is_object(v) && !json_is_array(v))
            keep_member(w, k, k->as, v);
    }
}

static void set_details(struct work *w)
{
    const struct keep_rules *keeps = &w->m->keeps;
    for (uint32_t i = 0; i < keeps->count; i++) {
        const struct keep_rule *k = &keeps->at[i];
        struct text t;
        if (k->each.count)
            keep_each(w, k);
        else if (mapping_first_text(w, &k->at, true, &t) == 0)
            mapping_detail(w, k->as, t);
    }
    mapping_details_end(w);
}

/* --- the document ----------------------------------------------------------------------------- */

/* Whom the element names, else whom the caller does, else whom the mapping does. */
static int element_client(struct work *w, struct text *ret)
{
    struct rule rule = *w->m->client;
    struct text t = { 0 };
    if (!text_empty(w->place->ctx->client))
        rule.missing = w->place->ctx->client;
    w->rule = w->m->client;
    if (mapping_rule_text(w, &rule, &t) < 0)
        return locate(w, NULL);
    if (text_empty(t))
        return mapping_wrong(w->e, shown_path(w, w->place->path),
                             "client: it names none, and there is no default");
    *ret = client_id_make(t, w->a);
    return 0;
}

static int element_fact(struct work *w, struct mapped *ret)
{
    const struct mapping *m = w->m;
    const struct case_rules *c = NULL;
    struct text client = { 0 };
    if (!json_is_object(w->place->element))
        return mapping_wrong(w->e, shown_path(w, w->place->path), "must be an object");
    mapping_begin(w);
    int r = check_needs(w, &m->needs, "");
    if (r == 0 && m->case_count)
        r = find_case(w, &c);
    if (r == 0)
        r = element_client(w, &client);
    if (r < 0)
        return r;
    r = mapping_set_fields(w, &m->fields);
    if (r == 0 && c)
        r = mapping_set_fields(w, &c->fields);
    if (r == 0 && m->details) {
        w->rule = NULL;
        set_details(w);
    }
    if (r == 0)
        r = mapping_end(w, ret);
    ret->client = client;
    return r < 0 ? locate(w, c) : 0;
}

static bool deeper_than(const json_t *v, int most)
{
    json_t *o = (json_t *)(uintptr_t)v; /* iterators take no const, and change nothing */
    if (most == 0)
        return true;
    for (size_t i = 0; i < json_array_size(v); i++)
        if (deeper_than(json_array_get(v, i), most - 1))
            return true;
    for (void *i = json_object_iter(o); i; i = json_object_iter_next(o, i))
        if (deeper_than(json_object_iter_value(i), most - 1))
            return true;
    return false;
}

/* The elements: those of the list that `each` names, or the document itself. */
static int find_elements(struct work *w, const json_t *document, const json_t **ret_list,
                         size_t *ret_count)
{
    const struct mapping *m = w->m;
    if (deeper_than(document, MAPPING_DEPTH_MAX)) {
        mapping_wrong(w->e, "document", "must nest at most %d deep", MAPPING_DEPTH_MAX);
        return -E2BIG;
    }
    if (!json_is_object(document) && !(m->has_each && m->each.count == 0))
        return mapping_wrong(w->e, "document", "must be an object");
    *ret_list = m->has_each ? pointer_find(&m->each, document) : NULL;
    *ret_count = m->has_each ? json_array_size(*ret_list) : 1;
    if (m->has_each && !json_is_array(*ret_list))
        return mapping_wrong(w->e, shown_path(w, m->each.text), "must be a list");
    if (*ret_count > MAPPING_ELEMENTS_MAX) {
        mapping_wrong(w->e, shown_path(w, m->each.text), "must have at most %d elements",
                      MAPPING_ELEMENTS_MAX);
        return -E2BIG;
    }
    return 0;
}

int mapping_json(const struct mapping *m, const json_t *document, const struct mapping_context *ctx,
                 struct arena *a, struct mapped **ret, uint32_t *ret_count,
                 struct msg_error *reterr)
{
    struct place place = { .root = document, .ctx = ctx };
    struct work w = { .m = m, .place = &place, .a = a, .e = reterr };
    const json_t *list = NULL;
    size_t count = 0, before = a->total;
    int r = find_elements(&w, document, &list, &count);
    if (r < 0)
        return r;
    struct mapped *all = arena_alloc(a, count * sizeof *all);
    for (size_t i = 0; i < count && r == 0; i++) {
        place.element = list ? json_array_get(list, i) : document;
        if (list)
            place.path = arena_printf(a, "%.*s/%zu", TEXT_ARG(m->each.text), i);
        r = element_fact(&w, &all[i]);
        if (r == 0 && a->total - before > MAPPING_MEMORY_MAX) {
            mapping_wrong(reterr, shown_path(&w, m->each.text),
                          "its facts must come to at most %d bytes", MAPPING_MEMORY_MAX);
            r = -E2BIG;
        }
    }
    if (r < 0)
        return r;
    *ret = all;
    *ret_count = (uint32_t)count;
    return 0;
}
