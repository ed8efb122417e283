/* history: everything that happened to some entities of one client, from the log alone: the query
 * `<service>.history` that the runtime answers for every service. No .def has a row for it, and one
 * that declares a query called `history` does not compile (def_types.h).
 *
 * Every event names the event before it of its entity (journal.h), so what is read is what is
 * answered, whatever the length of the log. Private to common/ but for the tool and the printers.
 *
 *     data    {noun?, id, also?: [{noun?, id}]}; without a noun: whatever bears that id
 *     result  the envelopes of the events, as they were published, the newest first
 *
 * Newest first is the way the chains run: a page costs its own rows only, and a cursor says where
 * each chain goes on, so that later pages neither repeat nor miss anything while commands go on. An
 * envelope lies two levels deep in a reply: data of an event may nest two lists, as a query's rows.
 */
#ifndef REDRESS_HISTORY_H
#define REDRESS_HISTORY_H

#include "common/store/journal.h"
#include "common/store/state.h"

enum {
    HISTORY_ALSO_MAX = 64, /* further entities in one question: the tickets of an escalation */
    HISTORY_CHAINS_MAX = 1024, /* entities that the ids of one question stand for */
    HISTORY_NAME_MAX = 64,
};

/* What is asked for, as the rows of `parameters` have it. */
struct history_subject {
    struct {
        bool noun, id;
    } has;
    struct text noun, id;
};
struct history_subject_list {
    const struct history_subject *at;
    uint32_t count;
};
struct history {
    struct {
        bool noun, id, also;
    } has;
    struct text noun, id;
    struct history_subject_list also;
};

/* The query as a row of the service's table would have it, but without a function; its name lives
 * in the caller's memory. The result's record names what every envelope has beside its data. */
struct query_row history_row(const struct service_type *s, char name[static HISTORY_NAME_MAX]);

bool history_asked(const struct service_type *s, struct text type);

/* Answers q from a transaction of the state and one of the log that began after it: ok, with a
 * cursor where there is more; invalid; busy when something could not be read. A page ends at q's
 * limit, at `deadline_ms` on the monotonic clock, and before its reply would break a limit of the
 * wire. Texts and the result live in the arena. */
void history_answer(const struct service_type *s, struct state *state, MDB_txn *state_txn,
                    struct journal *j, MDB_txn *log_txn, const struct request *q,
                    int64_t deadline_ms, struct arena *a, struct reply *reply);

#endif
