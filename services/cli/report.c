/* `redress report sip`: the improvement programmes of a client as a report. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/cli/query.h"
#include "services/cli/stranger.h"
#include "services/edge/sip_report.h"

enum { OPTION_OUT = 256, OPTION_PROGRAMME };

struct reporting {
    struct cli *cli;
    const char *client, *programme, *out, *form;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct reporting *r = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = r->cli;
        return 0;
    case 'c':
        r->client = arg;
        return 0;
    case 'f':
        r->form = arg;
        if (strcmp(arg, "json") != 0 && strcmp(arg, "csv") != 0 && strcmp(arg, "html") != 0)
            argp_error(state, "--form takes json, csv or html, not %s", arg);
        return 0;
    case OPTION_OUT:
        r->out = arg;
        return 0;
    case OPTION_PROGRAMME:
        r->programme = arg;
        return 0;
    case ARGP_KEY_END:
        if (!r->client)
            argp_error(state, "say whose: redress report sip --client CLIENT");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "client", 'c', "CLIENT", 0, "Whose programmes", 0 },
    { "form", 'f', "FORM", 0, "html to print (the default), csv or json", 0 },
    { "out", OPTION_OUT, "FILE", 0, "Into this file, not to standard output", 0 },
    { "programme", OPTION_PROGRAMME, "ID", 0, "Of this programme only", 0 },
    { 0 },
};

static int gather(const struct reporting *r, struct sip_report *report)
{
    struct sip_ask ask;
    while (sip_report_ask(report, &ask)) {
        json_t *rows = NULL;
        int code = query_rows_json(r->cli, ask.service, ask.query, text_from(r->client),
                                   ask.parameters, &rows);
        if (code != 0)
            return code;
        sip_report_take(report, rows);
        json_decref(rows);
    }
    return 0;
}

static int write_out(const struct reporting *r, const char *words)
{
    FILE *out = r->out ? fopen(r->out, "we") : stdout;
    if (!out)
        return cli_fail(-errno, NULL, "%s", r->out);
    fputs(words, out);
    bool bad = fflush(out) != 0 || ferror(out);
    int error = -errno;
    if (r->out && fclose(out) != 0)
        bad = true;
    return bad ? cli_fail(error, NULL, "%s", r->out ? r->out : "standard output") : EXIT_OK;
}

static char *form_of(const struct reporting *r, const struct sip_report *report)
{
    char now[INSTANT_TEXT + 1];
    bool json = r->cli->output == OUTPUT_JSON || (r->form && strcmp(r->form, "json") == 0);
    instant_print(real_now(), now);
    now[DATE_TEXT] = 0;
    if (json)
        return sip_report_json(report, now);
    return r->form && strcmp(r->form, "csv") == 0 ? sip_report_csv(report, now)
                                                  : sip_report_html(report, now, NULL);
}

int cli_run_report(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "The service improvement programmes of a client: register, plan, progress, "
               "closeout and lessons, as a page to print, as CSV or as JSON.",
        .children = cli_children,
    };
    struct reporting r = { .cli = cli };
    int code = cli_parse(&argp, argc, argv, &r);
    if (code != 0)
        return code;
    struct sip_report *report =
        sip_report_begin(text_from(r.client), text_from(r.programme ? r.programme : ""));
    if (!report)
        return cli_fail(-ENOMEM, NULL, "the report");
    code = gather(&r, report);
    if (code == 0 && r.programme && sip_report_count(report) == 0) {
        cli_say("%s has no programme %s", r.client, r.programme);
        code = EXIT_NOT_FOUND;
    }
    if (code == 0 && sip_report_count(report) == 0 && stranger_named(cli, text_from(r.client)))
        code = EXIT_NOT_FOUND;
    if (code == 0) {
        char *words = form_of(&r, report);
        code = words ? write_out(&r, words) : cli_fail(-ENOMEM, NULL, "the report");
        free(words);
    }
    sip_report_end(&report);
    return code;
}
