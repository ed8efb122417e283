/* state: the derived environment's databases, keys and positions, and look-ups in a service's
 * tables. */
#include "common/store/state.h"

#include <errno.h>
#include <string.h>

int state_open(const char *directory, size_t map_bytes, unsigned flags, struct state *ret)
{
    static const char *const names[] = { "entity", "index", "due", "seen", "meta" };
    struct state s = { 0 };
    MDB_dbi *const into[] = { &s.entity, &s.index, &s.due, &s.seen, &s.meta };
    MDB_txn *txn = NULL;
    unsigned make = flags & MDB_RDONLY ? 0 : MDB_CREATE;
    int r = make ? store_directory(directory) : 0;
    if (r == 0)
        r = store_open(directory, map_bytes, flags, &s.env);
    if (r < 0)
        return r;
    r = store_error(mdb_txn_begin(s.env, NULL, flags & MDB_RDONLY, &txn));
    for (size_t i = 0; r == 0 && i < sizeof names / sizeof *names; i++)
        r = store_database(txn, names[i], make, into[i]);
    if (r == 0)
        r = store_error(mdb_txn_commit(txn));
    else if (txn)
        mdb_txn_abort(txn);
    if (r < 0) {
        mdb_env_close(s.env);
        return r;
    }
    *ret = s;
    return 0;
}

void state_close(struct state *s)
{
    if (s->env)
        mdb_env_close(s->env);
    *s = (struct state){ 0 };
}

int state_position(struct state *s, MDB_txn *txn, uint64_t *ret_sequence, uint64_t *ret_fingerprint)
{
    MDB_val found;
    int r = store_get(txn, s->meta, "tip", 3, &found);
    *ret_sequence = 0;
    *ret_fingerprint = 0;
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return r;
    if (found.mv_size != 16)
        return -EBADMSG;
    *ret_sequence = store_read_u64(found.mv_data);
    *ret_fingerprint = store_read_u64((const uint8_t *)found.mv_data + 8);
    return 0;
}

int state_set_position(struct state *s, MDB_txn *txn, uint64_t sequence, uint64_t fingerprint)
{
    uint8_t out[16];
    store_u64(out, sequence);
    store_u64(out + 8, fingerprint);
    return store_put(txn, s->meta, "tip", 3, out, sizeof out);
}

bool entity_key_make(int kind, struct text client, struct text id, struct entity_key *ret)
{
    if (client.length > CLIENT_MAX || id.length > ENTITY_ID_MAX)
        return false;
    uint32_t n = 0;
    ret->at[n++] = (uint8_t)kind;
    if (client.length)
        memcpy(ret->at + n, client.at, client.length);
    n += client.length;
    ret->at[n++] = 0;
    if (id.length)
        memcpy(ret->at + n, id.at, id.length);
    ret->length = n + id.length;
    return true;
}

void entity_key_parts(const void *bytes, size_t size, int *kind, struct text *client,
                      struct text *id)
{
    const char *at = bytes, *end = at + size, *zero = memchr(at + 1, 0, size - 1);
    *kind = (uint8_t)*at;
    *client = (struct text){ at + 1, (uint32_t)(zero - at - 1) };
    *id = (struct text){ zero + 1, (uint32_t)(end - zero - 1) };
}

/* Tables are short and stay in the cache; a walk along one costs less than a hash of the name. */
#define FIND(rows, count, condition)                                                               \
    do {                                                                                           \
        for (size_t i = 0; i < (count); i++)                                                       \
            if (condition)                                                                         \
                return &(rows)[i];                                                                 \
        return NULL;                                                                               \
    } while (0)

static bool named(const char *name, struct text t)
{
    return t.length && strncmp(name, t.at, t.length) == 0 && name[t.length] == '\0';
}

const struct entity_row *service_entity(const struct service_type *s, int id)
{
    FIND(s->entities, s->entity_count, s->entities[i].id == id);
}

const struct entity_row *service_entity_named(const struct service_type *s, const char *name)
{
    FIND(s->entities, s->entity_count, strcmp(s->entities[i].name, name) == 0);
}

const struct command_row *service_command(const struct service_type *s, struct text name)
{
    FIND(s->commands, s->command_count, named(s->commands[i].name, name));
}

const struct event_row *service_event(const struct service_type *s, int id)
{
    FIND(s->events, s->event_count, s->events[i].id == id);
}

const struct event_row *service_event_named(const struct service_type *s, struct text name)
{
    FIND(s->events, s->event_count, named(s->events[i].name, name));
}

const struct query_row *service_query(const struct service_type *s, struct text name)
{
    FIND(s->queries, s->query_count, named(s->queries[i].name, name));
}

const struct index_row *service_index(const struct service_type *s, int id)
{
    FIND(s->indexes, s->index_count, s->indexes[i].id == id);
}
