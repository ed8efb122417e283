/* `redress import KIND FILE`: what other systems know, as files have it, becomes facts of the
 * suite. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/msg/json.h"
#include "services/cli/import.h"
#include "services/cli/print.h"
#include "services/cli/up.h"
#include "services/edge/convert.h"

enum {
    KEY_MAP = 0x100,
    KEY_HISTORY,
    KEY_CLIENT,
    KEY_ACTOR,
    KEY_PARTITIONS,
    KEY_CLOCK,
    KEY_CONFIG,
    KEY_MODEL,
    KEY_DRY
};

static const struct argp_option options[] = {
    { "map", KEY_MAP, "[KIND=]NAME|FILE", 0,
      "How its columns are to be read: a shipped mapping or a file; of several files that of KIND",
      0 },
    { "history", KEY_HISTORY, NULL, 0,
      "The suite is down and its clock follows the data: timers fire as "
      "they would have then",
      0 },
    { "client-default", KEY_CLIENT, "CLIENT", 0, "The client of rows that name none", 0 },
    { "actor", KEY_ACTOR, "NAME", 0, "Who does it (import)", 0 },
    { "partitions", KEY_PARTITIONS, "N", 0, "Partitions of a new suite, with --history (1)", 0 },
    { "clock", KEY_CLOCK, "RATE", 0,
      "The clock of a new suite once it is up, with --history: real, or xN (real)", 0 },
    { "config", KEY_CONFIG, "FILE", 0, "Settings of the services, with --history", 0 },
    { "model", KEY_MODEL, "DIR", 0,
      "With --history: files of the catalog (redress apply) that hold from before the first row on",
      0 },
    { "dry-run", KEY_DRY, NULL, 0, "Only read the file, and say which rows are bad", 0 },
    { 0 },
};

/* --- arguments -------------------------------------------------------------------------------- */

/* A mapping named before its file is known. */
struct named_map {
    struct text kind; /* empty: the first file's */
    const char *name;
};

struct arguments {
    struct import *import;
    struct named_map maps[IMPORT_FILES_MAX];
    size_t maps_count;
};

static void unknown_kind(struct argp_state *state, const char *word)
{
    char all[200] = "";
    const char *names[16];
    size_t count = 0;
    for (const struct import_kind *k = import_kinds; k->word; k++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "", k->word);
        names[count++] = k->word;
    }
    const char *near = cli_nearest(word, names, count);
    argp_error(state, "%s cannot be imported%s%s%s; these can: %s", word,
               near ? ", did you mean " : "", near ? near : "", near ? "?" : "", all);
}

static void take_map(struct argp_state *state, struct arguments *a, const char *arg)
{
    const char *equals = strchr(arg, '=');
    struct named_map map = { .name = arg };
    if (equals && import_kind_named((struct text){ arg, (uint32_t)(equals - arg) })) {
        map.kind = (struct text){ arg, (uint32_t)(equals - arg) };
        map.name = equals + 1;
    }
    if (a->maps_count == IMPORT_FILES_MAX)
        argp_error(state, "at most %d files", IMPORT_FILES_MAX);
    else
        a->maps[a->maps_count++] = map;
}

static void take_argument(struct argp_state *state, struct import *i, const char *arg)
{
    struct load *l = &i->loads[i->count];
    if (l->kind) {
        l->file = arg;
        i->count++;
    } else if (i->count == IMPORT_FILES_MAX) {
        argp_error(state, "at most %d files", IMPORT_FILES_MAX);
    } else if (!(l->kind = import_kind_named(text_from(arg)))) {
        unknown_kind(state, arg);
    }
}

static void join_maps(struct argp_state *state, const struct arguments *a)
{
    struct import *i = a->import;
    for (size_t n = 0; n < a->maps_count; n++) {
        size_t at = 0;
        while (!text_empty(a->maps[n].kind) && at < i->count &&
               !text_equal(a->maps[n].kind, text_from(i->loads[at].kind->word)))
            at++;
        if (at == i->count)
            argp_error(state, "no file of %.*s is given", TEXT_ARG(a->maps[n].kind));
        else
            i->loads[at].map = a->maps[n].name;
    }
}

static void check_arguments(struct argp_state *state, const struct arguments *a)
{
    const struct import *i = a->import;
    if (i->count == 0 || (i->count < IMPORT_FILES_MAX && i->loads[i->count].kind))
        argp_error(state, "which file? redress import KIND FILE");
    if (i->model && !i->history)
        argp_error(state, "--model goes with --history; a suite that is up takes "
                          "`redress apply`");
    join_maps(state, a);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    struct import *i = a->import;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = i->cli;
        return 0;
    case KEY_MAP:
        take_map(state, a, arg);
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
    case KEY_CLOCK:
        if (up_parse_clock(arg, &i->rate) < 0)
            argp_error(state, "--clock takes real, or x1 to x%d, not %s", SUITE_RATE_MAX, arg);
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
        take_argument(state, i, arg);
        return 0;
    case ARGP_KEY_END:
        check_arguments(state, a);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* --- mappings --------------------------------------------------------------------------------- */

static int is_map(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 5 && strcmp(e->d_name + n - 5, ".yaml") == 0;
}

static void list_maps(const char *directory)
{
    struct dirent **all = NULL;
    int n = scandir(directory, &all, is_map, alphasort);
    for (int i = 0; i < n; i++) {
        fprintf(stderr, "  %.*s\n", (int)(strlen(all[i]->d_name) - 5), all[i]->d_name);
        free(all[i]);
    }
    free(all);
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

void import_request(const struct import *i, const struct load *l, const struct fact *f,
                    struct request *ret)
{
    struct text body = facts_text(&l->facts, f->body);
    *ret = (struct request){
        /* the same fact has the same id wherever it is imported: the body holds its natural key */
        .id = id_derive_bytes(l->command->name, f->moment, body.at, body.length),
        .type = text_from(l->command->name),
        .client = facts_text(&l->facts, f->client),
        .actor = text_from(i->actor),
        .data = body.at,
        .data_size = body.length,
    };
}

void import_answered(struct load *l, const struct fact *f, const struct reply *reply)
{
    if (reply->status == STATUS_ok) {
        l->known += reply->replayed;
        l->recorded += !reply->replayed;
        return;
    }
    struct arena a = { 0 };
    char field[80];
    snprintf(field, sizeof field, "%.*s", TEXT_ARG(reply->field));
    struct text place = facts_place(l->mapping, field, &a);
    l->refused++;
    cli_say("%s:%llu: %s: %.*s%s%.*s", l->file, (unsigned long long)f->line,
            status_name(reply->status), TEXT_ARG(reply->message),
            text_empty(place) ? "" : ", field ", TEXT_ARG(place));
    arena_free(&a);
}

/* --- the result ------------------------------------------------------------------------------- */

static json_int_t total(const struct load *l, const char *name)
{
    const struct field *f = l->totals ? record_field(l->summary->result, text_from(name)) : NULL;
    return f ? *(const int64_t *)field_at(f, l->totals) : 0;
}

static json_t *result_of(const struct import *i, const struct load *l)
{
    json_t *all = json_pack("{sI}", "rows", (json_int_t)l->facts.rows);
    for (size_t n = 0; l->kind->shown[n] && !i->dry_run; n++)
        json_object_set_new(all, l->kind->shown[n], json_integer(total(l, l->kind->shown[n])));
    if (!l->summary && !i->dry_run)
        json_object_set_new(all, "recorded", json_integer((json_int_t)l->recorded));
    json_object_update_new(all, json_pack("{sI sI sI}", "refused", (json_int_t)l->refused, "known",
                                          (json_int_t)l->known, "bad", (json_int_t)l->facts.bad));
    return all;
}

static void print_result(const struct import *i, const json_t *all)
{
    if (i->cli->output == OUTPUT_JSON)
        print_json(stdout, all);
    else
        print_object(stdout, all);
}

static void say_verdicts(const struct load *l)
{
    json_int_t agree = total(l, "agree"), disagree = total(l, "disagree");
    if (agree + disagree > 0)
        printf("\nTheir verdict and ours agree on %lld of %lld tickets.\n", (long long)agree,
               (long long)(agree + disagree));
}

/* Of one file what it came to; of several that under its kind. */
static void show(const struct import *i, double seconds)
{
    json_t *took = json_real((double)(int64_t)(seconds * 1000) / 1000);
    json_t *all = i->count == 1 ? result_of(i, &i->loads[0]) : json_object();
    for (size_t n = 0; n < i->count && i->count > 1; n++) {
        json_t *one = result_of(i, &i->loads[n]);
        if (i->cli->output != OUTPUT_JSON)
            printf("%s%s:\n", n ? "\n" : "", i->loads[n].file);
        if (i->cli->output != OUTPUT_JSON)
            print_result(i, one);
        json_object_set_new(all, i->loads[n].kind->word, one);
    }
    json_object_set_new(all, "seconds", took);
    if (i->cli->output == OUTPUT_JSON || i->count == 1)
        print_result(i, all);
    json_decref(all);
    for (size_t n = 0; n < i->count && i->cli->output == OUTPUT_TABLE; n++)
        say_verdicts(&i->loads[n]);
}

static int hand_over(struct import *i)
{
    struct msg_error why = { 0 };
    if (!i->history) {
        int code = cli_suite(i->cli, &i->suite);
        return code ? code : import_bus(i);
    }
    int r = suite_open(i->cli->data, (uint32_t)i->partitions, i->rate, &i->suite, &why);
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

static int read_file(const struct import *i, struct load *l)
{
    char path[SUITE_PATH_MAX];
    struct mapping_error wrong = { 0 };
    int code = find_map(l->map ? l->map : l->kind->map, path);
    if (code == 0 && mapping_load(path, l->command->record, &l->mapping, &wrong) < 0) {
        cli_say("%s:%u: %s%s%s", wrong.file, wrong.line, wrong.key, wrong.key[0] ? ": " : "",
                wrong.rule);
        code = EXIT_USAGE;
    }
    if (code == 0 && i->client_default)
        mapping_client_default(l->mapping, text_from(i->client_default));
    if (code == 0)
        code = facts_read(l->file, l->mapping, &l->facts);
    if (code == 0) {
        int r = facts_sort(&l->facts, l->mapping, l->command->record);
        code = r < 0 ? cli_fail(r, NULL, "%s", l->file) : 0;
    }
    return code;
}

static int run(struct import *i)
{
    int64_t began = monotonic_ms();
    int code = 0;
    bool whole = true;
    for (size_t n = 0; n < i->count && code == 0; n++)
        code = read_file(i, &i->loads[n]);
    if (code == 0 && !i->dry_run && !cli_stopped)
        code = hand_over(i);
    cli_progress_end();
    if (code == 0 && cli_stopped)
        return EXIT_INTERRUPTED;
    if (code)
        return code;
    show(i, (double)(monotonic_ms() - began) / 1000);
    for (size_t n = 0; n < i->count; n++)
        whole = whole && !i->loads[n].facts.bad && !i->loads[n].refused;
    return whole ? EXIT_OK : EXIT_PARTIAL;
}

/* The rows of the tables that a file needs; a build may lack their service. */
static bool find_rows(struct load *l)
{
    const struct import_kind *k = l->kind;
    l->service = cli_service(text_from(k->service));
    for (size_t n = 0; l->service && n < l->service->command_count; n++)
        if (strcmp(l->service->commands[n].name, k->command) == 0)
            l->command = &l->service->commands[n];
    for (size_t n = 0; l->service && k->summary && n < l->service->query_count; n++)
        if (strcmp(l->service->queries[n].name, k->summary) == 0)
            l->summary = &l->service->queries[n];
    return l->command && (l->summary || !k->summary);
}

static int find_all_rows(struct import *i)
{
    for (size_t n = 0; n < i->count; n++)
        if (!find_rows(&i->loads[n])) {
            cli_say("this build has no service that records %s", i->loads[n].kind->word);
            return EXIT_FAILED;
        }
    return 0;
}

/* The kinds, for the help; argp frees what is not the text it was given. */
static char *list_kinds(int key, const char *text, void *input)
{
    char *all = NULL;
    size_t size;
    (void)input;
    if (key != ARGP_KEY_HELP_PRE_DOC)
        return (char *)(uintptr_t)text;
    FILE *out = open_memstream(&all, &size);
    if (!out)
        return (char *)(uintptr_t)text;
    fprintf(out, "%s\n\nKIND is one of", text);
    for (const struct import_kind *k = import_kinds; k->word; k++)
        fprintf(out, "\n  %-13s %s", k->word, k->doc);
    fclose(out);
    return all;
}

int cli_run_import(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "KIND FILE [KIND FILE...]",
        .doc = "Takes in what other systems know: files of CSV rows, or of JSON documents (as the "
               "mapping says), plain or .gz, - for standard input.\n\n"
               "  redress import tickets log.csv.gz --map uci-incidents --history\n"
               "  redress import surveys surveys.csv\v"
               "Bad rows are reported and do not stop the rest; the exit code is then 7. Importing "
               "again changes nothing. With --history the facts of all files are told in the order "
               "of their moments; what lies before the clock of a directory is told late. How to "
               "write a mapping: deploy/maps/README.md.",
        .children = cli_children,
        .help_filter = list_kinds,
    };
    struct import *i = calloc(1, sizeof *i);
    if (!i)
        return EXIT_FAILED;
    struct arguments a = { .import = i };
    i->cli = cli;
    i->actor = "import";
    int code = cli_parse(&argp, argc, argv, &a);
    if (code == 0)
        code = find_all_rows(i);
    if (code == 0) {
        cli_catch_signals();
        code = run(i);
    }
    for (size_t n = 0; n < IMPORT_FILES_MAX; n++) {
        facts_free(&i->loads[n].facts);
        mapping_free(&i->loads[n].mapping);
    }
    arena_free(&i->arena);
    free(i);
    return code;
}
