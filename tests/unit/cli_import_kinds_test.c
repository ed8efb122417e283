/* Tests of what can be imported: every kind has its command, its mapping and its totals; what
 * mappings of days, months, answers and tickets make of cells. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/cli/import.h"
#include "services/edge/convert.h"

static const struct command_row *command_of(const struct import_kind *k)
{
    const struct service_type *s = cli_service(text_from(k->service));
    for (size_t i = 0; s && i < s->command_count; i++)
        if (strcmp(s->commands[i].name, k->command) == 0)
            return &s->commands[i];
    return NULL;
}

static const struct record *record_of(const char *kind)
{
    return command_of(import_kind_named(text_from(kind)))->record;
}

static void every_kind_has_what_its_row_names(void **state)
{
    char path[SUITE_PATH_MAX];
    (void)state;
    for (const struct import_kind *k = import_kinds; k->word; k++) {
        const struct service_type *s = cli_service(text_from(k->service));
        const struct query_row *summary = NULL;
        struct mapping *m = NULL;
        struct mapping_error e;
        assert_non_null(command_of(k));
        assert_int_equal(command_of(k)->how, NATURAL);
        assert_ptr_equal(import_kind_named(text_from(k->word)), k);
        for (size_t i = 0; k->summary && i < s->query_count; i++)
            if (strcmp(s->queries[i].name, k->summary) == 0)
                summary = &s->queries[i];
        const struct record *shown = summary ? summary->result : NULL;
        assert_true(shown || !k->shown[0]);
        for (size_t i = 0; shown && k->shown[i]; i++)
            assert_non_null(record_field(shown, text_from(k->shown[i])));
        if (!k->map)
            continue;
        snprintf(path, sizeof path, "deploy/maps/%s.yaml", k->map);
        assert_int_equal(mapping_load(path, command_of(k)->record, &m, &e), 0);
        mapping_free(&m);
        assert_int_equal(mapping_load(path, record_of("tickets"), &m, &e), -EPROTOTYPE);
        assert_non_null(strstr(e.rule, k->command));
    }
    assert_null(import_kind_named(text_from("ticket")));
}

/* --- cells ------------------------------------------------------------------------------------ */

struct table {
    struct mapping *m;
    struct arena a;
    struct mapped facts[MAPPING_FACTS_MAX];
    uint32_t count;
    struct msg_error e;
};

static int load(const char *kind, const char *yaml, struct mapping **ret, struct mapping_error *e)
{
    char path[] = "/tmp/redress-kinds-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    assert_non_null(file);
    fputs(yaml, file);
    fclose(file);
    int r = mapping_load(path, record_of(kind), ret, e);
    unlink(path);
    return r;
}

/* Cells are cut at |. */
static uint32_t cells_of(const char *line, struct text out[static 16])
{
    uint32_t n = 0;
    for (const char *end = line; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "|");
        out[n++] = (struct text){ line, (uint32_t)(end - line) };
    }
    return n;
}

static void open_table(struct table *t, const char *kind, const char *yaml, const char *header)
{
    struct text cells[16];
    struct mapping_error e = { .line = 0 };
    *t = (struct table){ .m = NULL };
    if (load(kind, yaml, &t->m, &e) < 0)
        fail_msg("%u: %s: %s", e.line, e.key, e.rule);
    assert_int_equal(mapping_bind(t->m, cells, cells_of(header, cells), &e), 0);
}

static int row(struct table *t, const char *line)
{
    struct text cells[16];
    return mapping_row(t->m, cells, cells_of(line, cells), 1, &t->a, t->facts, &t->count, &t->e);
}

static void close_table(struct table *t)
{
    mapping_free(&t->m);
    arena_free(&t->a);
}

static int64_t number(const struct table *t, const char *kind, const char *field)
{
    return *(const int64_t *)field_at(record_field(record_of(kind), text_from(field)),
                                      t->facts[0].value);
}

static struct text words(const struct table *t, const char *kind, const char *field)
{
    return *(const struct text *)field_at(record_field(record_of(kind), text_from(field)),
                                          t->facts[0].value);
}

enum { JANUARY_FIRST_2026 = 20454 };

static void days_are_those_that_are_written(void **state)
{
    static const char *const spellings[] = { "2026-01-01", "2026-01-01T00:30:00+02:00",
                                             "2026-01-01 23:00", "1.1.2026", "2026/01" };
    struct table t;
    (void)state;
    open_table(&t, "contracts",
               "zone: +01:00\ndates: [iso, '%d.%m.%Y', '%Y/%m']\nmoment: start\n"
               "client: {is: acme}\nfields: {start: {column: start}, end: {column: end}}\n",
               "start|end|x");
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        char line[80];
        snprintf(line, sizeof line, "%s||x", spellings[i]);
        assert_int_equal(row(&t, line), 0);
        assert_int_equal(number(&t, "contracts", "start"), JANUARY_FIRST_2026);
        /* midnight where the file's dates were written */
        assert_int_equal(t.facts[0].moment, JANUARY_FIRST_2026 * DAYS - HOURS);
    }
    static const char *const wrong[] = { "2026-02-30", "2026-01-01x", "1.13.2026", "soon" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[80];
        snprintf(line, sizeof line, "%s||x", wrong[i]);
        assert_int_equal(row(&t, line), -EINVAL);
        assert_string_equal(t.e.field, "start");
        assert_non_null(strstr(t.e.rule, wrong[i]));
    }
    assert_int_equal(row(&t, "|2026-01-01|x"), -EINVAL);
    assert_string_equal(t.e.field, "start");
    close_table(&t);
}

static void the_first_moment_that_is_given_counts(void **state)
{
    struct table t;
    (void)state;
    open_table(&t, "surveys",
               "dates: [iso]\nmoment: [answered_at, asked_at]\nclient: {is: acme}\n"
               "fields: {survey: {column: id}, kind: {is: nps}, asked_at: {column: asked},\n"
               "  answered_at: {column: answered}, scale_min: {is: 0}, scale_max: {is: 10}}\n",
               "id|asked|answered|x");
    assert_int_equal(row(&t, "1|2026-01-01T00:00:00Z|2026-01-02T00:00:00Z|x"), 0);
    assert_int_equal(t.facts[0].moment, (JANUARY_FIRST_2026 + 1) * DAYS);
    assert_int_equal(row(&t, "1|2026-01-01T00:00:00Z||x"), 0);
    assert_int_equal(t.facts[0].moment, JANUARY_FIRST_2026 * DAYS);
    assert_int_equal(row(&t, "1|||x"), -EINVAL);
    assert_string_equal(t.e.field, "answered_at");
    close_table(&t);
}

static void a_prefix_is_for_what_has_none(void **state)
{
    static const struct {
        const char *cell, *made;
    } rows[] = { { "T1", "csv:T1" }, { "csv:T1", "csv:T1" }, { "desk:7", "desk:7" }, { "", "" } };
    struct table t;
    (void)state;
    open_table(&t, "time-entries",
               "dates: [iso]\nmoment: started_at\nclient: {is: acme}\n"
               "fields: {effort: {is: a}, started_at: {is: '2026-01-01T00:00:00Z'},\n"
               "  minutes: {is: 5}, work_type: {is: admin},\n"
               "  ticket: {column: t, strip: ['#'], prefix: 'csv:'}}\n",
               "t|x");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[80];
        snprintf(line, sizeof line, "%s|x", rows[i].cell);
        assert_int_equal(row(&t, line), 0);
        assert_true(text_equal(words(&t, "time-entries", "ticket"), text_from(rows[i].made)));
    }
    assert_int_equal(row(&t, "#T1|x"), 0);
    assert_true(text_equal(words(&t, "time-entries", "ticket"), text_from("csv:T1")));
    close_table(&t);
}

static void columns_are_named_where_they_are_called_otherwise(void **state)
{
    static const struct {
        const char *field, *place;
    } rows[] = { { "value", "value (column mrr)" },
                 { "start", "start" },
                 { "end", "end" },
                 { "client", "client (column customer)" },
                 { "currency", "currency" },
                 { "nothing", "nothing" } };
    struct table t;
    (void)state;
    open_table(&t, "contracts",
               "dates: [iso]\nmoment: start\nclient: {column: customer}\n"
               "fields: {start: {column: Start}, value: {column: [amount, mrr]},\n"
               "  currency: {is: EUR}, end: {column: until, optional: true}}\n",
               "start|customer|mrr");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text place = facts_place(t.m, rows[i].field, &t.a);
        assert_true(text_equal(place, text_from(rows[i].place)));
    }
    close_table(&t);
    open_table(&t, "tickets",
               "dates: [iso]\nmoment: updated_at\nclient: {is: acme}\n"
               "fields: {source: {is: csv}, number: {column: id}, priority: {is: 1}}\n"
               "facts:\n  - {when: opened, fields: {state: {is: new}}}\n"
               "  - {when: closed, fields: {state: {column: status}, title: {column: t}}}\n",
               "id|opened|closed|status|t");
    struct text place = facts_place(t.m, "state", &t.a);
    assert_true(text_equal(place, text_from("state (column status)")));
    close_table(&t);
}

static void a_wrong_file_is_named_with_its_line(void **state)
{
    static const struct {
        const char *kind, *text;
        unsigned line;
        const char *key, *rule;
        int error;
    } rows[] = {
        { "contracts", "command: survey.record\n", 1, "command", "survey.record", -EPROTOTYPE },
        { "contracts", "command: contract\n", 1, "command", "contract", -EPROTOTYPE },
        { "contracts", "command: [a]\n", 1, "command", "one value", -EINVAL },
        { "contracts", "moment: [start, value]\n", 1, "moment", "an instant, or a date", -EINVAL },
        { "contracts", "moment: [start, end, start, end, since]\n", 1, "moment", "more than 4",
          -EINVAL },
        { "contracts",
          "moment: start\nclient: {is: a}\nfields: {start: {column: s}}\n"
          "facts: [{when: s}]\n",
          0, "", "moment is an instant", -EINVAL },
        { "contracts", "dates: ['%m/%d']\n", 1, "dates", "no date pattern", -EINVAL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mapping *m = NULL;
        struct mapping_error e = { .line = 0 };
        int r = load(rows[i].kind, rows[i].text, &m, &e);
        if (r != rows[i].error || e.line != rows[i].line || strcmp(e.key, rows[i].key) != 0 ||
            !strstr(e.rule, rows[i].rule))
            fail_msg("%s gave %d, %u: %s: %s", rows[i].text, r, e.line, e.key, e.rule);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_what_its_row_names),
        cmocka_unit_test(days_are_those_that_are_written),
        cmocka_unit_test(the_first_moment_that_is_given_counts),
        cmocka_unit_test(a_prefix_is_for_what_has_none),
        cmocka_unit_test(columns_are_named_where_they_are_called_otherwise),
        cmocka_unit_test(a_wrong_file_is_named_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
