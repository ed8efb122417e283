/* erase: what `redress erase` shares. It works on the directory of a suite that is down:
 *
 *     erase_look    in the catalog: who it is, who else is there, which words tell it
 *     erase_about   in the logs: which events are about it, or are what it said
 *     erase_log     the logs: what is taken out of which events
 *     erase_files   everything else: states, copies of messages, log lines; and the last look
 *     erase_remove  the catalog's own events: removed, erased
 *
 * The catalog's log holds the words, so it is written anew last, when nothing else holds them any
 * more: whoever is interrupted begins again with the same words.
 */
#ifndef REDRESS_CLI_ERASE_H
#define REDRESS_CLI_ERASE_H

#include <jansson.h>

#include "common/msg/mention.h"
#include "common/msg/redact.h"
#include "common/store/rewrite.h"
#include "services/cli/cli.h"
#include "services/cli/erase_names.h"

enum { ERASE_ALSO_MAX = 32, ERASE_NAME_BYTES = 512 /* of what `struct names` hold */ };

/* What is to be done with a partition. */
struct erase_task {
    const struct service_type *service;
    uint32_t number;
    uint64_t events; /* that words are taken out of */
    bool log, derived; /* a word is said in its files */
    int claim; /* -1 while it is not held */
};

struct erase {
    struct cli *cli;
    const char *noun, *id; /* who is erased: person/ann */
    const char *actor;
    const char *also[ERASE_ALSO_MAX]; /* further words that tell who it is */
    uint32_t also_count;
    bool dry_run, yes;
    struct suite suite;
    const struct service_type *catalog; /* the service that keeps the noun */
    bool is_there; /* in the catalog still */
    bool is_told; /* the last of its events says that it was erased */
    struct mentions words; /* what is looked for, and what is others' */
    struct names living; /* "noun/id" of what the catalog has, but not itself */
    struct names about; /* "service noun client/id" of what has events about it */
    struct names said; /* ids of events that are what it said, or follow from that */
    struct names born; /* "noun client/id" of what began with one of those */
    struct names digests; /* of copies of messages about it */
    struct names ids; /* ids in which a word is said; they stay */
    json_t *events; /* {service, partition, type, events, first, last, fields} */
    json_t *files; /* {path, what} that are deleted or cleaned */
    json_t *namers; /* {kind, id} of what names it */
    uint64_t event_count, message_count;
    struct erase_task *tasks; /* every partition, the catalog's last */
    uint32_t task_count;
    bool is_done; /* whatever said a word was deleted or written anew */
    uint32_t left; /* files that the last look found */
};

/* The noun and id of an event, and its row. */
struct erase_event {
    const struct event_row *row; /* NULL: the runtime's own */
    const char *noun; /* NULL as well */
    struct text client, id, subject, key, event, cause;
    bool first; /* of its entity */
    const void *data;
    size_t data_size;
};
int erase_event_read(const struct service_type *s, const struct entry *e, struct erase_event *ret);

/* Finds out what is about who is erased, which may be known only from what was logged later, or
 * elsewhere: fills about, said, born. 0 or -errno, having said which log in *ret_task. */
int erase_find_about(struct erase *x, const struct erase_task **ret_task, struct msg_error *reterr);

/* Whether an event is about who is erased:
 *
 *   - of itself, or of its partition;
 *   - of something that names it in the field called like its noun;
 *   - what it said: the field `contact` is it; and what another service made of that: events whose
 *     cause is one of those, and messages about something that began so.
 *
 * Remembers whatever else the event's entity may have done. */
bool erase_is_about(struct erase *x, const struct service_type *s, const struct erase_event *e);

/* Who it is: fills is_there, is_told, living, words, namers. 0, or the exit code, having said why.
 */
int erase_look(struct erase *x);

/* Adds what would be taken out of a partition's log to `events` and counts it; *ret_count is of
 * this partition. 0 or -errno. */
int erase_plan_log(struct erase *x, const struct service_type *s, uint32_t n, uint64_t *ret_count,
                   struct msg_error *reterr);

/* Writes the log without it, beside the old one (rewrite_prepare). */
int erase_prepare_log(struct erase *x, const struct service_type *s, uint32_t n,
                      struct msg_error *reterr);

/* What becomes of a file in which it is said. */
enum erase_fate {
    FATE_KEEP, /* it is nobody's to delete: it is left, and the last look says so */
    FATE_LOG, /* an event log: written anew */
    FATE_DERIVED, /* folded again from the log */
    FATE_MESSAGE, /* a copy of what was sent: deleted */
    FATE_SCRATCH, /* left by somebody who was killed: deleted */
    FATE_LINES, /* lines of a process: the words are replaced */
};

struct erase_place {
    const char *path; /* below the data directory */
    enum erase_fate fate;
    char service[32]; /* LOG, DERIVED */
    uint32_t partition;
    struct text word; /* that was found first */
    size_t offset;
    bool by_digest; /* MESSAGE: an event about it names the copy */
};

/* Every file below the data directory in which a word is said, and copies of messages about it. The
 * function returns 0 or -errno. `left_out` is a path that is not looked into, or NULL. */
typedef int erase_found(struct erase *x, const struct erase_place *p);
int erase_scan(struct erase *x, const char *left_out, erase_found *found);

/* Deletes a message's copy, or replaces the words in a file of lines. 0 or -errno. */
int erase_file(struct erase *x, const struct erase_place *p);

/* Takes it out of the catalog, as its command does; and says that it was erased. With `rehearse`
 * only asks whether the command would be refused: *ret_reply lives in `a`. 0 or -errno. */
int erase_remove(struct erase *x, bool rehearse, struct arena *a, struct reply *ret_reply,
                 struct msg_error *reterr);
int erase_tell(struct erase *x, struct msg_error *reterr);

/* Does what was planned. 0, EXIT_PARTIAL when ids still tell, or the exit code, having said why. */
int erase_do(struct erase *x);

/* Folds a partition whose state was forgotten, so that the suite starts at once. */
int erase_fold(struct erase *x, const struct service_type *s, uint32_t n, struct msg_error *reterr);

#endif
