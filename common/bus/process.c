/* process: starts and stops the servers of partitions. */
#include "common/bus/process.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/bus/server.h"
#include "common/bus/sockets.h"

static int complain(struct msg_error *reterr, int error, const char *field, const char *rule)
{
    snprintf(reterr->field, sizeof reterr->field, "%.159s", field);
    snprintf(reterr->rule, sizeof reterr->rule, "%.199s", rule);
    return error;
}

static int server_start(struct process *p, uint32_t number)
{
    struct server *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    *s = (struct server){
        .process = p, .service = p->service, .number = number, .serving_held = -1
    };
    s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int r = s->wake_fd < 0 ? -errno : -pthread_create(&s->thread, NULL, server_main, s);
    if (r < 0) {
        if (s->wake_fd >= 0)
            close(s->wake_fd);
        free(s);
        return r;
    }
    p->servers[p->count++] = s;
    return 0;
}

static int check(const struct process_options *o, struct msg_error *reterr)
{
    char rule[100];
    uint32_t count = suite_partitions(o->suite, o->service->name);
    for (size_t i = 0; i < o->count; i++) {
        if (o->partitions[i] < count)
            continue;
        snprintf(rule, sizeof rule, "%u is none of this suite's: they are 0 to %u",
                 o->partitions[i], count - 1);
        return complain(reterr, -EINVAL, "partition", rule);
    }
    return 0;
}

/* Until every server serves, or the first has failed. */
static int wait_serving(struct process *p, struct msg_error *reterr)
{
    pthread_mutex_lock(&p->lock);
    while (p->serving < p->count && !p->error)
        pthread_cond_wait(&p->changed, &p->lock);
    int r = p->error;
    if (r < 0)
        *reterr = p->what;
    pthread_mutex_unlock(&p->lock);
    return r;
}

int process_start(const struct process_options *o, struct process **ret, struct msg_error *reterr)
{
    *reterr = (struct msg_error){ 0 };
    int r = check(o, reterr);
    if (r < 0)
        return r;
    if (sodium_init() < 0)
        return complain(reterr, -EIO, "sodium", "does not start");
    r = suite_run_make(o->suite);
    if (r < 0)
        return complain(reterr, r, o->suite->run, strerror(-r));
    struct process *p = calloc(1, sizeof *p);
    if (!p)
        return complain(reterr, -ENOMEM, "memory", "is short");
    p->service = o->service;
    p->options = o->options;
    const struct option_table outbound = { outbound_rows, outbound_row_count, &p->outbound };
    options_default(&outbound, reterr);
    if (o->outbound)
        p->outbound = *o->outbound;
    p->suite = *o->suite;
    p->adopt_clock = o->adopt_clock;
    p->any_file_system = o->any_file_system;
    p->log_map_bytes = o->log_map_bytes;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    p->zmq = sockets_context();
    size_t all = suite_partitions(&p->suite, p->service->name);
    size_t count = o->count ? o->count : all;
    r = p->zmq ? 0 : -EMFILE;
    for (size_t i = 0; r == 0 && i < count; i++)
        r = server_start(p, o->count ? o->partitions[i] : (uint32_t)i);
    if (r < 0)
        complain(reterr, r, "process", strerror(-r));
    else
        r = wait_serving(p, reterr);
    if (r < 0)
        process_stop(&p);
    else
        *ret = p;
    return r;
}

void process_tell_stop(struct process *p)
{
    const uint64_t one = 1;
    atomic_store(&p->stopping, true);
    for (size_t i = 0; i < p->count; i++)
        if (write(p->servers[i]->wake_fd, &one, sizeof one) < 0)
            continue; /* it is readable already */
}

void process_stop(struct process **where)
{
    struct process *p = *where;
    if (!p)
        return;
    process_tell_stop(p);
    for (size_t i = 0; i < p->count; i++) {
        pthread_join(p->servers[i]->thread, NULL);
        close(p->servers[i]->wake_fd);
        free(p->servers[i]);
    }
    if (p->zmq)
        zmq_ctx_term(p->zmq);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
    *where = NULL;
}
