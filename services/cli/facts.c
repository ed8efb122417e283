/* The rows of a file as facts in memory: read, converted and packed at once, then sorted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "services/cli/csv.h"
#include "services/cli/documents.h"
#include "services/cli/import.h"
#include "services/edge/convert.h"

/* --- the pool --------------------------------------------------------------------------------- */

static int grow(void **at, size_t *room, size_t needed, size_t most, size_t item)
{
    size_t more = *room ? *room : 1024;
    if (needed <= *room)
        return 0;
    while (more < needed)
        more *= 2;
    if (more > most)
        return -E2BIG;
    void *bigger = realloc(*at, more * item);
    if (!bigger)
        return -ENOMEM;
    *at = bigger;
    *room = more;
    return 0;
}

static int keep(struct facts *f, struct text t, struct span *ret)
{
    void *pool = f->pool;
    int r = grow(&pool, &f->size, f->used + t.length, IMPORT_POOL_MAX, 1);
    f->pool = pool;
    if (r < 0)
        return r;
    if (t.length)
        memcpy(f->pool + f->used, t.at, t.length);
    *ret = (struct span){ f->used, t.length };
    f->used += t.length;
    return 0;
}

static int keep_key(struct facts *f, const struct field *field, const void *value,
                    union order_key *ret)
{
    const void *at = (const char *)value + field->offset;
    switch (field->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE:
        return keep(f, *(const struct text *)at, &ret->text);
    case KIND_BOOL:
        ret->number = *(const bool *)at;
        return 0;
    case KIND_ENUM:
        ret->number = *(const int32_t *)at;
        return 0;
    default:
        ret->number = *(const int64_t *)at;
        return 0;
    }
}

static int add(struct facts *f, const struct mapping *m, const struct mapped *from, uint64_t line)
{
    void *all = f->at;
    uint32_t orders;
    const struct field *const *order = mapping_order(m, &orders);
    int e = grow(&all, &f->room, f->count + 1, IMPORT_FACTS_MAX, sizeof *f->at);
    f->at = all;
    if (e < 0)
        return e;
    struct fact *fact = &f->at[f->count];
    *fact = (struct fact){ .moment = from->moment, .line = line };
    e = keep(f, (struct text){ (const char *)from->body, (uint32_t)from->body_size }, &fact->body);
    if (e == 0)
        e = keep(f, from->client, &fact->client);
    if (e == 0)
        e = keep(f, from->group, &fact->group);
    for (uint32_t i = 0; i < orders && e == 0; i++)
        e = keep_key(f, order[i], from->value, &fact->keys[i]);
    f->count += e == 0;
    return e;
}

void facts_free(struct facts *f)
{
    free(f->at);
    free(f->pool);
    *f = (struct facts){ 0 };
}

/* --- reading ---------------------------------------------------------------------------------- */

struct text facts_place(const struct mapping *m, const char *field, struct arena *a)
{
    struct text column = mapping_column(m, field);
    if (text_empty(column))
        return text_from(field);
    return arena_printf(a, "%s (column %.*s)", field, TEXT_ARG(column));
}

static void say_bad(struct facts *f, const char *path, uint64_t line, struct text place,
                    const char *rule)
{
    f->bad++;
    cli_say("%s:%llu: %.*s%s%s", path, (unsigned long long)line, TEXT_ARG(place),
            text_empty(place) ? "" : ": ", rule);
}

static void say_mapping(const struct mapping_error *e)
{
    if (e->line)
        cli_say("%s:%u: %s%s%s", e->file, e->line, e->key, e->key[0] ? ": " : "", e->rule);
    else
        cli_say("%s: %s%s%s", e->file, e->key, e->key[0] ? ": " : "", e->rule);
}

/* What a mapping did not fit to. */
static void say_columns(const char *path, const struct csv_record *row)
{
    cli_progress_end();
    fprintf(stderr, "redress: %s:%llu: its columns are", path, (unsigned long long)row->line);
    for (uint32_t i = 0; i < row->count; i++)
        fprintf(stderr, "%s %.*s", i ? "," : "", TEXT_ARG(row->cells[i]));
    fputc('\n', stderr);
}

static int take_row(struct facts *f, const char *path, const struct mapping *m,
                    const struct csv_record *row, int64_t number, struct arena *a)
{
    struct mapped made[MAPPING_FACTS_MAX];
    struct msg_error why = { 0 };
    uint32_t count = 0;
    int e = mapping_row(m, row->cells, row->count, number, a, made, &count, &why);
    if (e < 0) {
        say_bad(f, path, row->line, facts_place(m, why.field, a), why.rule);
        return 0;
    }
    f->rows++;
    for (uint32_t i = 0; i < count && e == 0; i++)
        e = add(f, m, &made[i], row->line);
    return e;
}

static uint64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

static int read_rows(struct csv *csv, const char *path, struct mapping *m, struct facts *f)
{
    struct arena a = { 0 };
    struct csv_record row;
    struct csv_error wrong;
    struct mapping_error unfit;
    bool bound = false;
    int64_t number = 0;
    int e, code = 0;
    uint64_t size = size_of(path);
    while (code == 0 && !cli_stopped && (e = csv_next(csv, &row, &wrong)) != 0) {
        if (e == -EIO) {
            cli_say("%s:%llu: %s", path, (unsigned long long)wrong.line, wrong.rule);
            code = EXIT_FAILED;
        } else if (e < 0) {
            number++;
            say_bad(f, path, wrong.line, (struct text){ 0 }, wrong.rule);
        } else if (!bound) {
            bound = true;
            if (mapping_bind(m, row.cells, row.count, &unfit) < 0) {
                say_mapping(&unfit);
                say_columns(path, &row);
                code = EXIT_USAGE;
            }
        } else if ((e = take_row(f, path, m, &row, ++number, &a)) < 0) {
            code = cli_fail(e, NULL, "%s:%llu", path, (unsigned long long)row.line);
        }
        if (number % 8192 == 0)
            cli_progress("reading", csv_position(csv), size);
        arena_reset(&a);
    }
    if (code == 0 && !bound && !cli_stopped) {
        cli_say("%s: it is empty; the first line must name the columns", path);
        code = EXIT_USAGE;
    }
    arena_free(&a);
    return code;
}

/* All facts of a document, or none; when it was received nobody knows any more. */
static int take_document(struct facts *f, const char *path, const struct mapping *m,
                         const json_t *document, uint64_t line, struct arena *a)
{
    static const struct mapping_context unknown;
    struct mapped *made = NULL;
    struct msg_error why = { 0 };
    uint32_t count = 0;
    if (mapping_json(m, document, &unknown, a, &made, &count, &why) < 0) {
        say_bad(f, path, line, text_from(why.field), why.rule);
        return 0;
    }
    int e = 0;
    for (uint32_t i = 0; i < count && e == 0; i++, f->rows++)
        e = add(f, m, &made[i], line);
    return e;
}

static int read_documents(struct documents *all, const char *path, const struct mapping *m,
                          struct facts *f)
{
    struct arena a = { 0 };
    struct document_error wrong;
    json_t *document = NULL;
    uint64_t line = 0, size = size_of(path);
    int e, code = 0;
    while (code == 0 && !cli_stopped && (e = documents_next(all, &document, &line, &wrong)) != 0) {
        if (e < 0) {
            cli_say("%s:%llu: %s; nothing of the file is taken", path,
                    (unsigned long long)wrong.line, wrong.rule);
            code = EXIT_FAILED;
            break;
        }
        e = take_document(f, path, m, document, line, &a);
        json_decref(document);
        if (e < 0)
            code = cli_fail(e, NULL, "%s:%llu", path, (unsigned long long)line);
        if (f->count % 8192 == 0)
            cli_progress("reading", documents_position(all), size);
        arena_reset(&a);
    }
    arena_free(&a);
    return code;
}

int facts_read(const char *path, struct mapping *m, struct facts *ret)
{
    struct csv *csv = NULL;
    struct documents *documents = NULL;
    int e = mapping_is_json(m) ? documents_open(path, &documents)
                               : csv_open(path, mapping_delimiter(m), &csv);
    if (e < 0)
        return cli_fail(e, NULL, "cannot read %s", path);
    int code = documents ? read_documents(documents, path, m, ret) : read_rows(csv, path, m, ret);
    csv_close(&csv);
    documents_close(&documents);
    cli_progress_end();
    return code;
}

/* --- order ------------------------------------------------------------------------------------ */

struct order {
    const struct facts *facts;
    const struct field *const *fields;
    uint32_t count;
};

static int compare(const void *left, const void *right, void *arg)
{
    const struct order *o = arg;
    const struct fact *a = left, *b = right;
    if (a->moment != b->moment) /* history cannot go back: what is behind its moment is told late */
        return a->moment < b->moment ? -1 : 1;
    for (uint32_t i = 0; i < o->count; i++) {
        enum kind kind = o->fields[i]->kind;
        int r;
        if (kind == KIND_TEXT || kind == KIND_REFERENCE)
            r = text_compare(facts_text(o->facts, a->keys[i].text),
                             facts_text(o->facts, b->keys[i].text));
        else
            r = (a->keys[i].number > b->keys[i].number) - (a->keys[i].number < b->keys[i].number);
        if (r)
            return r;
    }
    /* as they stand in the file: bodies were packed in that order */
    return (a->body.at > b->body.at) - (a->body.at < b->body.at);
}

/* A table of the first fact of each group, open addressing. */
struct groups {
    const struct fact **slots;
    size_t mask;
};

static const struct fact *first_of_group(const struct facts *f, struct groups *g,
                                         const struct fact *fact)
{
    struct text name = facts_text(f, fact->group);
    uint64_t hash =
        1469598103934665603u; /* FNV-1a: names are short, and nobody gains by colliding them */
    for (uint32_t i = 0; i < name.length; i++)
        hash = (hash ^ (unsigned char)name.at[i]) * 1099511628211u;
    size_t at = (size_t)(hash ^ hash >> 32) & g->mask;
    while (g->slots[at] && !text_equal(facts_text(f, g->slots[at]->group), name))
        at = (at + 1) & g->mask;
    if (!g->slots[at])
        g->slots[at] = fact;
    return g->slots[at];
}

/* The fact goes to another client than the one it named: that one is kept in its details. */
static int move(struct facts *f, const struct mapping *m, const struct record *r, struct fact *fact,
                struct span client, struct arena *a)
{
    struct msg_buffer body = { .arena = a };
    struct msg_error unused;
    void *value = arena_alloc(a, r->size);
    struct text own = arena_text(a, facts_text(f, fact->client));
    const void *copy = arena_copy(a, f->pool + fact->body.at, fact->body.size);
    int e = msg_decode(r, copy, fact->body.size, a, value, &unused);
    if (e < 0)
        return e;
    mapping_keep_client(m, own, a, value);
    msg_encode(r, value, &body);
    fact->client = client;
    return keep(f, (struct text){ (const char *)body.at, (uint32_t)body.size }, &fact->body);
}

static int join_groups(struct facts *f, const struct mapping *m, const struct record *r,
                       struct groups *g)
{
    struct arena a = { 0 };
    int e = 0;
    for (size_t i = 0; i < f->count && e == 0; i++) {
        struct fact *fact = &f->at[i];
        if (fact->group.size == 0)
            continue;
        const struct fact *first = first_of_group(f, g, fact);
        if (text_equal(facts_text(f, first->client), facts_text(f, fact->client)))
            continue;
        e = move(f, m, r, fact, first->client, &a);
        arena_reset(&a);
    }
    arena_free(&a);
    return e;
}

int facts_sort(struct facts *f, const struct mapping *m, const struct record *r)
{
    struct order order = { .facts = f };
    struct groups groups = { .mask = 1023 };
    order.fields = mapping_order(m, &order.count);
    if (f->count == 0)
        return 0;
    qsort_r(f->at, f->count, sizeof *f->at, compare, &order);
    while (groups.mask < 2 * f->count)
        groups.mask = groups.mask * 2 + 1;
    groups.slots = calloc(groups.mask + 1, sizeof *groups.slots);
    int e = groups.slots ? join_groups(f, m, r, &groups) : -ENOMEM;
    free(groups.slots);
    return e;
}
