/* health: see health.h. */
#include "services/cli/health.h"

#include <errno.h>
#include <stdio.h>

#include "common/msg/json.h"
#include "services/cli/print.h"
#include "services/registry.h"

static void read_health(const void *bytes, size_t size, struct health *ret)
{
    json_t *map = json_from_msg(bytes, size);
    const json_t *head = json_object_get(map, "head");
    const char *clock = json_string_value(json_object_get(map, "clock"));
    const char *reason = json_string_value(json_object_get(map, "reason"));
    ret->answers = json_is_object(map);
    ret->ready = json_is_true(json_object_get(map, "ready"));
    ret->head = (uint64_t)json_integer_value(head);
    snprintf(ret->clock, sizeof ret->clock, "%s", clock ? clock : "");
    snprintf(ret->note, sizeof ret->note, "%s", reason ? reason : "");
    json_decref(map);
}

static void say_silent(struct health *ret)
{
    snprintf(ret->note, sizeof ret->note, "process %lld does not answer",
             (long long)ret->serving.pid);
}

void health_of(struct client *c, const struct suite *s, const char *service, uint32_t partition,
               struct health *ret)
{
    struct arena a = { 0 };
    const void *bytes;
    size_t size;
    *ret = (struct health){ 0 };
    int r = suite_serving_read(s, service, partition, &ret->serving);
    ret->served = r == 0;
    if (r == 0)
        r = client_ask_process(c, service, partition, "health", &a, &bytes, &size);
    if (r == 0)
        read_health(bytes, size, ret);
    else if (ret->served)
        say_silent(ret);
    else
        snprintf(ret->note, sizeof ret->note, "nobody serves it");
    arena_free(&a);
}

static json_t *row(const char *service, uint32_t partition, const struct health *h)
{
    json_t *o = json_pack("{ss si sb}", "service", service, "partition", (int)partition, "ready",
                          (int)h->ready);
    if (h->served)
        json_object_update_new(o, json_pack("{sI sI ss}", "pid", (json_int_t)h->serving.pid,
                                            "epoch", (json_int_t)h->serving.epoch, "instance",
                                            h->serving.instance));
    if (h->answers)
        json_object_update_new(
            o, json_pack("{sI ss}", "head", (json_int_t)h->head, "clock", h->clock));
    if (h->note[0])
        json_object_set_new(o, "note", json_string(h->note));
    return o;
}

/* Whether the same instance serves this partition as the one that did not answer for another. */
static bool is_silent(const struct suite *s, const char *service, uint32_t partition,
                      const char *silent, struct health *ret)
{
    *ret = (struct health){ 0 };
    ret->served = suite_serving_read(s, service, partition, &ret->serving) == 0;
    return ret->served && silent[0] && strcmp(ret->serving.instance, silent) == 0;
}

bool health_service(struct client *c, const struct suite *s, const char *service, json_t *rows)
{
    bool ready = true;
    char silent[sizeof((struct serving *)0)->instance] = "";
    for (uint32_t n = 0; n < suite_partitions(s, service); n++) {
        struct health h;
        if (is_silent(s, service, n, silent, &h))
            say_silent(&h); /* it would be waited for as long again */
        else
            health_of(c, s, service, n, &h);
        if (h.served && !h.answers)
            snprintf(silent, sizeof silent, "%s", h.serving.instance);
        ready = ready && h.ready;
        json_array_append_new(rows, row(service, n, &h));
    }
    return ready;
}

json_t *health_all(struct client *c, const struct suite *s)
{
    json_t *rows = json_array();
    bool ready = true;
    for (const struct service_type *const *v = services; *v; v++)
        ready = health_service(c, s, (*v)->name, rows) && ready;
    return json_pack("{sb ss ss so}", "ready", (int)ready, "directory", s->directory, "install",
                     s->install, "partitions", rows);
}

void health_print(const struct cli *cli, const json_t *all)
{
    static const char *const columns[] = { "service", "partition", "pid",  "epoch", "head",
                                           "ready",   "clock",     "note", NULL };
    if (cli->output == OUTPUT_JSON)
        print_json(stdout, all);
    else
        print_table(stdout, json_object_get(all, "partitions"), columns);
}
