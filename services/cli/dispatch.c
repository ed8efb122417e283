/* From argv to a command: the first word, the shared options, the nearest name of a wrong word. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "services/cli/cli.h"
#include "services/registry.h"

struct word {
    const char *name;
    int (*run)(struct cli *cli, int argc, char **argv);
    const char *doc;
};

static const struct word words[] = {
    { "up", cli_run_up, "start the suite of a data directory" },
    { "down", cli_run_down, "stop it" },
    { "status", cli_run_status, "what runs, partition by partition" },
    { "health", cli_run_health, "whether services are ready, as an exit code" },
    { "endpoints", cli_run_endpoints, "the addresses for programs" },
    { "doctor", cli_run_doctor, "look for what is wrong with this machine or directory" },
    { "verify", cli_run_verify, "fold the log anew; compare it with the state and the chain" },
    { "query", cli_run_query, "ask a question" },
    { "event", cli_run_event, "watch events" },
    { "timeline", cli_run_timeline, "the story of an escalation, of a client, or of all" },
    { "who", cli_run_who, "who would be told of an escalation, now or at any instant" },
    { "map", cli_run_map, "the service model on one page, as a picture with its gaps" },
    { "apply", cli_run_apply, "bring the catalog to what files say" },
    { "export", cli_run_export, "write the catalog as files that apply reads" },
    { "simulate", cli_run_simulate, "what would happen at an instant, told ahead" },
    { "import", cli_run_import, "take in what other systems know: tickets, surveys and others" },
    { "clock", cli_run_clock, "what working hours make of an instant, and why" },
    { "erase", cli_run_erase, "take out what tells who somebody is" },
    { "completion", cli_run_completion, "completion for a shell" },
    { "version", cli_run_version, "versions of this program and its libraries" },
};
enum { WORDS = sizeof words / sizeof *words };

const char *argp_program_version = "redress 0.1.0";

/* --- the shared options --------------------------------------------------------------------- */

static const struct argp_option shared_options[] = {
    { "data", 'd', "DIR", 0, "The data directory (REDRESS_DATA, else ./redress-data)", 90 },
    { "output", 'o', "FORMAT", 0, "table (the default) or json", 90 },
    { 0 },
};

static error_t parse_shared(int key, char *arg, struct argp_state *state)
{
    struct cli *cli = state->input;
    switch (key) {
    case 'd':
        cli->data = arg;
        return 0;
    case 'o':
        if (strcmp(arg, "json") != 0 && strcmp(arg, "table") != 0)
            argp_error(state, "-o takes table or json, not %s", arg);
        cli->output = strcmp(arg, "json") == 0 ? OUTPUT_JSON : OUTPUT_TABLE;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp shared = { .options = shared_options, .parser = parse_shared };
const struct argp_child cli_children[] = { { &shared, 0, NULL, 90 }, { 0 } };

int cli_parse(const struct argp *argp, int argc, char **argv, void *flags)
{
    error_t e = argp_parse(argp, argc, argv, 0, NULL, flags);
    if (e == 0)
        return 0;
    cli_say("%s", strerror(e));
    return e == EINVAL ? EXIT_USAGE : EXIT_FAILED;
}

/* --- names ------------------------------------------------------------------------------------ */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be changed, added or taken away (Levenshtein), in one row of memory. */
static size_t distance(const char *a, const char *b)
{
    enum { MOST = 63 };
    size_t row[MOST + 1], n = strlen(b);
    if (n > MOST)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t above = row[j];
            size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            row[j] = least(changed, least(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[n];
}

const char *cli_nearest(const char *word, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t best = strlen(word) / 3 + 2; /* a third of the letters, or one in a short word */
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, names[i]);
        if (d < best) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

const struct service_type *cli_service(struct text name)
{
    for (const struct service_type *const *s = services; *s; s++)
        if (text_equal(text_from((*s)->name), name))
            return *s;
    return NULL;
}

bool cli_is_noun(struct text name)
{
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->command_count; i++)
            if (text_equal(text_from((*s)->commands[i].noun), name))
                return true;
    return false;
}

static bool is_first_of_noun(const struct service_type *const *of, size_t at)
{
    const char *noun = (*of)->commands[at].noun;
    for (const struct service_type *const *s = services; s <= of; s++)
        for (size_t i = 0; i < (s == of ? at : (*s)->command_count); i++)
            if (strcmp((*s)->commands[i].noun, noun) == 0)
                return false;
    return true;
}

/* The n-th noun of the services; several may have commands of one. */
static const char *noun_at(size_t n)
{
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->command_count; i++)
            if (is_first_of_noun(s, i) && n-- == 0)
                return (*s)->commands[i].noun;
    return NULL;
}

const char *cli_word(size_t i)
{
    return i < WORDS ? words[i].name : noun_at(i - WORDS);
}

/* --- the first word --------------------------------------------------------------------------- */

struct first {
    struct cli *cli;
    const char *word;
    int index; /* of the word in argv */
};

static void print_verbs(FILE *out, const char *noun)
{
    const char *comma = " ";
    for (const struct service_type *const *s = services; *s; s++) {
        for (size_t i = 0; i < (*s)->command_count; i++) {
            if (strcmp((*s)->commands[i].noun, noun) != 0)
                continue;
            fprintf(out, "%s%s", comma, (*s)->commands[i].verb);
            comma = ", ";
        }
    }
    fputc('\n', out);
}

static char *help_filter(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    char *all = NULL;
    size_t size = 0;
    const char *noun;
    FILE *out = open_memstream(&all, &size);
    if (!out)
        return NULL;
    fputs("Commands of the suite:\n", out);
    for (size_t i = 0; i < WORDS; i++)
        fprintf(out, "  %-12s %s\n", words[i].name, words[i].doc);
    fputs("Commands of its services, each with verbs (redress NOUN --help):\n", out);
    for (size_t i = 0; (noun = noun_at(i)) != NULL; i++) {
        fprintf(out, "  %-12s", noun);
        print_verbs(out, noun);
    }
    fputs("\nExit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 refused or in conflict,\n"
          "5 denied, 6 unavailable, 7 done in part, 130 interrupted.",
          out);
    fclose(out);
    return all;
}

static error_t parse_first(int key, char *arg, struct argp_state *state)
{
    struct first *f = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = f->cli;
        return 0;
    case ARGP_KEY_ARG:
        f->word = arg;
        f->index = state->next - 1;
        state->next = state->argc; /* the rest is the command's */
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_state_help(state, stderr, ARGP_HELP_STD_HELP & ~(unsigned)ARGP_HELP_EXIT_OK);
        exit(EXIT_USAGE);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int unknown_word(const char *word)
{
    enum { NAMES_MAX = 128 };
    const char *names[NAMES_MAX];
    size_t n = 0;
    while (n < NAMES_MAX && (names[n] = cli_word(n)) != NULL)
        n++;
    const char *nearest = cli_nearest(word, names, n);
    if (nearest)
        cli_say("there is no command %s; did you mean %s?", word, nearest);
    else
        cli_say("there is no command %s; `redress --help` lists them", word);
    return EXIT_USAGE;
}

static int dispatch(struct cli *cli, const struct first *f, int argc, char **argv)
{
    char name[SUITE_PATH_MAX];
    snprintf(name, sizeof name, "redress %s", f->word);
    char **rest = argv + f->index;
    int (*run)(struct cli *, int, char **) = NULL;
    for (size_t i = 0; i < WORDS && !run; i++)
        if (strcmp(words[i].name, f->word) == 0)
            run = words[i].run;
    if (!run && (cli_is_noun(text_from(f->word)) || cli_service(text_from(f->word))))
        run = cli_run_noun;
    if (!run)
        return unknown_word(f->word);
    rest[0] = name;
    return run(cli, argc - f->index, rest);
}

int cli_main(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse_first,
        .args_doc = "COMMAND [ARGUMENT...]",
        .doc = "Who is told what, when and why, when a service goes wrong: clocks, escalations, "
               "proof.\n\n"
               "  redress up --data ./demo --detach\n"
               "  redress import tickets log.csv.gz --map uci-incidents --history\n"
               "  redress escalation ack acme/esc-... --actor ann\n"
               "  redress event watch 'escalation.*' --since PT1H -o json\v",
        .children = cli_children,
        .help_filter = help_filter,
    };
    const char *data = getenv("REDRESS_DATA");
    struct cli cli = { .data = data && *data ? data : "./redress-data" };
    struct first first = { .cli = &cli };
    argp_err_exit_status = EXIT_USAGE;
    error_t e = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &first);
    if (e || !first.word)
        return EXIT_USAGE;
    int r = dispatch(&cli, &first, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (errno != EPIPE)
            cli_say("cannot write the output: %s", strerror(errno));
        return r ? r : EXIT_FAILED;
    }
    return r;
}
