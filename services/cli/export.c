/* `redress export`: the catalog as files that `redress apply` reads, a kind a file. Applying them
 * changes nothing; exporting again writes the same bytes. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/cli/apply.h"
#include "services/cli/export_yaml.h"
#include "services/cli/follow.h"
#include "services/cli/print.h"
#include "services/cli/query.h"

enum { LOOKS_MAX = 10, NAME_ROOM = 80 };

struct run {
    struct cli *cli;
    const char *into;
    bool json;
    struct apply apply;
    struct suite suite;
    struct client *client;
    json_t *files; /* the names of those that were written */
};

/* --- what there is -----------------------------------------------------------------------------
 */

static int ask_suite(void *arg, const struct service_type *s, const struct query_row *row,
                     const struct request *q, struct arena *arena, struct reply *reply)
{
    struct run *x = arg;
    return query_ask(&x->suite, x->client, s, row, q, arena, reply);
}

/* All kinds, as {plural: rows}; *ret_code when NULL. */
static json_t *look(struct run *x, int *ret_code)
{
    const struct apply *a = &x->apply;
    json_t *all = json_object();
    for (uint32_t k = 0; k < a->kind_count; k++) {
        const struct apply_kind *kind = &a->kinds[k];
        json_t *rows =
            apply_rows(kind->service, kind->all, &x->apply.arena, ask_suite, x, ret_code);
        if (!rows) {
            json_decref(all);
            return NULL;
        }
        json_object_set_new(all, kind->entity->plural, rows);
    }
    return all;
}

/* The kinds are asked one after another, so somebody may change the catalog in between: it is
 * looked at until twice the same is seen. */
static json_t *look_twice(struct run *x, int *ret_code)
{
    json_t *first = look(x, ret_code);
    for (int n = 0; first && n < LOOKS_MAX; n++) {
        json_t *again = look(x, ret_code);
        bool same = again && json_equal(first, again);
        json_decref(first);
        if (same || !again)
            return again;
        first = again;
    }
    if (first) {
        json_decref(first);
        cli_say("the catalog is being changed all the time; try again later");
        *ret_code = EXIT_UNAVAILABLE;
    }
    return NULL;
}

/* --- files -------------------------------------------------------------------------------------
 */

static bool is_yaml(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && name[0] != '.' && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static bool is_ours(const char *path)
{
    char line[sizeof EXPORT_MARK + 2] = "";
    FILE *file = fopen(path, "re");
    bool ours = file && fgets(line, sizeof line, file) && strcmp(line, EXPORT_MARK "\n") == 0;
    if (file)
        fclose(file);
    return ours;
}

/* Every file of configuration in the directory; `visit` gets its path and name. 0 or the exit code.
 */
static int each_file(struct run *x, int (*visit)(struct run *, const char *, const char *))
{
    char path[SUITE_PATH_MAX];
    const struct dirent *e;
    DIR *d = opendir(x->into);
    int code = 0;
    if (!d)
        return cli_fail(-errno, NULL, "%s", x->into);
    while (code == 0 && (e = readdir(d))) {
        if (is_yaml(e->d_name) &&
            snprintf(path, sizeof path, "%s/%s", x->into, e->d_name) < (int)sizeof path)
            code = visit(x, path, e->d_name);
    }
    closedir(d);
    return code;
}

static int check_ours(struct run *x, const char *path, const char *name)
{
    (void)name;
    if (is_ours(path))
        return 0;
    cli_say("%s was not written by `redress export`, and would say things twice; export to a "
            "directory of its own",
            path);
    (void)x;
    return EXIT_CONFLICT;
}

/* What an earlier export wrote, and this one has nothing for. */
static int drop_stale(struct run *x, const char *path, const char *name)
{
    if (!json_object_get(x->files, name) && unlink(path) < 0)
        return cli_fail(-errno, NULL, "%s", path);
    return 0;
}

/* Under another name first, so that nobody reads half of it. */
static int write_file(struct run *x, const struct apply_kind *kind, const char *name,
                      const json_t *rows, size_t *next)
{
    char path[SUITE_PATH_MAX], hidden[SUITE_PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", x->into, name) >= (int)sizeof path ||
        snprintf(hidden, sizeof hidden, "%s/.%s.new", x->into, name) >= (int)sizeof hidden)
        return cli_fail(-ENAMETOOLONG, NULL, "%s", x->into);
    FILE *out = fopen(hidden, "we");
    if (!out)
        return cli_fail(-errno, NULL, "%s", hidden);
    fputs(EXPORT_MARK "\n", out);
    int r = export_kind(out, kind, rows, *next, next);
    if (fclose(out) != 0 && r == 0)
        r = -errno;
    if (r == 0 && rename(hidden, path) < 0)
        r = -errno;
    if (r < 0) {
        unlink(hidden);
        return cli_fail(r, NULL, "%s", path);
    }
    json_object_set_new(x->files, name, json_true());
    return 0;
}

/* people.yaml, and people-2.yaml where one file would be too large to be read again. */
static int write_kind(struct run *x, const struct apply_kind *kind, const json_t *rows)
{
    char name[NAME_ROOM];
    size_t next = 0;
    int code = 0;
    for (int n = 1; code == 0 && next < json_array_size(rows); n++) {
        if (n == 1)
            snprintf(name, sizeof name, "%s.yaml", kind->entity->plural);
        else
            snprintf(name, sizeof name, "%s-%d.yaml", kind->entity->plural, n);
        code = write_file(x, kind, name, rows, &next);
    }
    return code;
}

static int write_all(struct run *x, const json_t *all)
{
    const struct apply *a = &x->apply;
    size_t count = 0;
    if (mkdir(x->into, 0777) < 0 && errno != EEXIST)
        return cli_fail(-errno, NULL, "%s", x->into);
    int code = each_file(x, check_ours);
    for (uint32_t k = 0; k < a->kind_count && code == 0; k++) {
        const json_t *rows = json_object_get(all, a->kinds[k].entity->plural);
        count += json_array_size(rows);
        code = write_kind(x, &a->kinds[k], rows);
    }
    if (code == 0)
        code = each_file(x, drop_stale);
    if (code == 0)
        printf("exported: %zu in %zu files\n", count, json_object_size(x->files));
    return code;
}

static int print_all(struct run *x, const json_t *all)
{
    const struct apply *a = &x->apply;
    if (x->json) {
        print_json(stdout, all);
        return 0;
    }
    puts(EXPORT_MARK);
    for (uint32_t k = 0; k < a->kind_count; k++) {
        const json_t *rows = json_object_get(all, a->kinds[k].entity->plural);
        for (size_t next = 0; next < json_array_size(rows);) {
            puts("---");
            int r = export_kind(stdout, &a->kinds[k], rows, next, &next);
            if (r < 0)
                return cli_fail(r, NULL, "standard output");
        }
    }
    return 0;
}

/* --- the command -------------------------------------------------------------------------------
 */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct run *x = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = x->cli;
        return 0;
    case 'f':
        x->into = arg;
        return 0;
    case 'o':
        if (strcmp(arg, "yaml") != 0 && strcmp(arg, "json") != 0)
            argp_error(state, "-o takes yaml or json, not %s", arg);
        x->json = strcmp(arg, "json") == 0;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for? A directory goes behind -f", arg);
        return 0;
    case ARGP_KEY_END:
        if (x->into && x->json)
            argp_error(state, "files are YAML; -o json goes without -f");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run_export(struct run *x)
{
    int code = cli_suite(x->cli, &x->suite);
    if (code)
        return code;
    int r = follow_is_up(&x->suite) ? client_open(&x->suite, &x->client) : 0;
    if (r < 0)
        return cli_fail(r, NULL, "cannot speak to the suite");
    json_t *all = look_twice(x, &code);
    if (all)
        code = x->into ? write_all(x, all) : print_all(x, all);
    json_decref(all);
    client_close(&x->client);
    return code;
}

int cli_run_export(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "filename", 'f', "DIR", 0, "Write files there, one a kind; it is made if need be", 1 },
        { "output", 'o', "FORMAT", 0, "Without -f: yaml (the default) or json", 1 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Writes the catalog as YAML files, one a kind (people.yaml), in the order of the "
               "ids, or to standard output. To apply them changes nothing, and to export again "
               "writes the same. Secrets are names in the catalog, so none is in a file; tokens "
               "are no part of it.\v"
               "A directory with YAML files that something else wrote is refused.",
        .children = cli_children,
    };
    struct run *x = calloc(1, sizeof *x);
    if (!x)
        return EXIT_FAILED;
    x->cli = cli;
    x->files = json_object();
    apply_begin(&x->apply);
    int code = cli_parse(&argp, argc, argv, x);
    if (code == 0)
        code = run_export(x);
    json_decref(x->files);
    apply_end(&x->apply);
    free(x);
    return code;
}
