/* erase_look: who is to be erased, from the catalog's state and log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/store/image.h"
#include "common/store/turn.h"
#include "services/cli/erase.h"
#include "services/cli/offline.h"

enum { WORD_MOST = 254 /* bytes of a name or an address; more is prose */ };

static void names_add_text(struct names *n, struct text t)
{
    char name[ERASE_NAME_BYTES];
    if (t.length && t.length < sizeof name) {
        snprintf(name, sizeof name, "%.*s", TEXT_ARG(t));
        names_add(n, name);
    }
}

/* --- what there is ---------------------------------------------------------------------------- */

/* Somebody who can be erased has an event that says so. */
static bool is_erasable(const struct service_type *s, const char *noun)
{
    char name[ERASE_NAME_BYTES];
    snprintf(name, sizeof name, "%s.erased", noun);
    return service_event_named(s, text_from(name)) != NULL;
}

/* Texts that tell who somebody is: what is marked as personal, and what is called the name. */
static void visit_words(const struct record *r, const void *value, bool inside,
                        void (*visit)(void *arg, struct text t), void *arg)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        const void *at = (const char *)value + f->offset;
        const bool personal = f->audience == PERSONAL || f->audience == CLIENT_PERSONAL;
        if (f->kind == KIND_LIST) {
            const struct list *l = at;
            for (uint32_t n = 0; n < l->count; n++)
                visit_words(f->record, (const char *)l->at + n * f->record->size, true, visit, arg);
        } else if (f->kind == KIND_TEXT &&
                   (personal || (!inside && strcmp(f->name, "name") == 0))) {
            const struct text *t = at;
            if (t->length && t->length <= WORD_MOST && !text_equal(*t, REDACTED_TEXT))
                visit(arg, *t);
        }
    }
}

static bool is_named_in(const struct erase *x, const struct record *r, const void *value)
{
    struct field_rows rows = r->fields();
    bool found = false;
    for (size_t i = 0; i < rows.count && !found; i++) {
        const struct field *f = &rows.at[i];
        const void *at = (const char *)value + f->offset;
        if (f->kind == KIND_LIST) {
            const struct list *l = at;
            for (uint32_t n = 0; n < l->count && !found; n++)
                found = is_named_in(x, f->record, (const char *)l->at + n * f->record->size);
        } else if (f->kind == KIND_REFERENCE && strcmp(f->reference, x->noun) == 0) {
            const struct text *t = at;
            found = text_equal(*t, text_from(x->id));
        }
    }
    return found;
}

/* A token that was revoked needs nobody any more, and stays. */
static bool has_ended(const struct record *r, const void *value)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].kind == KIND_INSTANT && strcmp(rows.at[i].name, "revoked_at") == 0) {
            const int64_t *at = (const void *)((const char *)value + rows.at[i].offset);
            return *at != 0;
        }
    return false;
}

struct looking {
    struct erase *x;
    struct names others; /* names and addresses of those who stay */
    struct arena arena;
    bool is_known;
};

static void note_other(void *arg, struct text t)
{
    struct looking *l = arg;
    names_add_text(&l->others, t);
}

static int look_at(struct looking *l, const struct entity_row *row, struct text id,
                   const void *image, size_t size)
{
    struct erase *x = l->x;
    char name[ERASE_NAME_BYTES];
    arena_reset(&l->arena);
    void *value = arena_alloc(&l->arena, row->record->size);
    int r = image_read(row->record, image, size, &l->arena, value);
    if (r < 0)
        return r;
    if (strcmp(row->name, x->noun) == 0 && text_equal(id, text_from(x->id))) {
        x->is_there = true;
        return 0;
    }
    snprintf(name, sizeof name, "%s/%.*s", row->name, TEXT_ARG(id));
    names_add(&x->living, name);
    if (is_erasable(x->catalog, row->name))
        visit_words(row->record, value, false, note_other, l);
    if (is_named_in(x, row->record, value) && !has_ended(row->record, value))
        json_array_append_new(x->namers, json_pack("{ss ss%}", "kind", row->name, "id",
                                                   id.length ? id.at : "", (size_t)id.length));
    return 0;
}

/* Every entity of the catalog as it is now. */
static int look_at_state(struct looking *l, struct partition *p)
{
    MDB_txn *txn;
    MDB_cursor *c = NULL;
    MDB_val k, v;
    int r = store_error(mdb_txn_begin(p->state.env, NULL, MDB_RDONLY, &txn));
    if (r < 0)
        return r;
    r = store_error(mdb_cursor_open(txn, p->state.entity, &c));
    if (r < 0) {
        mdb_txn_abort(txn);
        return r;
    }
    while (r == 0 && (r = store_error(mdb_cursor_get(c, &k, &v, MDB_NEXT))) == 0) {
        int kind;
        struct text client, id;
        entity_key_parts(k.mv_data, k.mv_size, &kind, &client, &id);
        const struct entity_row *row = service_entity(p->service, kind);
        if (row && row->how != TOTAL && v.mv_size > 8) /* without an image it was removed */
            r = look_at(l, row, id, (const uint8_t *)v.mv_data + 8, v.mv_size - 8);
    }
    mdb_cursor_close(c);
    mdb_txn_abort(txn);
    return r == -ENOENT ? 0 : r;
}

/* --- words ------------------------------------------------------------------------------------ */

static void note_word(void *arg, struct text t)
{
    struct looking *l = arg;
    if (!mention_add(&l->x->words, t, false))
        cli_say("%.*s is too short to be looked for in texts", TEXT_ARG(t));
}

static int collect(void *arg, uint64_t sequence, const struct entry *e, struct arena *a)
{
    struct looking *l = arg;
    struct erase *x = l->x;
    struct erase_event event;
    struct msg_error error;
    int r = erase_event_read(x->catalog, e, &event);
    (void)sequence;
    if (r < 0 || !event.noun || !is_erasable(x->catalog, event.noun) ||
        !erase_is_about(x, x->catalog, &event))
        return r;
    if (strcmp(event.noun, x->noun) == 0 && text_equal(event.id, text_from(x->id))) {
        l->is_known = true;
        x->is_told = strcmp(event.row->verb, "erased") == 0;
    }
    void *value = arena_alloc(a, event.row->record->size);
    r = msg_decode(event.row->record, event.data, event.data_size, a, value, &error);
    if (r == 0)
        visit_words(event.row->record, value, false, note_word, l);
    return r;
}

/* Others' names, addresses and ids in which a word is said. Of an id that is nothing but the word,
 * the word still tells. */
static void sift(struct erase *x, struct text t, bool is_id)
{
    struct mentioned found;
    if (mention_find(&x->words, MENTION_TEXT, true, t.at, t.length, 0, &found) &&
        !(is_id && found.size == t.length))
        mention_add(&x->words, t, true);
}

static void sift_name(void *arg, const char *name)
{
    sift(arg, text_from(name), false);
}

static void sift_id(void *arg, const char *name)
{
    sift(arg, text_from(strchr(name, '/') + 1), true);
}

/* They stay, and so does its own id. */
static void find_others(struct looking *l)
{
    struct erase *x = l->x;
    struct mentioned found;
    const struct text id = text_from(x->id);
    names_each(&l->others, sift_name, x);
    names_each(&x->living, sift_id, x);
    if (mention_find(&x->words, MENTION_TEXT, true, id.at, id.length, 0, &found))
        mention_add(&x->words, id, true);
}

int erase_look(struct erase *x)
{
    char directory[SUITE_PATH_MAX];
    struct looking l = { .x = x };
    struct msg_error why = { 0 };
    struct partition *p;
    void *options = arena_alloc(&l.arena, x->catalog->options_size + 1);
    const struct partition_options o =
        offline_options(&x->suite, x->catalog, 0, options, directory);
    char log[SUITE_PATH_MAX + 16];
    snprintf(log, sizeof log, "%s/log", directory);
    int r = access(log, F_OK) < 0 && errno == ENOENT ? -ENOENT : partition_inspect(&o, &p, &why);
    if (r == 0) {
        r = look_at_state(&l, p);
        partition_leave(&p);
    }
    if (r == 0)
        r = rewrite_walk(directory, collect, &l, &why);
    for (uint32_t i = 0; r == 0 && i < x->also_count; i++)
        mention_add(&x->words, text_from(x->also[i]), false);
    if (r == 0)
        find_others(&l);
    names_free(&l.others);
    arena_free(&l.arena);
    if (r < 0 && r != -ENOENT) /* it was never opened, and knows nobody */
        return cli_fail(r, &why, "cannot read %s/000", x->catalog->name);
    if (!l.is_known) {
        cli_say("the catalog never had %s/%s", x->noun, x->id);
        return EXIT_NOT_FOUND;
    }
    return 0;
}
