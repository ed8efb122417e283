/* outbox: see outbox.h. */
#include "common/engine/outbox.h"

#include "common/out/outbound.h"
#include "common/store/effect.h"
#include "common/store/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUTBOX_LOOK = 64 }; /* rows read at a time */

struct outbox {
    char directory[STORE_PATH_MAX];
    bool made;
    struct effect_tools tools; /* no public address: history has nothing to be clicked */
    struct arena arena;
};

int outbox_open(const char *directory, struct outbox **ret)
{
    struct outbox *o = calloc(1, sizeof *o);
    if (!o)
        return -ENOMEM;
    if (snprintf(o->directory, sizeof o->directory, "%s/outbox", directory) >=
        (int)sizeof o->directory) {
        free(o);
        return -ENAMETOOLONG;
    }
    *ret = o;
    return 0;
}

void outbox_close(struct outbox **where)
{
    struct outbox *o = *where;
    if (!o)
        return;
    arena_free(&o->arena);
    free(o);
    *where = NULL;
}

static int write_all(int fd, struct text t)
{
    while (t.length) {
        ssize_t n = write(fd, t.at, t.length);
        if (n < 0 && errno != EINTR)
            return -errno;
        t.at += n > 0 ? n : 0;
        t.length -= n > 0 ? (uint32_t)n : 0;
    }
    return 0;
}

/* Written before the batch commits: a file too many says what would be sent anyway, and a repeated
 * import writes the same one. */
static int write_file(struct outbox *o, const struct effect *e, int64_t now, struct text copy)
{
    char path[STORE_PATH_MAX + OUTBOUND_ID_MAX];
    if (!o->made && mkdir(o->directory, 0700) < 0 && errno != EEXIST)
        return -errno;
    o->made = true;
    if (snprintf(path, sizeof path, "%s/%.*s-%" PRId64 ".json", o->directory, TEXT_ARG(e->id),
                 now) >= (int)sizeof path)
        return -ENAMETOOLONG;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int r = write_all(fd, copy);
    if (close(fd) < 0 && r == 0)
        r = -errno;
    return r;
}

static int put_one(struct outbox *o, struct partition *p, const struct effect_row *row,
                   const struct effect_due *due, int64_t now)
{
    struct effect e;
    uint8_t digest[32];
    char hex[2 * sizeof digest + 1];
    const struct text client = effect_due_client(due), id = effect_due_id(due);
    arena_reset(&o->arena);
    int r = partition_attempt(p, row, client, id, now, &o->tools, &o->arena, NULL, NULL, &e);
    if (r <= 0)
        return r;
    struct text copy = outbound_copy(&e, &o->arena);
    crypto_generichash(digest, sizeof digest, (const uint8_t *)copy.at, copy.length, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    r = write_file(o, &e, now, copy);
    if (r < 0)
        return r;
    const struct outcome sent = { .kind = OUTCOME_SENT,
                                  .digest = text_from(hex),
                                  .detail = text_from("Put into the outbox of a history.") };
    return partition_outcome(p, row, client, id, &sent, now);
}

int outbox_put(struct outbox *o, struct partition *p, int64_t now)
{
    int count = 0;
    struct effect_due due[OUTBOX_LOOK];
    for (size_t k = 0; k < p->service->effect_count; k++) {
        int n;
        do {
            n = partition_effects(p, &p->service->effects[k], now, NULL, due, OUTBOX_LOOK);
            for (int i = 0; i < n; i++) {
                int r = put_one(o, p, &p->service->effects[k], &due[i], now);
                if (r < 0)
                    return r;
                count++;
            }
        } while (n == OUTBOX_LOOK);
        if (n < 0)
            return n;
    }
    return count;
}
