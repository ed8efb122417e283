/* `redress roster feed PERSON`: a link under which calendar programs read that person's shifts
 * without a login (GET /calendar/TOKEN.ics). It is signed, and names a token of the catalog that is
 * made for it: revoking that ends the feed. Nobody knows the token's own words. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/suite/link.h"
#include "proto/catalog.h"
#include "services/cli/ask.h"
#include "services/cli/print.h"
#include "services/cli/query.h"

enum { DIGEST = 32 /* bytes */ };

#define FEED_LASTS (366 * DAYS)

struct feed {
    struct cli *cli;
    const char *person, *url;
    struct arena arena;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct feed *f = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = f->cli;
        return 0;
    case 'u':
        f->url = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (f->person)
            argp_error(state, "one person at a time");
        f->person = arg;
        return 0;
    case ARGP_KEY_END:
        if (!f->person)
            argp_error(state, "whose shifts? Give the person's id");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void show(struct feed *f, struct text token, struct text link)
{
    struct text base = text_from(f->url);
    while (base.length && base.at[base.length - 1] == '/')
        base.length--;
    struct text url =
        arena_printf(&f->arena, "%.*s/calendar/%.*s.ics", TEXT_ARG(base), TEXT_ARG(link));
    if (f->cli->output == OUTPUT_JSON) {
        json_t *all = json_pack("{ss ss% ss%}", "person", f->person, "token", token.at,
                                (size_t)token.length, "url", url.at, (size_t)url.length);
        print_json(stdout, all);
        json_decref(all);
        return;
    }
    printf("%.*s\n", TEXT_ARG(url));
    cli_say("whoever has this link sees %s's shifts; `redress token revoke %.*s` ends it",
            f->person, TEXT_ARG(token));
}

static int sign(struct feed *f, const struct suite *suite, const struct reply *reply, int64_t now,
                int64_t expires)
{
    uint8_t key[LINK_KEY_BYTES];
    const void *at;
    size_t size;
    struct text token = { 0 }, signed_link = { 0 };
    if (!reply->result || msg_member(reply->result, reply->result_size, "id", &at, &size) < 0 ||
        msg_read_text(at, size, &token) < 0)
        return cli_fail(-EBADMSG, NULL, "catalog");
    int r = link_key(suite, key);
    const struct link link = { .purpose = TEXT_OF("calendar"),
                               .subject = token,
                               .actor = arena_printf(&f->arena, "person:%s", f->person),
                               .issued = now,
                               .expires = expires };
    if (r == 0)
        r = link_sign(key, &link, &f->arena, &signed_link);
    sodium_memzero(key, sizeof key);
    if (r < 0)
        return cli_fail(r, NULL, "the link");
    show(f, token, signed_link);
    return EXIT_OK;
}

/* Its words are random, and forgotten at once. */
static void digest_make(char out[static 2 * DIGEST + 1])
{
    uint8_t random[DIGEST], hash[DIGEST];
    randombytes_buf(random, sizeof random);
    crypto_generichash(hash, sizeof hash, random, sizeof random, NULL, 0);
    sodium_bin2hex(out, 2 * DIGEST + 1, hash, sizeof hash);
    sodium_memzero(random, sizeof random);
}

static int grant(struct feed *f, const struct suite *suite, const struct service_type *catalog)
{
    char digest[2 * DIGEST + 1];
    int64_t now = suite_now(&suite->clock), expires = now + FEED_LASTS;
    struct msg_buffer data = { .arena = &f->arena };
    struct reply reply = { 0 };
    struct client *client = NULL;
    const struct command_row *row = NULL;
    for (size_t i = 0; i < catalog->command_count; i++)
        if (catalog->commands[i].id == COMMAND_token_grant)
            row = &catalog->commands[i];
    if (!row)
        return cli_fail(-EPROTO, NULL, "%s", catalog->name);
    digest_make(digest);
    const struct token_grant command = { .person = text_from(f->person),
                                         .role = token_role_viewer,
                                         .digest = text_from(digest),
                                         .expires_at = expires };
    msg_encode(row->record, &command, &data);
    const struct request request = { .type = text_from(row->name),
                                     .client = PROVIDER_CLIENT,
                                     .actor = text_from(ask_actor()),
                                     .data = data.at,
                                     .data_size = data.size };
    int r = client_open(suite, &client), code;
    if (r == 0)
        r = client_ask(client, catalog->name, 0, &request, &f->arena, &reply);
    if (r < 0)
        code = cli_fail(r, NULL, "%s", catalog->name);
    else if (reply.status != STATUS_ok)
        code = cli_answer_failed(&reply);
    else
        code = sign(f, suite, &reply, now, expires);
    client_close(&client);
    return code;
}

int cli_run_roster_feed(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "url", 'u', "URL", 0, "Where the gateway is reached: https://redress.example", 0 },
        { 0 },
    };
    const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "PERSON",
        .doc = "Prints a link under which calendar programs read this person's shifts: of the last "
               "14 and the next 180 days. It needs no login and ends after a year, or when its "
               "token is revoked.",
        .children = cli_children,
    };
    struct feed f = { .cli = cli };
    struct suite suite;
    const struct service_type *catalog = cli_service(text_from("catalog"));
    int code = cli_parse(&argp, argc, argv, &f);
    if (code == 0 && sodium_init() < 0)
        code = EXIT_FAILED;
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code == 0)
        code = grant(&f, &suite, catalog);
    arena_free(&f.arena);
    return code;
}
