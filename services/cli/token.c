/* `redress token grant`: the token is made here and shown once; what is sent, and kept anywhere, is
 * its digest. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "services/cli/ask.h"
#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/edge/convert.h"

#define TOKEN_PREFIX "rdt_" /* so that a scanner for secrets knows one when it sees it */

enum {
    TOKEN_RANDOM = 32, /* bytes */
    TOKEN_DIGEST = 32, /* BLAKE2b-256 */
    TOKEN_TEXT_MAX = sizeof TOKEN_PREFIX + 2 * TOKEN_RANDOM,
};

static void make_token(char token[static TOKEN_TEXT_MAX], char digest[static 2 * TOKEN_DIGEST + 1])
{
    uint8_t random[TOKEN_RANDOM], hash[TOKEN_DIGEST];
    char text[TOKEN_TEXT_MAX - sizeof TOKEN_PREFIX];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(text, sizeof text, random, sizeof random,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(token, TOKEN_TEXT_MAX, "%s%s", TOKEN_PREFIX, text);
    crypto_generichash(hash, sizeof hash, (const uint8_t *)token, strlen(token), NULL, 0);
    sodium_bin2hex(digest, 2 * TOKEN_DIGEST + 1, hash, sizeof hash);
    sodium_memzero(random, sizeof random);
    sodium_memzero(text, sizeof text);
}

static const struct command_row *grant_row(const struct service_type *catalog)
{
    for (size_t i = 0; catalog && i < catalog->command_count; i++)
        if (strcmp(catalog->commands[i].name, "token.grant") == 0)
            return &catalog->commands[i];
    return NULL;
}

static void show_token(const struct cli *cli, const struct reply *reply, const char *token)
{
    const void *at;
    size_t size;
    struct text id = { 0 };
    if (reply->result && msg_member(reply->result, reply->result_size, "id", &at, &size) == 0)
        msg_read_text(at, size, &id);
    if (cli->output == OUTPUT_JSON) {
        json_t *all = json_pack("{ss% ss sI}", "id", id.at, (size_t)id.length, "token", token,
                                "version", (json_int_t)reply->version);
        print_json(stdout, all);
        json_decref(all);
        return;
    }
    puts(token);
    cli_say("this is token %.*s; it is shown this once and kept nowhere", TEXT_ARG(id));
}

static int send_grant(struct ask *a, const struct command_row *row, const char *service)
{
    char token[TOKEN_TEXT_MAX], digest[2 * TOKEN_DIGEST + 1];
    struct suite suite;
    struct request request;
    struct reply reply = { 0 };
    struct client *client = NULL;
    int code = cli_suite(a->cli, &suite);
    if (code)
        return code;
    make_token(token, digest);
    ask_give(a, a->hidden, digest);
    code = ask_request(a, row->name, suite_now(&suite.clock), &request);
    if (code == 0) {
        int r = client_open(&suite, &client);
        if (r == 0)
            r = client_ask(client, service, 0, &request, &a->arena, &reply);
        if (r < 0)
            code = cli_fail(r, NULL, "%s", service);
        else if (reply.status != STATUS_ok)
            code = cli_answer_failed(&reply);
        else
            show_token(a->cli, &reply, token);
        client_close(&client);
    }
    sodium_memzero(token, sizeof token);
    return code;
}

int cli_run_token_grant(struct cli *cli, int argc, char **argv)
{
    const struct service_type *catalog = cli_service(text_from("catalog"));
    const struct command_row *row = grant_row(catalog);
    struct ask *a = row ? calloc(1, sizeof *a) : NULL;
    if (!a || sodium_init() < 0) {
        free(a);
        return EXIT_FAILED;
    }
    a->cli = cli;
    a->record = row->record;
    a->single = catalog->single;
    a->hidden = record_field(row->record, text_from("digest"));
    int code = ask_parse(a, argc, argv,
                         "Lets a person in, or a program of theirs. The token is made here and "
                         "printed once; the suite knows only its digest.",
                         NULL);
    if (code == 0)
        code = send_grant(a, row, catalog->name);
    arena_free(&a->arena);
    free(a);
    return code;
}
