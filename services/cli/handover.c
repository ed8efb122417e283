/* `redress roster handover`: what whoever comes on duty takes over. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/edge/packet.h"

enum { OPTION_AT = 256, OPTION_HTML };

struct handing {
    struct cli *cli;
    const char *roster;
    bool html;
    char at[INSTANT_TEXT + 1]; /* "": now */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct handing *h = state->input;
    int64_t at;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = h->cli;
        return 0;
    case OPTION_AT:
        if (instant_parse(text_from(arg), &at) < 0)
            argp_error(state, "--at takes an instant with an offset, 2026-03-01T08:00:00Z, not %s",
                       arg);
        instant_print(at, h->at);
        return 0;
    case OPTION_HTML:
        h->html = true;
        return 0;
    case ARGP_KEY_ARG:
        if (h->roster)
            argp_error(state, "one roster at a time");
        h->roster = arg;
        return 0;
    case ARGP_KEY_END:
        if (!h->roster)
            argp_error(state, "of which roster? Give its id");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int gather(const struct handing *h, struct packet *packet)
{
    struct packet_ask ask;
    while (packet_ask(packet, &ask)) {
        json_t *rows = NULL;
        int code = query_rows_json(h->cli, ask.service, ask.query, (struct text){ 0 },
                                   ask.parameters, &rows);
        if (code != 0)
            return code;
        packet_take(packet, rows);
        json_decref(rows);
    }
    return 0;
}

static int show_text(const json_t *document)
{
    char title[PACKET_TITLE], *heading = packet_heading(document);
    struct arena a = { 0 };
    struct packet_part part;
    if (!heading)
        return cli_fail(-ENOMEM, NULL, "the hand-over");
    packet_title(document, title);
    struct text safe = print_safe(text_from(title), &a);
    printf("%.*s\n\n", TEXT_ARG(safe));
    for (char *line = heading, *end; (end = strchr(line, '\n')); line = end + 1) {
        safe = print_safe((struct text){ line, (uint32_t)(end - line) }, &a);
        printf("%.*s\n", TEXT_ARG(safe));
    }
    for (size_t i = 0; packet_part(document, i, &part); i++) {
        printf("\n%s\n", part.title);
        if (json_array_size(part.rows))
            print_table(stdout, part.rows, part.columns);
        else
            printf("%s\n", part.none);
        json_decref(part.rows);
    }
    free(heading);
    arena_free(&a);
    return EXIT_OK;
}

static int show(const struct handing *h, const json_t *document)
{
    if (h->cli->output == OUTPUT_JSON)
        return print_json(stdout, document) < 0 ? EXIT_FAILED : EXIT_OK;
    if (!h->html)
        return show_text(document);
    char *page = packet_html(document, NULL);
    if (!page)
        return cli_fail(-ENOMEM, NULL, "the hand-over");
    fputs(page, stdout);
    free(page);
    return EXIT_OK;
}

static int now_of(const struct cli *cli, int64_t *ret)
{
    struct suite suite;
    int code = cli_suite(cli, &suite);
    if (code == 0)
        *ret = suite_now(&suite.clock);
    return code;
}

int cli_run_roster_handover(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "at", OPTION_AT, "INSTANT", 0, "The turn that holds then; now when not given", 0 },
        { "html", OPTION_HTML, NULL, 0, "A page to print", 0 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "ROSTER",
        .doc = "What whoever comes on duty takes over: what is due to clients in the shift, open "
               "escalations, reviews and actions of improvement programmes, announced changes and "
               "known risks of the clients that the roster's group serves. Times are those of who "
               "comes.",
        .children = cli_children,
    };
    struct handing h = { .cli = cli };
    int64_t now = 0;
    int code = cli_parse(&argp, argc, argv, &h);
    if (code == 0)
        code = now_of(cli, &now);
    if (code != 0)
        return code;
    struct packet *packet = packet_begin(text_from(h.roster), text_from(h.at));
    if (!packet)
        return cli_fail(-ENOMEM, NULL, "the hand-over");
    code = gather(&h, packet);
    if (code == 0 && !packet_found(packet)) {
        cli_say("the catalog has no roster %s", h.roster);
        code = EXIT_NOT_FOUND;
    } else if (code == 0) {
        json_t *document = packet_document(packet, now);
        code = show(&h, document);
        json_decref(document);
    }
    packet_end(&packet);
    return code;
}
