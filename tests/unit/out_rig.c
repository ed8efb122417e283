/* out_rig: see out_rig.h. */
#include "tests/unit/out_rig.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

enum { PATIENCE_MS = 45000 /* beyond the timeout of a try */ };

static const struct text_pair data[] = { { TEXT_OF("escalation"), TEXT_OF("esc-1") },
                                         { TEXT_OF("summary"), TEXT_OF("Störung \"Mail\"") } };

int out_rig_set_up(void **state)
{
    struct out_rig *g = calloc(1, sizeof *g);
    struct msg_error e;
    struct option_table table = { outbound_rows, outbound_row_count, &g->o };
    char path[128];
    snprintf(g->directory, sizeof g->directory, "/tmp/rd-out-XXXXXX");
    assert_non_null(mkdtemp(g->directory));
    snprintf(path, sizeof path, "%s/secrets", g->directory);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(options_default(&table, &e), 0);
    g->o.allow_private = true;
    g->o.smtp_tls = false;
    g->o.throttle = 6000;
    *state = g;
    return 0;
}

int out_rig_tear_down(void **state)
{
    struct out_rig *g = *state;
    char command[128];
    outbound_close(&g->out);
    assert_null(g->out);
    snprintf(command, sizeof command, "rm -r %s", g->directory);
    assert_int_equal(system(command), 0);
    arena_free(&g->arena);
    free(g);
    return 0;
}

void out_rig_open(struct out_rig *g)
{
    char out[128], secrets[128];
    struct msg_error e = { { 0 }, { 0 } };
    snprintf(out, sizeof out, "%s/out", g->directory);
    snprintf(secrets, sizeof secrets, "%s/secrets", g->directory);
    if (outbound_open(&g->o, out, secrets, "install.redress", &g->out, &e) < 0)
        fail_msg("%s: %s", e.field, e.rule);
}

void out_rig_relay(struct out_rig *g, const struct peer *p)
{
    g->o.smtp = arena_printf(&g->arena, "smtp://127.0.0.1:%d", peer_port(p));
    g->o.mail_from = text_from("Redress Störung <redress@example.net>");
}

void out_rig_secret(struct out_rig *g, const char *name, const char *lines)
{
    char path[128];
    snprintf(path, sizeof path, "%s/secrets/%s", g->directory, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(lines, f);
    fclose(f);
}

struct effect out_rig_hook(struct out_rig *g, const struct peer *p)
{
    return (struct effect){ .kind = EFFECT_HOOK,
                            .id = TEXT_OF("msg-0192aa7c"),
                            .to = arena_printf(&g->arena, "http://127.0.0.1:%d/hooks/a?b=c",
                                               p ? peer_port(p) : 9),
                            .type = TEXT_OF("escalation.raised"),
                            .time = INT64_C(1790000000123456),
                            .data = { data, sizeof data / sizeof *data } };
}

struct effect out_rig_mail(struct out_rig *g, const char *to)
{
    (void)g;
    return (struct effect){ .kind = EFFECT_MAIL,
                            .id = TEXT_OF("msg-0192aa7c"),
                            .to = text_from(to),
                            .to_name = TEXT_OF("Jürgen"),
                            .thread = TEXT_OF("acme/esc-1"),
                            .subject = TEXT_OF("Störung"),
                            .plain = TEXT_OF("Hallo Jürgen,\n.\n.dot\n"),
                            .html = TEXT_OF("<p>Hallo Jürgen</p>\n") };
}

void out_rig_submit(struct out_rig *g, const struct effect *e, uint64_t tag)
{
    if (!g->out)
        out_rig_open(g);
    assert_int_equal(outbound_submit(g->out, e, tag), 0);
}

struct outcome out_rig_result(struct out_rig *g, uint64_t *ret_tag)
{
    struct outcome o;
    struct pollfd p = { .fd = outbound_fd(g->out), .events = POLLIN };
    while (!outbound_result(g->out, &g->arena, ret_tag, &o))
        assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
    assert_true(o.detail.length <= OUTBOUND_DETAIL_MAX);
    return o;
}

struct outcome out_rig_try(struct out_rig *g, const struct effect *e)
{
    uint64_t tag = 0;
    out_rig_submit(g, e, 77);
    struct outcome o = out_rig_result(g, &tag);
    assert_int_equal(tag, 77);
    assert_int_equal(outbound_under_way(g->out), 0);
    return o;
}

void out_rig_failed(const struct outcome *o, enum effect_failure failure)
{
#define TEMPORARY(name, number, temporary, doc) [number] = (temporary),
    static const bool temporary[] = { EFFECT_FAILURES(TEMPORARY) };
    if (o->kind != OUTCOME_FAILED || o->failure != failure)
        fail_msg("kind %d, failure %d, not %d: %.*s", (int)o->kind, (int)o->failure, (int)failure,
                 TEXT_ARG(o->detail));
    assert_int_equal(o->temporary, temporary[failure]);
    assert_true(o->detail.length > 0);
}

struct text out_rig_header(struct out_rig *g, struct text head, const char *name)
{
    size_t length = strlen(name);
    const char *end = head.at + head.length;
    for (const char *at = head.at; at && at < end; at = memchr(at, '\n', (size_t)(end - at))) {
        at += *at == '\n';
        if ((size_t)(end - at) <= length || at[length] != ':' || strncasecmp(at, name, length) != 0)
            continue;
        const char *value = at + length + 1 + strspn(at + length + 1, " ");
        return arena_printf(&g->arena, "%.*s", (int)strcspn(value, "\r\n"), value);
    }
    return (struct text){ 0 };
}

bool out_rig_holds(struct text t, const char *word)
{
    return t.length && memmem(t.at, t.length, word, strlen(word)) != NULL;
}
