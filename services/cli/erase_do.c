/* erase_do: doing what was planned: the catalog lets go, everything else is cleaned, the catalog
 * says that it was erased and is cleaned last, and what was forgotten is folded. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "services/cli/erase.h"
#include "services/cli/query.h"

static int directory_of(const struct erase *x, const struct erase_task *t,
                        char out[static SUITE_PATH_MAX])
{
    char path[SUITE_PATH_MAX + 16];
    suite_partition_directory(&x->suite, t->service->name, t->number, out);
    snprintf(path, sizeof path, "%s/log", out);
    return access(path, F_OK) < 0 ? -errno : 0;
}

static bool is_touched(const struct erase_task *t)
{
    return t->events || t->log || t->derived;
}

/* One partition: the log beside the old one, nothing derived, and the new log in its place. */
static int rewrite_one(struct erase *x, struct erase_task *t, bool swap, struct msg_error *why)
{
    char directory[SUITE_PATH_MAX];
    const bool log = t->events || t->log;
    int r = directory_of(x, t, directory);
    if (r < 0 || !is_touched(t))
        return r == -ENOENT ? 0 : r;
    r = store_claim(directory, &t->claim);
    if (r == 0 && log)
        r = erase_prepare_log(x, t->service, t->number, why);
    if (r == 0)
        r = rewrite_forget(directory);
    if (r == 0 && log && swap)
        r = rewrite_swap(directory);
    if (t->claim >= 0 && (swap || r < 0)) {
        close(t->claim);
        t->claim = -1;
    }
    return r;
}

static int say_left(struct erase *x, const struct erase_place *p)
{
    cli_say("%s/%s: it still says %.*s, at byte %zu", x->suite.directory, p->path,
            TEXT_ARG(p->word), p->offset);
    x->left++;
    return 0;
}

static void add_id(void *arg, const char *id)
{
    struct erase *x = arg;
    mention_add(&x->words, text_from(id), true);
}

/* Looks at every byte once more; ids stay, so words within them are not meant. 0, or the exit code.
 */
static int look_again(struct erase *x, const char *left_out)
{
    names_each(&x->ids, add_id, x);
    x->left = 0;
    x->is_done = true;
    int r = erase_scan(x, left_out, say_left);
    if (r < 0)
        return cli_fail(r, NULL, "cannot look through %s", x->suite.directory);
    if (x->left)
        cli_say("%s/%s is not erased: %u files still say who it is", x->noun, x->id, x->left);
    return x->left ? EXIT_FAILED : 0;
}

/* Everything but the catalog. 0, or the exit code. */
static int erase_others(struct erase *x)
{
    struct msg_error why = { 0 };
    for (uint32_t i = 0; i + 1 < x->task_count; i++) {
        struct erase_task *t = &x->tasks[i];
        int r = rewrite_one(x, t, true, &why);
        cli_progress("writing logs", i + 1, x->task_count);
        if (r < 0)
            return cli_fail(r, &why, "cannot erase in %s/%03u", t->service->name, t->number);
    }
    cli_progress_end();
    int r = erase_scan(x, NULL, erase_file);
    return r < 0 ? cli_fail(r, NULL, "cannot clean %s", x->suite.directory) : 0;
}

/* The catalog, which knows the words, when nothing else does. 0, or the exit code. */
static int erase_catalog(struct erase *x)
{
    struct erase_task *t = &x->tasks[x->task_count - 1];
    struct msg_error why = { 0 };
    struct arena a = { 0 };
    char directory[SUITE_PATH_MAX], old[64];
    int r = x->is_told && !x->is_there ? 0 : erase_tell(x, &why);
    t->derived = true;
    if (r == 0)
        r = rewrite_one(x, t, false, &why);
    if (r < 0)
        return cli_fail(r, &why, "cannot erase in %s/%03u", t->service->name, t->number);
    snprintf(old, sizeof old, "%s/%03u/log/data.mdb", t->service->name, t->number);
    directory_of(x, t, directory);
    const bool log = t->events || t->log;
    int code = look_again(x, log ? old : NULL);
    r = code == 0 && log ? rewrite_swap(directory) : rewrite_drop(directory);
    if (t->claim >= 0)
        close(t->claim);
    arena_free(&a);
    return code ? code : r < 0 ? cli_fail(r, NULL, "cannot erase in the catalog") : 0;
}

static int fold_all(struct erase *x)
{
    struct msg_error why = { 0 };
    for (uint32_t i = 0; i < x->task_count; i++) {
        struct erase_task *t = &x->tasks[i];
        char directory[SUITE_PATH_MAX];
        int r = is_touched(t) ? directory_of(x, t, directory) : -ENOENT;
        if (r == 0)
            r = erase_fold(x, t->service, t->number, &why);
        cli_progress("folding", i + 1, x->task_count);
        if (r < 0 && r != -ENOENT)
            return cli_fail(r, &why, "it is erased, but %s/%03u cannot be folded", t->service->name,
                            t->number);
    }
    cli_progress_end();
    return 0;
}

static int take_out(struct erase *x)
{
    struct arena a = { 0 };
    struct reply reply = { 0 };
    struct msg_error why = { 0 };
    int r = erase_remove(x, false, &a, &reply, &why);
    int code = r < 0                       ? cli_fail(r, &why, "cannot write to the catalog")
               : reply.status != STATUS_ok ? cli_answer_failed(&reply)
                                           : 0;
    arena_free(&a);
    return code;
}

int erase_do(struct erase *x)
{
    int code = x->is_there ? take_out(x) : 0;
    if (code == 0)
        code = erase_others(x);
    if (code == 0)
        code = erase_catalog(x);
    if (code == 0)
        code = fold_all(x);
    if (code == 0)
        code = look_again(x, NULL);
    if (code)
        return code;
    cli_say("%s/%s is erased: words were taken out of %llu events, %llu copies of messages deleted",
            x->noun, x->id, (unsigned long long)x->event_count,
            (unsigned long long)x->message_count);
    return x->ids.count ? EXIT_PARTIAL : 0;
}
