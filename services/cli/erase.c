/* `redress erase person|client ID`: takes what tells who somebody is out of a suite that is down:
 * out of its events, states, checkpoints and copies of messages. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "services/cli/ask.h"
#include "services/cli/erase.h"
#include "services/cli/follow.h"
#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/cli/supervise.h"
#include "services/registry.h"

enum { KEY_ACTOR = 256, KEY_ALSO, KEY_DRY_RUN, KEY_YES };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct erase *x = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = x->cli;
        return 0;
    case KEY_ACTOR:
        x->actor = arg;
        return 0;
    case KEY_ALSO:
        if (x->also_count == ERASE_ALSO_MAX)
            argp_error(state, "--also may be given %d times", ERASE_ALSO_MAX);
        x->also[x->also_count++] = arg;
        return 0;
    case KEY_DRY_RUN:
        x->dry_run = true;
        return 0;
    case KEY_YES:
        x->yes = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0)
            x->noun = arg;
        else if (state->arg_num == 1)
            x->id = arg;
        else
            argp_error(state, "what is %s for?", arg);
        return 0;
    case ARGP_KEY_END:
        if (!x->id)
            argp_error(state, "say what, and its id: person ann");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* --- every partition -------------------------------------------------------------------------- */

static void add_tasks(struct erase *x, const struct service_type *s)
{
    for (uint32_t n = 0; n < suite_partitions(&x->suite, s->name); n++)
        x->tasks[x->task_count++] = (struct erase_task){ .service = s, .number = n, .claim = -1 };
}

static void add_all_tasks(struct erase *x)
{
    size_t count = 0;
    for (const struct service_type *const *s = services; *s; s++)
        count += suite_partitions(&x->suite, (*s)->name);
    x->tasks = calloc(count + 1, sizeof *x->tasks);
    if (!x->tasks)
        abort(); /* as the arena */
    for (const struct service_type *const *s = services; *s; s++)
        if (*s != x->catalog)
            add_tasks(x, *s);
    add_tasks(x, x->catalog);
}

static struct erase_task *task_of(const struct erase *x, const char *service, uint32_t number)
{
    for (uint32_t i = 0; i < x->task_count; i++)
        if (strcmp(x->tasks[i].service->name, service) == 0 && x->tasks[i].number == number)
            return &x->tasks[i];
    return NULL;
}

/* --- the plan --------------------------------------------------------------------------------- */

static int plan_file(struct erase *x, const struct erase_place *p)
{
    static const char *const fates[] = {
        [FATE_KEEP] = "left",
        [FATE_MESSAGE] = "deleted",
        [FATE_SCRATCH] = "deleted",
        [FATE_LINES] = "words replaced",
    };
    struct erase_task *t = task_of(x, p->service, p->partition);
    if (p->fate == FATE_LOG && t)
        t->log = true;
    else if (p->fate == FATE_DERIVED && t)
        t->derived = true;
    else
        json_array_append_new(x->files,
                              json_pack("{ss ss}", "path", p->path, "what", fates[p->fate]));
    return 0;
}

static int plan(struct erase *x)
{
    struct msg_error why = { 0 };
    const struct erase_task *at = x->tasks;
    int r = erase_find_about(x, &at, &why);
    if (r < 0)
        return cli_fail(r, &why, "cannot read the log of %s/%03u", at->service->name, at->number);
    for (uint32_t i = 0; i < x->task_count; i++) {
        struct erase_task *t = &x->tasks[i];
        r = erase_plan_log(x, t->service, t->number, &t->events, &why);
        cli_progress("reading logs", i + 1, x->task_count);
        if (r < 0)
            return cli_fail(r, &why, "cannot read the log of %s/%03u", t->service->name, t->number);
    }
    r = erase_scan(x, NULL, plan_file);
    cli_progress_end();
    return r < 0 ? cli_fail(r, NULL, "cannot look through %s", x->suite.directory) : 0;
}

static bool is_anything_to_do(const struct erase *x)
{
    bool any = x->is_there || !x->is_told || x->event_count || json_array_size(x->files);
    for (uint32_t i = 0; i < x->task_count; i++)
        any = any || x->tasks[i].log || x->tasks[i].derived;
    return any;
}

static void say_namers(const struct erase *x)
{
    size_t i;
    const json_t *row;
    json_array_foreach(x->namers, i, row)
    {
        cli_say("  %s/%s names it", json_string_value(json_object_get(row, "kind")),
                json_string_value(json_object_get(row, "id")));
    }
}

/* Whether the catalog lets it go; 0, or the exit code. */
static int ask_catalog(struct erase *x)
{
    struct arena a = { 0 };
    struct reply reply = { 0 };
    struct msg_error why = { 0 };
    int r = x->is_there ? erase_remove(x, true, &a, &reply, &why) : 0;
    int code = r < 0 ? cli_fail(r, &why, "cannot open the catalog") : 0;
    if (r == 0 && reply.status != STATUS_ok) {
        code = cli_answer_failed(&reply);
        say_namers(x);
    }
    arena_free(&a);
    return code;
}

static void say_id(void *arg, const char *id)
{
    (void)arg;
    cli_say("  the id %s says a word of it; ids stay", id);
}

static void say_plan(const struct erase *x)
{
    cli_say("%s %s/%s in %s:", x->dry_run ? "would erase" : "erases", x->noun, x->id,
            x->suite.directory);
    if (x->is_there)
        cli_say("  it is taken out of the catalog");
    cli_say("  words are taken out of %llu events", (unsigned long long)x->event_count);
    for (uint32_t i = 0; i < x->task_count; i++)
        if (x->tasks[i].events || x->tasks[i].log || x->tasks[i].derived)
            cli_say("  %s/%03u: %s", x->tasks[i].service->name, x->tasks[i].number,
                    x->tasks[i].events || x->tasks[i].log
                        ? "the log is written anew, the state folded"
                        : "the state is folded anew");
    for (uint32_t i = 0; i < x->words.count; i++) {
        const struct mention_word *word = &x->words.at[i];
        for (uint32_t k = 0; k < x->words.count && !word->others; k++)
            if (x->words.at[k].others && x->words.at[k].count == word->count &&
                memcmp(x->words.at[k].letters, word->letters,
                       word->count * sizeof *word->letters) == 0)
                cli_say(
                    "  %.*s is also somebody else's, or an id: it stays where nothing else tells "
                    "whose it is",
                    TEXT_ARG(word->said));
    }
    names_each(&x->ids, say_id, NULL);
}

/* --- the command ------------------------------------------------------------------------------ */

/* The service that can say of such a thing that it was erased. */
static const struct service_type *keeper_of(const char *noun)
{
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->event_count; i++)
            if (strcmp((*s)->events[i].noun, noun) == 0 &&
                strcmp((*s)->events[i].verb, "erased") == 0)
                return *s;
    return NULL;
}

/* Nobody may serve it now, nor start to. */
static int lock(struct erase *x, int *ret_fd)
{
    int r = follow_is_up(&x->suite) ? -EBUSY : suite_run_make(&x->suite);
    if (r == 0)
        r = supervise_lock(&x->suite, ret_fd);
    if (r != -EBUSY)
        return r < 0 ? cli_fail(r, NULL, "cannot lock %s/run", x->suite.directory) : 0;
    cli_say("%s is up; erase needs it down (redress down)", x->cli->data);
    return EXIT_CONFLICT;
}

static int confirm(const struct erase *x)
{
    char line[256] = "";
    if (x->yes)
        return 0;
    if (!isatty(STDIN_FILENO)) {
        cli_say("what is erased does not come back: say --yes, or --dry-run to see what it is");
        return EXIT_USAGE;
    }
    fprintf(stderr, "What is erased does not come back. Type the id, %s, to go on: ", x->id);
    if (!fgets(line, sizeof line, stdin))
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, x->id) == 0)
        return 0;
    cli_say("nothing was erased");
    return EXIT_CONFLICT;
}

static void show(const struct erase *x, bool done)
{
    static const char *const events[] = { "service", "partition", "type",   "events",
                                          "first",   "last",      "fields", NULL };
    static const char *const files[] = { "path", "what", NULL };
    if (x->cli->output == OUTPUT_TABLE) {
        print_table(stdout, x->events, events);
        print_table(stdout, x->files, files);
        return;
    }
    json_t *all = json_pack("{ss ss sb sb sI sI sO sO}", "noun", x->noun, "id", x->id, "dry_run",
                            (int)x->dry_run, "erased", (int)done, "event_count",
                            (json_int_t)x->event_count, "message_count",
                            (json_int_t)x->message_count, "events", x->events, "files", x->files);
    print_json(stdout, all);
    json_decref(all);
}

/* What somebody before was interrupted in. */
static int drop_prepared(struct erase *x)
{
    for (uint32_t i = 0; i < x->task_count; i++) {
        char directory[SUITE_PATH_MAX];
        suite_partition_directory(&x->suite, x->tasks[i].service->name, x->tasks[i].number,
                                  directory);
        int r = rewrite_drop(directory);
        if (r < 0)
            return cli_fail(r, NULL, "cannot remove %s/log.new", directory);
    }
    return 0;
}

static int run_locked(struct erase *x)
{
    int code = erase_look(x);
    if (code == 0)
        code = ask_catalog(x);
    if (code == 0 && !x->dry_run)
        code = drop_prepared(x);
    if (code == 0)
        code = plan(x);
    if (code)
        return code;
    if (!is_anything_to_do(x)) {
        cli_say("%s/%s is erased already", x->noun, x->id);
        show(x, true);
        return 0;
    }
    say_plan(x);
    if (!x->dry_run) {
        code = confirm(x);
        if (code == 0)
            code = erase_do(x);
    }
    show(x, !x->dry_run && (code == 0 || code == EXIT_PARTIAL));
    return code;
}

static int run(struct erase *x)
{
    int fd = -1;
    x->catalog = keeper_of(x->noun);
    if (!x->catalog || !x->catalog->single) {
        cli_say("a %s cannot be erased; a person or a client can", x->noun);
        return EXIT_USAGE;
    }
    int code = cli_suite(x->cli, &x->suite);
    if (code == 0)
        code = lock(x, &fd);
    if (code)
        return code;
    x->events = json_array();
    x->files = json_array();
    x->namers = json_array();
    add_all_tasks(x);
    code = run_locked(x);
    free(x->tasks);
    json_decref(x->events);
    json_decref(x->files);
    json_decref(x->namers);
    mention_free(&x->words);
    names_free(&x->living);
    names_free(&x->about);
    names_free(&x->said);
    names_free(&x->born);
    names_free(&x->digests);
    names_free(&x->ids);
    close(fd);
    return code;
}

int cli_run_erase(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "dry-run", KEY_DRY_RUN, NULL, 0, "Only say what would be taken out of which events", 1 },
        { "yes", KEY_YES, NULL, 0, "Do not ask", 1 },
        { "also", KEY_ALSO, "WORDS", 0,
          "Further words that tell who it is: a nickname, a telephone number (may be repeated)",
          1 },
        { "actor", KEY_ACTOR, "NAME", 0, "Who does it (REDRESS_ACTOR, else your login name)", 1 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "person|client ID",
        .doc =
            "Takes what tells who somebody is out of a suite that is down: out of every event, "
            "state, "
            "checkpoint, copy of a message and log line. It does not come back.\v"
            "It is taken out of the catalog first, which refuses while something there still names "
            "it. Every field that is marked as personal in events about it, what somebody said in "
            "surveys and complaints and what was made of that, and every text that says its name "
            "or one of its addresses, becomes \"[erased]\"; when it happened, to what id and how "
            "often stays, and the hash chain still verifies. A name of several words "
            "and an address are found in whatever case, a single word as it is written. Ids stay: "
            "do not make ids of names. In the end every byte of the directory is looked at; exit "
            "code 1 when one still tells, 7 when only ids do.\n\n"
            "Who was interrupted starts it again. Backups made before, and what was sent to "
            "others, are not reached; person.erased tells those who follow.",
        .children = cli_children,
    };
    struct erase x = { .cli = cli };
    int code = cli_parse(&argp, argc, argv, &x);
    if (code)
        return code;
    if (!x.actor)
        x.actor = ask_actor();
    return run(&x);
}
