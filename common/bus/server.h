/* server: what serves one partition, shared by server*.c and process.c only.
 *
 * The turn of DESIGN 4 runs in server_turn.c: read what has come, wake what is due, offer
 * commands and upstream events to the partition, commit, and only then answer and publish.
 */
#ifndef REDRESS_SERVER_H
#define REDRESS_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <zmq.h>

#include "common/bus/busy_order.h"
#include "common/bus/consumer.h"
#include "common/bus/process.h"
#include "common/bus/server_effects.h"
#include "common/store/partition.h"
#include "common/suite/clock_guard.h"
#include "common/suite/observe.h"

extern const struct text SERVER_LOCAL; /* who speaks over ipc: the owner of the directory */

enum {
    BATCH_MAX = 512, /* commands of one turn */
    BATCH_BYTES_MAX = 1 << 20, /* and their bytes, but for the last */
    DEFERRED_MAX = 256, /* requests that wait for something; further ones are busy */
    AFTER_MS = 2000, /* how long a request waits for the sequences it names */
    WAIT_MS = 30000, /* and for a copy that lacks a row */
    DEFERRED_RETRY_MS = 5, /* between two tries of those that wait, while there is traffic */
    BUSY_RETRY_MS = 50, /* what a busy reply asks for */
    WAKES_MAX = 256, /* timers of one turn, */
    WAKES_MS = 25, /* and the time behind which no other begins */
    FOLLOW_MAX = 512, /* upstream events of one turn and source */
    FOLLOW_BUDGET = 256, /* messages of one turn and upstream socket pair */
    FOLLOW_TICK_MS = 50, /* the longest time between two looks at upstream */
    FOLLOW_RETRY_MS = 1000, /* behind an upstream that failed */
    FOLLOW_PATIENCE_MS = 3000, /* a reaction waits so long for copies of who does not speak */
    FULL_PAUSE_MS = 1000, /* behind a full disk: no timers, no upstream */
    ANSWERS_MAX = 256, /* answers of queries passed on in one turn */
    QUERIES_MAX = 1024, /* queries under way; further ones are busy */
    THREAD_WAIT_MS = 1000, /* the readers' threads look up at least so often */
    BEACON_MS = 200, /* the contract says 250 at least */
    FOLLOWS_MAX = 8, /* services that one service follows */
    POSITIONS_MAX = 64, /* words of consumers kept for the next commit */
    STOP_MS = 10000, /* a process that was told to end ends by then */
};

/* A command or a query from the moment it is read to its answer. */
struct asked {
    struct asked *next;
    zmq_msg_t route, body;
    struct request request; /* borrows from body and, `after`, from the turn's arena */
    struct reply reply;
    enum { WAITS_NOT, WAITS_AFTER, WAITS_COPY, WAITS_ORDER } waits;
    int64_t deadline_ms;
};

struct follow {
    struct server *server;
    char source[32];
    uint32_t partition;
    struct consumer *consumer; /* NULL: not open */
    bool copied; /* copies are kept of it */
    bool settled; /* they were caught up with since the opening, or it does not speak */
    bool shorter; /* it has less than was heard of it once */
    bool diverged;
    bool failed; /* it could not go on, and has not gone on since, */
    uint64_t failed_at; /* from this sequence */
    uint64_t taken; /* committed */
    uint64_t batch_taken; /* in the open batch */
    uint32_t budget;
    int64_t retry_ms;
    uint64_t waiting; /* the event whose reaction waits for a copy, */
    int64_t waiting_ms; /* since when */
    struct series *lag, *alarm, *missing;
};

struct position_word {
    char name[65];
    uint64_t sequence;
};

struct server_metrics {
    struct series *commands[STATUS_COUNT], *batch, *commit, *published, *wakes, *frozen, *deferred,
        *head, *queries, *replay_bytes, *replay_events, *aside;
};

struct server {
    struct process *process;
    const struct service_type *service;
    uint32_t number;
    char name[40]; /* "escalation/003" */
    pthread_t thread, replay_thread, query_thread;
    bool replay_runs, queries_run, bound;
    int wake_fd; /* readable: look at process->stopping */

    struct serving serving; /* the addresses */
    int serving_held; /* by which what it says is known to be so; -1: nothing said yet */
    void *command, *events, *queries, *replay; /* ROUTER, PUB, PAIR, PAIR */
    void *replay_socket, *replay_inside, *query_inside; /* of their threads */
    char event_topic[TOPIC_MAX], beacon_topic[TOPIC_MAX];
    size_t topic_length;

    struct partition *partition;
    struct reader *replay_reader, *query_reader; /* of their threads */
    struct position position; /* committed */
    struct arena arena; /* of one turn */
    struct msg_buffer buffer; /* in it: the frame being written */
    int64_t now, now_ms; /* the suite's clock, and a monotonic one */
    struct clock_guard guard;
    bool open; /* a batch is */
    bool changed; /* a commit moved the head or a copy: those who wait may go on */
    bool copies_changed;
    bool worked; /* this turn did something */
    bool full; /* there was no room for what was to be written last */
    int64_t due, full_ms, beacon_ms, progress_ms, retry_ms;

    struct asked *batch[BATCH_MAX + DEFERRED_MAX]; /* to be answered behind the commit */
    size_t batch_count;
    struct asked *unused;
    struct asked *deferred, **deferred_end;
    uint32_t deferred_count, queries_under_way;
    struct busy_order busy;
    struct follow follows[FOLLOWS_MAX];
    size_t follow_count;
    bool rebuilt; /* copies are as new as they ever were */
    uint64_t aside; /* how many were put aside so far */
    int64_t opened_ms;
    struct effects *effects; /* NULL: the service has none */
    struct position_word positions[POSITIONS_MAX];
    size_t position_count;
    struct server_metrics metrics;
    struct asked pool[BATCH_MAX + DEFERRED_MAX + 1];
};

struct process {
    const struct service_type *service;
    const void *options;
    struct outbound_options outbound;
    struct suite suite;
    bool adopt_clock, any_file_system;
    size_t log_map_bytes;
    void *zmq;
    _Atomic bool stopping;
    pthread_mutex_t lock; /* over the rest */
    pthread_cond_t changed;
    size_t serving, ended; /* servers that got so far */
    int error; /* of the first that failed */
    struct msg_error what;
    size_t count;
    struct server *servers[SUITE_PARTITIONS_MAX];
};

/* --- process.c ------------------------------------------------------------------------------ */

/* Tells every server to end, and returns at once. */
void process_tell_stop(struct process *p);

/* --- server.c ------------------------------------------------------------------------------- */

void *server_main(void *server);

/* The outcome of a commit is unknown, or the store failed: says so and ends the process. */
_Noreturn void server_die(const struct server *s, const char *what, int error);

/* --- server_turn.c -------------------------------------------------------------------------- */

/* One turn; true when something was done, so that it is worth looking again at once. */
bool server_turn(struct server *s);

/* Opens the batch when it is not. */
void server_begin(struct server *s);

/* Milliseconds until something is due by itself. */
int server_wait_ms(struct server *s);

/* --- server_requests.c: what comes in, and answers ------------------------------------------ */

void requests_init(struct server *s);
void requests_free(struct server *s);

/* Reads what has come, within the limits of a turn; `opening` while there is no partition yet. */
void requests_receive(struct server *s, bool opening);

/* Answers and gives the request's place back. */
void requests_answer(struct server *s, struct asked *a);

/* Answers busy, and remembers that the connection owes this one first. */
void requests_busy(struct server *s, struct asked *a);

/* Commands, as far as nothing is in front of them: into the batch, or deferred. requests_try: false
 * when it waits for a copy. */
void requests_execute(struct server *s, struct asked *a);
bool requests_try(struct server *s, struct asked *a);

/* Passes a query on to its thread, and its answers back. */
void requests_query(struct server *s, struct asked *a);
void requests_query_answers(struct server *s);

/* --- server_deferred.c: what waits ---------------------------------------------------------- */

void deferred_add(struct server *s, struct asked *a, int waits);

/* Whether a command of the same connection waits; and whether it is this very one, asked again. */
bool deferred_blocks(const struct server *s, struct asked *a, bool *ret_same);

/* Whether the sequences that a request names were reached. */
bool deferred_after(const struct server *s, const struct request *r);

/* Tries those again that may go on now. */
void deferred_retry(struct server *s);
void deferred_give_up(struct server *s);
int64_t deferred_deadline_ms(const struct server *s); /* 0: none waits */

/* --- server_follow.c: other services' events ------------------------------------------------ */

int follow_open(struct server *s);
void follow_turn(struct server *s);

/* Whether copies were caught up with since the opening, where their publishers speak: behind a lost
 * state they are folded anew, and until then they lack what was there. */
bool follow_settled(struct server *s);

/* Whether copies are as new as they ever were, but for those of one source. Until then nothing is
 * decided: no command, no timer, no reaction. It waits for a publisher as long as it takes: who
 * decides by copies that it has lost decides wrongly, and for good. */
bool follow_rebuilt(struct server *s, const struct follow *but);
void follow_committed(struct server *s);
void follow_rewind(struct server *s); /* the batch did not happen */
void follow_close(struct server *s);

/* --- server_publish.c ----------------------------------------------------------------------- */

void publish_events(struct server *s);
void publish_beacon(struct server *s);

/* --- server_replay.c, server_queries.c: threads --------------------------------------------- */

void *replay_main(void *server);
void *queries_main(void *server);

/* --- server_health.c ------------------------------------------------------------------------ */

/* Fills the reply of op "health" or "metrics"; false for any other. */
bool health_answer(struct server *s, struct text op, struct reply *reply);

/* Tells of what was put aside since it was asked last. */
void health_look(struct server *s);

/* Looks up the series of a partition, and of one service it follows. */
void metrics_open(struct server *s);
void metrics_follow(struct server *s, struct follow *f);
void metrics_commit(struct server *s, int64_t microseconds, size_t commands);

#endif
