/* `redress map`: the future state on one page. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/catalog.h"
#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/edge/map_svg.h"

struct map {
    struct cli *cli;
    const char *client;
    const struct paper *paper;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct map *m = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = m->cli;
        return 0;
    case 'c':
        m->client = arg;
        return 0;
    case 'p':
        m->paper = paper_find(text_from(arg));
        if (!m->paper)
            argp_error(state, "--paper takes one of %s, not %s", paper_names, arg);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for?", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "client", 'c', "CLIENT", 0, "Of what this client gets; else of all services", 0 },
    { "paper", 'p', "PAPER", 0, "a3 (the default), a4 or 11x17", 0 },
    { 0 },
};

/* The name of whose map it is: that of the row of the users. */
static int draw(const struct map *m, const json_t *rows)
{
    const char *name = json_string_value(json_object_get(json_array_get(rows, 0), "name"));
    char title[200], made[100], now[INSTANT_TEXT + 1];
    instant_print(real_now(), now);
    snprintf(title, sizeof title, "Service map: %s", m->client && name ? name : "all services");
    snprintf(made, sizeof made, "Made by redress map, %.10s", now);
    char *svg = map_svg(rows, m->paper, title, made);
    if (!svg)
        return cli_fail(-ENOMEM, NULL, "the map");
    fputs(svg, stdout);
    free(svg);
    return EXIT_OK;
}

int cli_run_map(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "The service model on one page: end users, first point of contact, services with "
               "their components, second and third level, partners; what goes down and what goes "
               "up; gaps marked. Prints an SVG picture, or its rows with -o json.",
        .children = cli_children,
    };
    struct map m = { .cli = cli, .paper = paper_find(text_from("a3")) };
    json_t *rows = NULL;
    int code = cli_parse(&argp, argc, argv, &m);
    struct catalog_map q = { .client = text_from(m.client ? m.client : "") };
    if (code == 0)
        code = query_rows(cli, "catalog", "catalog.map", &q, &rows);
    if (code == 0 && json_array_size(rows) == 0) {
        cli_say("the catalog has no client %s", m.client);
        code = EXIT_NOT_FOUND;
    } else if (code == 0 && cli->output == OUTPUT_JSON) {
        json_t *all = json_pack("{sO}", "rows", rows);
        print_json(stdout, all);
        json_decref(all);
    } else if (code == 0) {
        code = draw(&m, rows);
    }
    json_decref(rows);
    return code;
}
