/* `redress import tickets FILE`: the tickets of another system, as a file has them, become facts of
 * the suite. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/json.h"
#include "services/cli/import.h"
#include "services/cli/print.h"
#include "services/cli/supervise.h"
#include "services/edge/convert.h"

enum {
    KEY_MAP = 0x100,
    KEY_HISTORY,
    KEY_CLIENT,
    KEY_ACTOR,
    KEY_PARTITIONS,
    KEY_CONFIG,
    KEY_MODEL,
    KEY_DRY
};

static const struct argp_option options[] = {
    { "map", KEY_MAP, "NAME|FILE", 0, "How its columns are to be read: a shipped mapping or a file",
      0 },
    { "history", KEY_HISTORY, NULL, 0,
      "The suite is down and its clock follows the data: timers fire as "
      "they would have then",
      0 },
    { "client-default", KEY_CLIENT, "CLIENT", 0, "The client of rows that name none", 0 },
    { "actor", KEY_ACTOR, "NAME", 0, "Who does it (import)", 0 },
    { "partitions", KEY_PARTITIONS, "N", 0, "Partitions of a new suite, with --history (1)", 0 },
    { "config", KEY_CONFIG, "FILE", 0, "Settings of the services, with --history", 0 },
    { "model", KEY_MODEL, "DIR", 0,
      "With --history: files of the catalog (redress apply) that hold from before the first row on",
      0 },
    { "dry-run", KEY_DRY, NULL, 0, "Only read the file, and say which rows are bad", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct import *i = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = i->cli;
        return 0;
    case KEY_MAP:
        i->map = arg;
        return 0;
    case KEY_HISTORY:
        i->history = true;
        return 0;
    case KEY_CLIENT:
        if (!client_id_valid(text_from(arg)))
            argp_error(state, "a client is 1 to %d letters, digits, . _ and -, not %s", CLIENT_MAX,
                       arg);
        i->client_default = arg;
        return 0;
    case KEY_ACTOR:
        i->actor = arg;
        return 0;
    case KEY_PARTITIONS:
        if (integer_parse(text_from(arg), &i->partitions) < 0 || i->partitions < 1 ||
            i->partitions > SUITE_PARTITIONS_MAX)
            argp_error(state, "--partitions takes 1 to %d, not %s", SUITE_PARTITIONS_MAX, arg);
        return 0;
    case KEY_CONFIG:
        i->config = arg;
        return 0;
    case KEY_MODEL:
        i->model = arg;
        return 0;
    case KEY_DRY:
        i->dry_run = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0 && strcmp(arg, "tickets") != 0)
            argp_error(state, "only tickets can be imported, not %s", arg);
        if (state->arg_num == 1)
            i->file = arg;
        if (state->arg_num > 1)
            argp_error(state, "what is %s for?", arg);
        return 0;
    case ARGP_KEY_END:
        if (!i->file)
            argp_error(state, "which file? redress import tickets FILE --map NAME");
        if (i->model && !i->history)
            argp_error(state, "--model goes with --history; a suite that is up takes "
                              "`redress apply`");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* --- mappings --------------------------------------------------------------------------------- */

static void list_maps(const char *directory)
{
    DIR *d = opendir(directory);
    const struct dirent *e;
    while (d && (e = readdir(d))) {
        size_t n = strlen(e->d_name);
        if (n > 5 && strcmp(e->d_name + n - 5, ".yaml") == 0)
            fprintf(stderr, "  %.*s\n", (int)(n - 5), e->d_name);
    }
    if (d)
        closedir(d);
}

/* The file of a mapping: 0, or the exit code. */
static int find_map(const char *name, char out[static SUITE_PATH_MAX])
{
    char shipped[SUITE_PATH_MAX];
    if (name && (strchr(name, '/') ||
                 (strlen(name) > 5 && strcmp(name + strlen(name) - 5, ".yaml") == 0))) {
        snprintf(out, SUITE_PATH_MAX, "%s", name);
        return 0;
    }
    bool any = mapping_directory(shipped) == 0;
    if (any && name &&
        snprintf(out, SUITE_PATH_MAX, "%s/%s.yaml", shipped, name) < SUITE_PATH_MAX &&
        access(out, R_OK) == 0)
        return 0;
    if (name)
        cli_say("there is no mapping %s; shipped are", name);
    else
        cli_say("how are its columns to be read? Give --map FILE.yaml, or a shipped mapping:");
    if (any)
        list_maps(shipped);
    return EXIT_USAGE;
}

/* --- facts to requests ------------------------------------------------------------------------ */

void import_request(const struct import *i, const struct fact *f, struct request *ret)
{
    struct text body = facts_text(&i->facts, f->body);
    *ret = (struct request){
        /* the same fact has the same id wherever it is imported: the body holds its natural key */
        .id = id_derive_bytes(i->command->name, f->moment, body.at, body.length),
        .type = text_from(i->command->name),
        .client = facts_text(&i->facts, f->client),
        .actor = text_from(i->actor),
        .data = body.at,
        .data_size = body.length,
    };
}

void import_answered(struct import *i, const struct fact *f, const struct reply *reply)
{
    if (reply->status == STATUS_ok) {
        i->known += reply->replayed;
        return;
    }
    i->refused++;
    cli_say("%s:%llu: %s: %.*s%s%.*s", i->file, (unsigned long long)f->line,
            status_name(reply->status), TEXT_ARG(reply->message),
            text_empty(reply->field) ? "" : ", field ", TEXT_ARG(reply->field));
}

/* --- the result ------------------------------------------------------------------------------- */

static json_int_t total(const struct import *i, const char *name)
{
    const struct field *f = i->totals ? record_field(i->summary->result, text_from(name)) : NULL;
    return f ? *(const int64_t *)field_at(f, i->totals) : 0;
}

static void show(const struct import *i, double seconds)
{
    json_t *all = json_pack("{sI}", "rows", (json_int_t)i->facts.rows);
    static const char *const names[] = { "tickets", "made_sla", "missed_sla", "reopened",
                                         "escalations" };
    for (size_t n = 0; n < sizeof names / sizeof *names && !i->dry_run; n++)
        json_object_set_new(all, names[n], json_integer(total(i, names[n])));
    json_object_update_new(all,
                           json_pack("{sI sI sI sf}", "refused", (json_int_t)i->refused, "known",
                                     (json_int_t)i->known, "bad", (json_int_t)i->facts.bad,
                                     "seconds", (double)(int64_t)(seconds * 1000) / 1000));
    if (i->cli->output == OUTPUT_JSON)
        print_json(stdout, all);
    else
        print_object(stdout, all);
    json_decref(all);
    if (i->cli->output == OUTPUT_TABLE && total(i, "agree") + total(i, "disagree") > 0)
        printf("\nTheir verdict and ours agree on %lld of %lld tickets.\n",
               (long long)total(i, "agree"), (long long)(total(i, "agree") + total(i, "disagree")));
}

static int hand_over(struct import *i)
{
    struct msg_error why = { 0 };
    if (!i->history) {
        int code = cli_suite(i->cli, &i->suite);
        return code ? code : import_bus(i);
    }
    int r = suite_open(i->cli->data, (uint32_t)i->partitions, 0, &i->suite, &why);
    if (r == -EINVAL) {
        cli_say("%s: %s %s", i->cli->data, why.field, why.rule);
        return EXIT_CONFLICT;
    }
    if (r < 0)
        return cli_fail(r, &why, "cannot open %s", i->cli->data);
    if (supervise_holder(&i->suite) > 0) {
        cli_say("%s is up; --history needs it down (redress down), without it the facts go over "
                "the bus",
                i->cli->data);
        return EXIT_CONFLICT;
    }
    return import_history(i);
}

static int run(struct import *i)
{
    char path[SUITE_PATH_MAX];
    struct mapping_error wrong = { 0 };
    struct mapping *m = NULL;
    int64_t began = monotonic_ms();
    int code = find_map(i->map, path);
    if (code == 0 && mapping_load(path, i->command->record, &m, &wrong) < 0) {
        cli_say("%s:%u: %s%s%s", wrong.file, wrong.line, wrong.key, wrong.key[0] ? ": " : "",
                wrong.rule);
        code = EXIT_USAGE;
    }
    if (code == 0 && i->client_default)
        mapping_client_default(m, text_from(i->client_default));
    if (code == 0)
        code = facts_read(i->file, m, &i->facts);
    if (code == 0) {
        int r = facts_sort(&i->facts, m, i->command->record);
        code = r < 0 ? cli_fail(r, NULL, "%s", i->file) : 0;
    }
    mapping_free(&m);
    if (code == 0 && !i->dry_run && !cli_stopped)
        code = hand_over(i);
    cli_progress_end();
    if (code == 0 && cli_stopped)
        return EXIT_INTERRUPTED;
    if (code)
        return code;
    show(i, (double)(monotonic_ms() - began) / 1000);
    return i->facts.bad || i->refused ? EXIT_PARTIAL : EXIT_OK;
}

/* The rows of the tables that an import needs; a build without the escalation service has none. */
static bool find_rows(struct import *i)
{
    i->service = cli_service(text_from("escalation"));
    for (size_t n = 0; i->service && n < i->service->command_count; n++)
        if (strcmp(i->service->commands[n].name, "ticket.record") == 0)
            i->command = &i->service->commands[n];
    for (size_t n = 0; i->service && n < i->service->query_count; n++)
        if (strcmp(i->service->queries[n].name, "escalation.ticket_summary") == 0)
            i->summary = &i->service->queries[n];
    return i->command && i->summary;
}

int cli_run_import(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "tickets FILE",
        .doc = "Takes in the tickets of another system: a file of CSV rows, or of JSON documents "
               "(as the mapping says), plain or .gz, - for standard input.\n\n"
               "  redress import tickets log.csv.gz --map uci-incidents --history\v"
               "Bad rows are reported and do not stop the rest; the exit code is then 7. Importing "
               "again "
               "changes nothing. How to write a mapping: deploy/maps/README.md.",
        .children = cli_children,
    };
    struct import *i = calloc(1, sizeof *i);
    if (!i)
        return EXIT_FAILED;
    i->cli = cli;
    i->actor = "import";
    int code = cli_parse(&argp, argc, argv, i);
    if (code == 0 && !find_rows(i)) {
        cli_say("this build has no service that records tickets");
        code = EXIT_FAILED;
    }
    if (code == 0) {
        cli_catch_signals();
        code = run(i);
    }
    facts_free(&i->facts);
    arena_free(&i->arena);
    free(i);
    return code;
}
