/* suite_serving: who serves a partition. Its file is held (suite_file.h) by who serves it, so what
 * a killed process left behind is known for that, whatever process ids mean to the reader. */
#include <errno.h>
#include <stdio.h>

#include "common/suite/suite.h"
#include "common/suite/suite_file.h"

static int serving_path(const struct suite *s, const char *service, uint32_t partition, char *out)
{
    return suite_path(out, "%s/run/%s-%03u.json", s->directory, service, partition);
}

int suite_serving_write(const struct suite *s, const struct serving *what, int *held)
{
    char path[SUITE_PATH_MAX];
    int r = serving_path(s, what->service, what->partition, path);
    if (r < 0)
        return r;
    json_t *value = json_pack(
        "{ss si ss ss ss sI ss sI}", "service", what->service, "partition", (int)what->partition,
        "command", what->command, "events", what->events, "replay", what->replay, "epoch",
        (json_int_t)what->epoch, "instance", what->instance, "pid", (json_int_t)what->pid);
    if (!value)
        return -ENOMEM;
    r = suite_file_hold(path, value, held);
    json_decref(value);
    return r;
}

static bool copy(char *out, size_t room, const char *from)
{
    int n = snprintf(out, room, "%s", from);
    return n >= 0 && (size_t)n < room;
}

static int serving_parse(json_t *value, struct serving *ret)
{
    const char *service, *command, *events, *replay, *instance;
    int partition;
    json_int_t epoch, pid;
    if (json_unpack(value, "{ss si ss ss ss sI ss sI}", "service", &service, "partition",
                    &partition, "command", &command, "events", &events, "replay", &replay, "epoch",
                    &epoch, "instance", &instance, "pid", &pid) < 0)
        return -EBADMSG;
    if (pid < 1 || epoch < 0 || partition < 0)
        return -EBADMSG;
    struct serving s = { .partition = (uint32_t)partition, .epoch = (uint64_t)epoch, .pid = pid };
    if (!copy(s.service, sizeof s.service, service) ||
        !copy(s.instance, sizeof s.instance, instance) ||
        !copy(s.command, sizeof s.command, command) || !copy(s.events, sizeof s.events, events) ||
        !copy(s.replay, sizeof s.replay, replay))
        return -EBADMSG;
    *ret = s;
    return 0;
}

int suite_serving_read(const struct suite *s, const char *service, uint32_t partition,
                       struct serving *ret)
{
    char path[SUITE_PATH_MAX];
    json_t *value = NULL;
    struct serving what;
    int r = serving_path(s, service, partition, path);
    if (r == 0)
        r = suite_file_read_held(path, &value, NULL);
    if (r < 0)
        return r;
    r = serving_parse(value, &what);
    json_decref(value);
    if (r == 0)
        *ret = what;
    return r;
}

void suite_serving_remove(const struct suite *s, const char *service, uint32_t partition, int *held)
{
    char path[SUITE_PATH_MAX];
    if (serving_path(s, service, partition, path) == 0)
        suite_file_let_go(path, held);
}
