/* Configuration files: what is wrong with them is said with file, line, column, path and rule; and
 * in which order what is right is sent. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/catalog.h"
#include "services/cli/apply.h"

static char directory[] = "/tmp/redress-apply-XXXXXX";
static char file[64];

static void put(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void drop(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_int_equal(remove(path), 0);
}

/* --- what is wrong -----------------------------------------------------------------------------
 */

#define OK(rest)     "people:\n- {id: ann, name: Ann, side: provider" rest "}\n"
#define CLIENT(rest) "clients:\n- id: acme\n  name: Acme\n" rest

#define KINDS                                                                                      \
    "clients, people, groups, calendars, areas, families, services, components, partners, desks, " \
    "contracts, agreements, roles, deliveries, processes, racis, skills, trainings, rosters, "     \
    "overrides, temporaries, objectives, sops, sop_runs, risks, reports, transitions, lessons, "   \
    "changes, relationships, plans, tools"

/* A file, and what is said of it, a line each; "" for nothing. */
static const struct {
    const char *text, *errors;
} broken[] = {
    { "", "" },
    { "# nothing\n---\n---\npeople:\nclients: []\n", "" },
    { OK(""), "" },
    { OK(", addresses: [{channel: EMAIL, to: a@b.example}], zone: Europe/Berlin"), "" },
    { "people: [\n", "2:1: not YAML: did not find expected node content" },
    { "people:\n- {id: ann, name: \"\xff\"}\n", "1:1: not YAML: invalid leading UTF-8 octet" },
    { "- people\n", "1:1: must be a map of lists, such as clients" },
    { "word\n", "1:1: must be a map of lists, such as clients" },
    { "peple: []\n", "1:1: peple is not known here; did you mean people?" },
    { "x: 1\n", "1:1: x is not known here; these are: " KINDS },
    { "[a]: 1\n", "1:1: (no word) is not known here; these are: " KINDS },
    { "people: ann\n", "1:9: people: must be a list" },
    { "people: [ann]\n", "1:10: people[0]: must be a map of fields" },
    { "a: &x [1]\npeople: *x\n", "2:9: aliases are not supported" },
    { "a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\n", "1:19: is nested deeper than 16" },
    { OK(", rol: Lead"), "2:40: people[0]: rol is not known here; did you mean role?" },
    { OK(", shoe_size: 44"), "2:40: people[0]: shoe_size is not known here; these are: id, name, "
                             "side, client, role, zone, "
                             "addresses" },
    { OK(", id: bob"), "2:40: people[0].id: is given twice" },
    { OK(", role: [a]"), "2:46: people[0].role: must be one value" },
    { OK(", role: {a: b}"), "2:46: people[0].role: must be one value" },
    { OK(", addresses: a@b.example"), "2:51: people[0].addresses: must be a list" },
    { OK(", addresses: [a@b.example]"), "2:52: people[0].addresses[0]: must be a map of fields" },
    { OK(", addresses: [{channel: mail, to: a}]"),
      "2:62: people[0].addresses[0].channel: must be one of email, webhook" },
    { OK(", addresses: [{channel: email}]"), "2:52: people[0].addresses[0].to: is required" },
    { "people:\n- {id: ann, side: provider}\n", "2:3: people[0].name: is required" },
    { "people:\n- {id: ann, name: , side: provider}\n", "2:19: people[0].name: is required" },
    { "people:\n- {id: ann, name: ~, side: provider}\n", "2:19: people[0].name: is required" },
    { OK(", zone: Europe/Berln"),
      "2:46: people[0].zone: is no time zone that this machine knows; it is named as IANA does, "
      "like Europe/Berlin" },
    { OK(", zone: ../passwd"),
      "2:46: people[0].zone: is no time zone that this machine knows; it is named as IANA does, "
      "like Europe/Berlin" },
    { OK(", addresses: [{channel: webhook, to: 'http://a.example', secret: whsec_1}]"),
      "2:103: people[0].addresses[0].secret: a secret is named file:NAME or env:NAME, and never "
      "stands here itself" },
    { OK(", addresses: [{channel: webhook, to: 'https://me:pw@a.example/'}]"),
      "2:75: people[0].addresses[0].to: a URL here holds no name and no password" },
    { CLIENT("  holders:\n  - {level: 7, person: ann}\n"),
      "5:13: clients[0].holders[0].level: must be from 1 to 6" },
    { CLIENT("  holders:\n  - {level: 1, person: ann}\n  - {level: high, person: ann}\n"),
      "6:13: clients[0].holders[1].level: must be a whole number" },
    { CLIENT("  targets: [{priority: 1, response: 15 min}]\n"),
      "4:37: clients[0].targets[0].response: must be a duration such as PT1H30M" },
    { CLIENT("  targets: [{priority: 1, response: PT15M, resolve: P1Y}]\n"),
      "4:53: clients[0].targets[0].resolve: must be a duration such as PT1H30M" },
    { CLIENT("  executives: [a, b, c, d, e, f, g, h, i]\n"),
      "4:15: clients[0].executives: must have at most 8 entries" },
    { CLIENT("  executives: [olga, {person: otto}, {peron: x}]\n"),
      "4:39: clients[0].executives[2]: peron is not known here; did you mean person?" },
    { OK("") "---\n" OK(""), "5:3: people[0]: the person ann is given already: FILE:2:3" },
    { "people:\n- {id: a}\n- {name: b}\nclients: [1, 2]\n",
      "2:3: people[0].name: is required\n3:3: people[1].id: is required\n"
      "4:11: clients[0]: must be a map of fields\n4:14: clients[1]: must be a map of fields" },
};

/* What was said, without the file's name, a line each. */
static void said(const struct apply *a, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < a->error_count && i < APPLY_ERRORS_MAX; i++) {
        char line[1024];
        snprintf(line, sizeof line, "%.*s", TEXT_ARG(a->errors[i]));
        char *again = strstr(line + 1, file);
        if (again) {
            memmove(again + 4, again + strlen(file), strlen(again + strlen(file)) + 1);
            memcpy(again, "FILE", 4);
        }
        const char *from = strncmp(line, file, strlen(file)) == 0 ? line + strlen(file) + 1 : line;
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? "\n" : "", from);
    }
}

static void what_is_wrong_is_named(void **state)
{
    int bad = 0;
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct apply a;
        char out[4096];
        put("x.yaml", broken[i].text);
        apply_begin(&a);
        apply_read(&a, file);
        said(&a, out, sizeof out);
        if (strcmp(out, broken[i].errors) != 0) {
            print_error("%s\nexpected: %s\nbut said: %s\n", broken[i].text, broken[i].errors, out);
            bad++;
        }
        apply_end(&a);
    }
    drop("x.yaml");
    assert_int_equal(bad, 0);
}

static void only_so_many_errors_are_kept(void **state)
{
    struct apply a;
    (void)state;
    char text[1024];
    size_t used = (size_t)snprintf(text, sizeof text, "people:\n");
    for (int i = 0; i < 40; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "- {id: a}\n");
    put("x.yaml", text);
    apply_begin(&a);
    apply_read(&a, file);
    assert_int_equal(a.error_count, APPLY_ERRORS_MAX);
    assert_int_equal(a.count, 0);
    apply_end(&a);
    drop("x.yaml");
}

static void expect_error(const char *path, const char *words)
{
    struct apply a;
    apply_begin(&a);
    apply_read(&a, path);
    assert_int_equal(a.error_count, 1);
    char line[512];
    snprintf(line, sizeof line, "%.*s", TEXT_ARG(a.errors[0]));
    if (!strstr(line, words))
        fail_msg("expected %s, but said: %s", words, line);
    apply_end(&a);
}

static void directories_and_sizes(void **state)
{
    struct apply a;
    char sub[128], big[128];
    (void)state;
    expect_error("/nowhere", "/nowhere: cannot be read: No such file");
    expect_error(directory, "holds no file *.yaml");
    expect_error("/dev/null", "must be a file of at most 1048576 bytes");
    snprintf(sub, sizeof sub, "%s/more", directory);
    snprintf(big, sizeof big, "%s/more/.hidden", directory);
    assert_int_equal(mkdir(sub, 0700), 0);
    assert_int_equal(mkdir(big, 0700), 0);
    put("b.yml", "people:\n- {id: b, name: B, side: provider}\n");
    put("a.yaml", "people:\n- {id: a, name: A, side: provider}\n");
    put("more/c.yaml", "people:\n- {id: c, name: C, side: provider}\n");
    put("more/.hidden/d.yaml", "wrong\n");
    put(".e.yaml", "wrong\n");
    put("f.txt", "wrong\n");
    apply_begin(&a);
    apply_read(&a, directory);
    assert_int_equal(a.error_count, 0);
    assert_int_equal(a.count, 3);
    for (uint32_t i = 0; i < a.count; i++)
        assert_true(text_equal(a.items[i].id, (struct text){ &"abc"[i], 1 }));
    apply_end(&a);
    put("z.yaml", "people:\n- {id: a, name: A, side: provider}\n");
    apply_begin(&a);
    apply_read(&a, directory);
    assert_int_equal(a.error_count, 1);
    assert_non_null(
        strstr(a.errors[0].at, "/z.yaml:2:3: people[0]: the person a is given already: "));
    assert_non_null(strstr(a.errors[0].at, "/a.yaml:2:3"));
    apply_end(&a);
    static const char *const made[] = { "z.yaml",      "f.txt",  ".e.yaml", "more/.hidden/d.yaml",
                                        "more/c.yaml", "a.yaml", "b.yml",   "more/.hidden",
                                        "more" };
    snprintf(big, sizeof big, "%s/a.yaml", directory);
    assert_int_equal(truncate(big, (1 << 20) + 1), 0);
    expect_error(big, "must be a file of at most 1048576 bytes");
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        drop(made[i]);
}

/* --- the order ---------------------------------------------------------------------------------
 */

struct sent {
    struct apply *a;
    char words[4096];
    uint32_t stop_after;
    uint32_t count;
};

/* "acme" for a whole one, "acme*" for one that leaves somebody out; every name it sends must be
 * there already. */
static int note(void *arg, struct apply_item *i, const void *value)
{
    struct sent *s = arg;
    size_t used = strlen(s->words);
    if (s->stop_after && s->count == s->stop_after)
        return EXIT_CONFLICT;
    s->count++;
    i->version++;
    snprintf(s->words + used, sizeof s->words - used, "%s%s%.*s%s", used ? " " : "",
             value ? "" : "-", TEXT_ARG(i->id), !value || value == i->value ? "" : "*");
    if (value && strcmp(i->kind->entity->name, "client") == 0) {
        const struct client *c = value;
        const struct apply_kind *person = apply_kind_of(s->a, "person");
        for (uint32_t n = 0; n < c->executives.count; n++)
            assert_true(apply_is_there(s->a, person, c->executives.at[n].person));
        assert_true(text_empty(c->primary_contact) ||
                    apply_is_there(s->a, person, c->primary_contact));
    }
    return 0;
}

static json_t *rows(const char *text)
{
    json_t *all = text ? json_loads(text, 0, NULL) : json_object();
    assert_non_null(all);
    return all;
}

/* Plans these files over what there is, and says what is sent; or what is wrong. */
static void ordered_or_pruned(const char *text, const char *clients, const char *people, bool prune,
                              const char *expected)
{
    struct apply a;
    struct sent s = { .a = &a };
    put("x.yaml", text);
    apply_begin(&a);
    apply_read(&a, file);
    assert_int_equal(a.error_count, 0);
    for (uint32_t k = 0; k < a.kind_count; k++)
        a.kinds[k].is = rows(k == 0 ? clients : k == 1 ? people : NULL);
    a.prune = prune;
    apply_prune(&a);
    apply_plan(&a);
    if (a.error_count)
        said(&a, s.words, sizeof s.words);
    else
        assert_int_equal(apply_order(&a, note, &s), 0);
    assert_string_equal(s.words, expected);
    struct apply_counts c = apply_count(&a);
    assert_true(a.error_count || c.done == c.add + c.edit + c.remove);
    apply_end(&a);
    drop("x.yaml");
}

static void ordered(const char *text, const char *clients, const char *people, const char *expected)
{
    ordered_or_pruned(text, clients, people, false, expected);
}

static void pruned(const char *text, const char *clients, const char *people, const char *expected)
{
    ordered_or_pruned(text, clients, people, true, expected);
}

#define ACME "clients:\n- {id: acme, name: Acme, primary_contact: olga, executives: [otto, olga]}\n"
#define OLGA "- {id: olga, name: Olga, side: client, client: acme}\n"
#define OTTO "- {id: otto, name: Otto, side: client, client: acme}\n"
#define ANN  "- {id: ann, name: Ann, side: provider}\n"
#define IS_ACME                                                                                    \
    "{\"acme\":{\"id\":\"acme\",\"name\":\"Acme\",\"primary_contact\":\"olga\","                   \
    "\"executives\":[{\"person\":\"otto\"},{\"person\":\"olga\"}]}}"
#define IS_OLGA                                                                                    \
    "\"olga\":{\"id\":\"olga\",\"name\":\"Olga\",\"side\":\"client\",\"client\":\"acme\"}"
#define IS_OTTO                                                                                    \
    "\"otto\":{\"id\":\"otto\",\"name\":\"Otto\",\"side\":\"client\",\"client\":\"acme\"}"

static void what_is_named_goes_first(void **state)
{
    (void)state;
    /* A new client and its new people name each other. */
    ordered(ACME "people:\n" ANN OTTO OLGA, NULL, NULL, "ann acme* otto olga acme");
    /* Nothing to do. */
    ordered(ACME "people:\n" OTTO OLGA, IS_ACME, "{" IS_OLGA "," IS_OTTO "}", "");
    /* A new contact of a client that is there. */
    ordered("clients:\n- {id: acme, name: Acme, primary_contact: eva}\n"
            "people:\n- {id: eva, name: Eva, side: client, client: acme}\n",
            IS_ACME, "{" IS_OLGA "," IS_OTTO "}", "eva acme");
    /* Both change, and name each other: both are there, so any order does. */
    ordered("clients:\n- {id: acme, name: Acme Inc, primary_contact: olga}\n"
            "people:\n- {id: olga, name: Olga O, side: client, client: acme}\n",
            IS_ACME, "{" IS_OLGA "," IS_OTTO "}", "olga acme");
    /* The client lets go of its contact before that one moves, and globex takes her behind that. */
    ordered("clients:\n- {id: acme, name: Acme}\n- {id: globex, name: G, primary_contact: olga}\n"
            "people:\n- {id: olga, name: Olga, side: client, client: globex}\n",
            IS_ACME, "{" IS_OLGA "," IS_OTTO "}", "acme globex* olga globex");
    /* The same with a globex that is there, and keeps nobody. */
    ordered("clients:\n- {id: acme, name: Acme}\n- {id: globex, name: G, primary_contact: olga}\n"
            "people:\n- {id: olga, name: Olga, side: client, client: globex}\n",
            "{\"acme\":{\"id\":\"acme\",\"name\":\"Acme\",\"primary_contact\":\"olga\"},"
            "\"globex\":{\"id\":\"globex\",\"name\":\"G\"}}",
            "{" IS_OLGA "}", "acme olga globex");
    /* Nobody by that name, neither here nor there. */
    ordered(ACME "people:\n" OLGA, NULL, NULL,
            "2:62: clients[0].executives[0]: there is no person otto, neither in the files nor in "
            "the suite");
    /* Somebody who is there only. */
    ordered(ACME "people:\n" OLGA, NULL, "{" IS_OTTO "}", "acme* olga acme");
}

static void what_no_file_says_goes_last(void **state)
{
    (void)state;
    /* Nobody names her. */
    pruned("people:\n" ANN, "{}",
           "{\"ann\":{\"id\":\"ann\",\"name\":\"Ann\",\"side\":"
           "\"provider\"},\"eve\":{\"id\":\"eve\",\"name\":\"Eve\","
           "\"side\":\"provider\"}}",
           "-eve");
    /* The client lets go of its contact before she goes. */
    pruned("clients:\n- {id: acme, name: Acme, executives: [otto]}\npeople:\n" OTTO, IS_ACME,
           "{" IS_OLGA "," IS_OTTO "}", "acme -olga");
    /* A client and its people go: it lets go of them, they go, and it goes. */
    pruned("people:\n" ANN, IS_ACME, "{" IS_OLGA "," IS_OTTO "}", "ann acme* -olga -otto -acme");
    /* She moves to a new client, and her old one goes. */
    pruned("clients:\n- {id: globex, name: G, primary_contact: olga}\n"
           "people:\n- {id: olga, name: Olga, side: client, client: globex}\n",
           IS_ACME, "{" IS_OLGA "," IS_OTTO "}", "globex* acme* olga -otto globex -acme");
    /* Who is named by a file is said by one. */
    pruned(ACME "people:\n" OLGA, IS_ACME, "{" IS_OLGA "," IS_OTTO "}",
           "2:62: clients[0].executives[0]: the person otto is in no file, so --prune removes it");
    /* Without --prune all stays. */
    ordered("people:\n" ANN, IS_ACME, "{" IS_OLGA "," IS_OTTO "}", "ann");
}

/* A thousand clients, each with a contact of its own, and one person whom all name. */
static void many_at_once(void **state)
{
    enum { CROWD = 1000 };
    struct apply a;
    struct sent s = { .a = &a };
    char path[128];
    (void)state;
    snprintf(path, sizeof path, "%s/x.yaml", directory);
    FILE *out = fopen(path, "w");
    fputs("clients:\n", out);
    for (int i = 0; i < CROWD; i++)
        fprintf(out,
                "- {id: c%d, name: C, primary_contact: p%d, holders: [{level: 1, person: "
                "ann}]}\n",
                i, i);
    fputs("people:\n" ANN, out);
    for (int i = 0; i < CROWD; i++)
        fprintf(out, "- {id: p%d, name: P, side: client, client: c%d}\n", i, i);
    fclose(out);
    apply_begin(&a);
    apply_read(&a, file);
    assert_int_equal(a.error_count, 0);
    for (uint32_t i = 0; i < a.kind_count; i++)
        a.kinds[i].is = json_object();
    apply_plan(&a);
    s.stop_after = 3 * CROWD + 2;
    assert_int_equal(apply_order(&a, note, &s), 0);
    assert_int_equal(s.count, 3 * CROWD + 1);
    apply_end(&a);
    drop("x.yaml");
}

static void it_stops_at_the_first_no(void **state)
{
    struct apply a;
    struct sent s = { .a = &a, .stop_after = 2 };
    (void)state;
    put("x.yaml", ACME "people:\n" ANN OTTO OLGA);
    apply_begin(&a);
    apply_read(&a, file);
    for (uint32_t i = 0; i < a.kind_count; i++)
        a.kinds[i].is = json_object();
    apply_plan(&a);
    assert_int_equal(apply_order(&a, note, &s), EXIT_CONFLICT);
    assert_string_equal(s.words, "ann acme*");
    assert_int_equal(apply_count(&a).done, 1);
    apply_end(&a);
    drop("x.yaml");
}

/* --- what is shown -----------------------------------------------------------------------------
 */

static void only_what_differs_is_shown(void **state)
{
    struct apply a;
    char *text = NULL;
    size_t size = 0;
    (void)state;
    put("x.yaml", "clients:\n"
                  "- {id: acme, name: Acme, zone: Europe/Berlin, primary_contact: olga,\n"
                  "   executives: [olga, otto], holders: [], targets: [{priority: 1, response: "
                  "PT60M}]}\n"
                  "people:\n" OTTO "- {id: olga, name: \"O\\e[31m\", side: client, client: acme, "
                  "role: ''}\n" ANN);
    apply_begin(&a);
    apply_read(&a, file);
    assert_int_equal(a.error_count, 0);
    a.kinds[0].is =
        rows("{\"acme\":{\"id\":\"acme\",\"name\":\"Acme\",\"primary_contact\":\"olga\","
             "\"executives\":[{\"person\":\"otto\"},{\"person\":\"olga\"}],"
             "\"targets\":[{\"priority\":1,\"response\":\"PT1H\"}]}}");
    a.kinds[1].is = rows("{" IS_OLGA "," IS_OTTO "}");
    for (uint32_t i = 2; i < a.kind_count; i++)
        a.kinds[i].is = rows(NULL);
    apply_plan(&a);
    FILE *out = open_memstream(&text, &size);
    apply_show(&a, out, false);
    fclose(out);
    assert_string_equal(text, "~ client acme: zone nothing -> \"Europe/Berlin\", executives in "
                              "another order\n"
                              "~ person olga: name \"Olga\" -> \"O\\u001B[31m\"\n"
                              "+ person ann\n= 1 unchanged\n");
    free(text);
    apply_end(&a);
    drop("x.yaml");
}

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(file, sizeof file, "%s/x.yaml", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(only_so_many_errors_are_kept),
        cmocka_unit_test(directories_and_sizes),
        cmocka_unit_test(what_is_named_goes_first),
        cmocka_unit_test(what_no_file_says_goes_last),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(it_stops_at_the_first_no),
        cmocka_unit_test(only_what_differs_is_shown),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
