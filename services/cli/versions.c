/* versions: see versions.h. */
#include "services/cli/versions.h"

#include <jansson.h>
#include <lmdb.h>
#include <msgpack.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>
#include <zlib.h>
#include <zmq.h>

#include "services/cli/cli.h"
#include "services/cli/print.h"

static void of_zmq(char *out, size_t size)
{
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    snprintf(out, size, "%d.%d.%d%s%s", major, minor, patch, zmq_has("draft") ? " draft" : "",
             zmq_has("curve") ? "" : " without curve");
}

static void of_lmdb(char *out, size_t size)
{
    int major, minor, patch;
    mdb_version(&major, &minor, &patch);
    snprintf(out, size, "%d.%d.%d", major, minor, patch);
}

static void of_msgpack(char *out, size_t size)
{
    snprintf(out, size, "%s", msgpack_version());
}

static void of_jansson(char *out, size_t size)
{
    snprintf(out, size, "%s", jansson_version_str());
}

static void of_sodium(char *out, size_t size)
{
    snprintf(out, size, "%s", sodium_version_string());
}

static void of_yaml(char *out, size_t size)
{
    snprintf(out, size, "%s", yaml_get_version_string());
}

static void of_zlib(char *out, size_t size)
{
    snprintf(out, size, "%s", zlibVersion());
}

/* Only the two whose defects the code works around are bound to a version. */
static const struct library libraries[] = {
    { "libzmq", "4.3.", of_zmq },  { "lmdb", "0.9.", of_lmdb },    { "msgpack-c", "", of_msgpack },
    { "jansson", "", of_jansson }, { "libsodium", "", of_sodium }, { "libyaml", "", of_yaml },
    { "zlib", "", of_zlib },
};

const struct library *library_at(size_t i)
{
    return i < sizeof libraries / sizeof *libraries ? &libraries[i] : NULL;
}

void library_version(const struct library *l, char out[static 64])
{
    l->version(out, 64);
}

bool library_fits(const struct library *l, const char *version)
{
    return strncmp(version, l->tested, strlen(l->tested)) == 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = state->input;
    return 0;
}

int cli_run_version(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .doc = "The versions of this program and of its libraries.",
        .children = cli_children,
    };
    const struct library *l;
    int code = cli_parse(&argp, argc, argv, cli);
    if (code)
        return code;
    json_t *all = json_pack("{ss}", "redress", strchr(argp_program_version, ' ') + 1);
    for (size_t i = 0; (l = library_at(i)) != NULL; i++) {
        char version[64];
        library_version(l, version);
        json_object_set_new(all, l->name, json_string(version));
    }
    if (cli->output == OUTPUT_JSON)
        print_json(stdout, all);
    else
        print_object(stdout, all);
    json_decref(all);
    return EXIT_OK;
}
