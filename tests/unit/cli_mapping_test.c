/* Tests of mapping files: what they refuse with which line, and what rows become. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/cli/cli.h"
#include "services/edge/convert.h"
#include "services/edge/dates.h"
#include "services/edge/mapping.h"

static char path[] = "/tmp/redress-mapping-XXXXXX";

/* The record that tickets are imported as, from the service's own table. */
static const struct record *record(void)
{
    const struct service_type *s = cli_service(text_from("escalation"));
    for (size_t i = 0; i < s->command_count; i++)
        if (strcmp(s->commands[i].name, "ticket.record") == 0)
            return s->commands[i].record;
    return NULL;
}

static int load(const char *text, struct mapping **ret, struct mapping_error *e)
{
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    *e = (struct mapping_error){ 0 };
    return mapping_load(path, record(), ret, e);
}

static void refuses(const char *text, unsigned line, const char *key, const char *rule)
{
    struct mapping *m = NULL;
    struct mapping_error e;
    assert_int_equal(load(text, &m, &e), -EINVAL);
    assert_string_equal(e.file, path);
    assert_int_equal(e.line, line);
    assert_string_equal(e.key, key);
    assert_non_null(strstr(e.rule, rule));
    assert_null(m);
}

#define BASE                                                                                       \
    "moment: updated_at\nclient: {column: site, missing: unknown}\n"                               \
    "dates: [iso]\n"

static void a_wrong_file_is_named_with_its_line(void **state)
{
    (void)state;
    refuses("", 0, "", "empty");
    refuses("mapping: 2\n", 1, "mapping", "format 1");
    refuses("mapping: 1\nmoments: x\n", 2, "moments", "is not known here");
    refuses("a: [\n", 2, "", "not YAML");
    refuses("moment: updated_at\nmoment: updated_at\n", 2, "moment", "given twice");
    refuses("moment: number\n", 1, "moment", "an instant");
    refuses("moment: never\n", 1, "moment", "no field of ticket_record");
    refuses("zone: Mars\n", 1, "zone", "UTC");
    refuses("dates: ['%d/%m']\n", 1, "dates", "no date pattern");
    refuses("order: [details]\n", 1, "order", "no order");
    refuses("delimiter: ab\n", 1, "delimiter", "one character");
    refuses("fields:\n  - x\n", 2, "fields", "map of keys");
    refuses("x: &a [1]\ny: *a\n", 2, "", "aliases");
    refuses("fields:\n  number: {column: n}\n  nothing: {column: n}\n", 3, "fields.nothing",
            "no field of");
    refuses("fields:\n  number: {column: n, is: 3}\n", 2, "fields.number", "exactly one");
    refuses("fields:\n  number: {columns: n}\n", 2, "fields.number.columns", "is not known here");
    refuses("fields:\n  state: {column: s, values: {a: nowhere}}\n", 2, "fields.state",
            "must be one of");
    refuses("fields:\n  state: {column: s, otherwise: other}\n", 2, "fields.state", "no values");
    refuses("fields:\n  priority: {is: high}\n", 2, "fields.priority", "whole number");
    refuses("fields:\n  details: {column: s}\n", 2, "fields.details", "several values");
    refuses("details: {columns: [a]}\n", 1, "details", "lacks into");
    refuses(BASE, 0, "", "lacks fields");
    refuses("moment: updated_at\nfields: {number: {column: n}}\n", 0, "", "lacks client");
    refuses("client: {column: a}\nfields: {number: {column: n}}\n", 0, "", "lacks moment");
    refuses(BASE "fields: {state: {column: s, values: {a: new}, otherwise: other, original: x}}\n",
            0, "", "lacks details.into");
}

static void a_file_that_is_not_there(void **state)
{
    struct mapping *m = NULL;
    struct mapping_error e;
    (void)state;
    assert_int_equal(mapping_load("/nonexistent.yaml", record(), &m, &e), -ENOENT);
}

/* --- rows ------------------------------------------------------------------------------------- */

struct table {
    struct mapping *m;
    struct arena a;
    struct mapped facts[MAPPING_FACTS_MAX];
    uint32_t count;
    struct msg_error e;
};

static uint32_t split(const char *line, struct text *cells)
{
    uint32_t n = 0;
    for (;; line++) {
        const char *comma = strchrnul(line, '|');
        cells[n++] = (struct text){ line, (uint32_t)(comma - line) };
        line = comma;
        if (!*comma)
            return n;
    }
}

static void open_table(struct table *t, const char *mapping, const char *header)
{
    struct mapping_error e;
    struct text cells[64];
    *t = (struct table){ 0 };
    if (load(mapping, &t->m, &e) < 0)
        fail_msg("%u: %s: %s", e.line, e.key, e.rule);
    if (mapping_bind(t->m, cells, split(header, cells), &e) < 0)
        fail_msg("%u: %s: %s", e.line, e.key, e.rule);
}

static int row(struct table *t, const char *line)
{
    struct text cells[64];
    uint32_t n = split(line, cells);
    return mapping_row(t->m, cells, n, 7, &t->a, t->facts, &t->count, &t->e);
}

static void close_table(struct table *t)
{
    mapping_free(&t->m);
    arena_free(&t->a);
}

static struct text text_of(const struct mapped *f, const char *field)
{
    return *(const struct text *)field_at(record_field(record(), text_from(field)), f->value);
}

static int64_t integer_of(const struct mapped *f, const char *field)
{
    return *(const int64_t *)field_at(record_field(record(), text_from(field)), f->value);
}

static const char *enum_of(const struct mapped *f, const char *field)
{
    const struct field *row = record_field(record(), text_from(field));
    return enumeration_name(row->values, *(const int32_t *)field_at(row, f->value));
}

static const struct text_map *map_of(const struct mapped *f)
{
    return field_at(record_field(record(), text_from("details")), f->value);
}

#define assert_text(t, wanted)                                                                     \
    do {                                                                                           \
        struct text given_ = (t);                                                                  \
        assert_int_equal(given_.length, strlen(wanted));                                           \
        assert_memory_equal(given_.at, wanted, strlen(wanted));                                    \
    } while (0)

static const char log_mapping[] = "mapping: 1\n"
                                  "missing: ['?']\n"
                                  "dates: ['%d/%m/%Y %H:%M', '%d-%m-%Y %H:%M', iso]\n"
                                  "moment: updated_at\n"
                                  "order: [updated_at, number, row]\n"
                                  "client: {column: location, strip: ['Location '], missing: "
                                  "unknown, first_of: number, kept_as: location}\n"
                                  "fields:\n"
                                  "  source: {is: uci}\n"
                                  "  number: {column: number}\n"
                                  "  updated_at: {column: [at, changed]}\n"
                                  "  row: {row: true}\n"
                                  "  state: {column: state, values: {New: new, Awaiting User Info: "
                                  "pending_client}, otherwise: other, "
                                  "original: state_text}\n"
                                  "  priority: {column: priority, take: digits}\n"
                                  "  group: {column: group, optional: true}\n"
                                  "  made_sla: {column: made}\n"
                                  "details: {into: details, columns: [caller, absent]}\n";
static const char log_header[] = "Number|state|changed|priority|location|made|caller";

static void a_row_becomes_a_fact(void **state)
{
    struct table t;
    (void)state;
    open_table(&t, log_mapping, log_header);
    assert_int_equal(row(&t, "INC1|New|29/2/2016 01:16|3 - Moderate|Location 143|true|Caller  2"),
                     0);
    assert_int_equal(t.count, 1);
    const struct mapped *f = &t.facts[0];
    assert_text(f->client, "143");
    assert_text(f->group, "INC1");
    assert_int_equal(f->moment, INT64_C(1456708560000000));
    assert_text(text_of(f, "source"), "uci");
    assert_text(text_of(f, "number"), "INC1");
    assert_int_equal(integer_of(f, "row"), 7);
    assert_int_equal(integer_of(f, "priority"), 3);
    assert_string_equal(enum_of(f, "state"), "new");
    assert_true(text_empty(text_of(f, "group")));
    assert_int_equal(map_of(f)->count, 1);
    assert_text(map_of(f)->at[0].key, "caller");
    assert_text(map_of(f)->at[0].value, "Caller 2");
    close_table(&t);
}

static void every_spelling_is_the_same_fact(void **state)
{
    static const char *const spellings[] = {
        "INC1|awaiting user info|29-02-2016 01:16|3|143|TRUE|?",
        "  INC1 | Awaiting  User Info |29/02/2016 01:16|3 - Moderate|location 143|True|",
        "INC1|AWAITING USER INFO|2016-02-29T02:16:00+01:00|P3|Location 143|1|",
    };
    struct table t;
    (void)state;
    open_table(&t, log_mapping, log_header);
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        assert_int_equal(row(&t, spellings[i]), 0);
        const struct mapped *f = &t.facts[0];
        assert_text(f->client, "143");
        assert_text(text_of(f, "number"), "INC1");
        assert_int_equal(f->moment, INT64_C(1456708560000000));
        assert_int_equal(integer_of(f, "priority"), 3);
        assert_string_equal(enum_of(f, "state"), "pending_client");
        assert_true(
            *(const bool *)field_at(record_field(record(), text_from("made_sla")), f->value));
        assert_int_equal(map_of(f)->count, 0);
    }
    close_table(&t);
}

static void an_unknown_state_is_kept(void **state)
{
    struct table t;
    (void)state;
    open_table(&t, log_mapping, log_header);
    assert_int_equal(row(&t, "INC1|-100|29/2/2016 01:16|3|?|true|?"), 0);
    assert_string_equal(enum_of(&t.facts[0], "state"), "other");
    assert_text(map_of(&t.facts[0])->at[0].key, "state_text");
    assert_text(map_of(&t.facts[0])->at[0].value, "-100");
    assert_text(t.facts[0].client, "unknown");
    close_table(&t);
}

static void bad_rows_say_why(void **state)
{
    static const struct {
        const char *line, *field, *rule;
    } rows[] = {
        { "INC1|New|30/2/2016 01:16|3|?|true|?", "updated_at",
          "\"30/2/2016 01:16\" is no instant" },
        { "INC1|New|?|3|?|true|?", "updated_at", "is missing" },
        { "?|New|29/2/2016 01:16|3|?|true|?", "number", "" },
        { "INC1|New|29/2/2016 01:16|high|?|true|?", "priority", "\"high\" holds no digits" },
        { "INC1|New|29/2/2016 01:16|9|?|true|?", "priority", "" },
        { "INC1|New|29/2/2016 01:16|3|?|perhaps|?", "made_sla",
          "\"perhaps\" must be true or false" },
        { "INC1|New", "row", "it has 2 cells, and the header has 7" },
    };
    struct table t;
    (void)state;
    open_table(&t, log_mapping, log_header);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(row(&t, rows[i].line), -EINVAL);
        assert_string_equal(t.e.field, rows[i].field);
        assert_non_null(strstr(t.e.rule, rows[i].rule));
    }
    close_table(&t);
}

static void a_missing_column_is_named(void **state)
{
    struct mapping *m;
    struct mapping_error e;
    struct text cells[8];
    (void)state;
    assert_int_equal(load(log_mapping, &m, &e), 0);
    uint32_t n = split("number|state|priority|location|made", cells);
    assert_int_equal(mapping_bind(m, cells, n, &e), -EINVAL);
    assert_int_equal(e.line, 10);
    assert_string_equal(e.key, "updated_at");
    assert_non_null(strstr(e.rule, "\"at\""));
    n = split("number|state|at|priority|location|made| STATE", cells);
    assert_int_equal(mapping_bind(m, cells, n, &e), -EINVAL);
    assert_string_equal(e.key, "state");
    assert_non_null(strstr(e.rule, "more than one"));
    mapping_free(&m);
}

static void a_row_of_several_moments(void **state)
{
    static const char mapping[] =
        "dates: [iso]\nmoment: updated_at\nclient: {column: client}\n"
        "fields: {source: {is: csv}, number: {column: id}, priority: {column: prio}}\n"
        "facts:\n"
        "  - {when: opened, fields: {state: {is: new}, mod_count: {is: 0}}}\n"
        "  - {when: solved, fields: {state: {is: resolved}, mod_count: {is: 2}}}\n";
    struct table t;
    (void)state;
    open_table(&t, mapping, "id|client|prio|opened|solved");
    assert_int_equal(row(&t, "1|acme|2|2026-03-01T09:00:00Z|2026-03-01T10:00:00Z"), 0);
    assert_int_equal(t.count, 2);
    assert_string_equal(enum_of(&t.facts[0], "state"), "new");
    assert_string_equal(enum_of(&t.facts[1], "state"), "resolved");
    assert_int_equal(t.facts[1].moment - t.facts[0].moment, INT64_C(3600000000));
    assert_int_equal(row(&t, "1|acme|2|2026-03-01T09:00:00Z|"), 0);
    assert_int_equal(t.count, 1);
    assert_int_equal(row(&t, "1|acme|2||"), -EINVAL);
    assert_non_null(strstr(t.e.rule, "no moment"));
    assert_int_equal(row(&t, "1||2|2026-03-01T09:00:00Z|"), -EINVAL);
    assert_string_equal(t.e.field, "client");
    close_table(&t);
}

static void a_later_client_is_kept(void **state)
{
    struct table t;
    (void)state;
    open_table(&t, log_mapping, log_header);
    assert_int_equal(row(&t, "INC1|New|29/2/2016 01:16|3|Location 9|true|someone"), 0);
    mapping_keep_client(t.m, t.facts[0].client, &t.a, t.facts[0].value);
    assert_int_equal(map_of(&t.facts[0])->count, 2);
    assert_text(map_of(&t.facts[0])->at[1].key, "location");
    assert_text(map_of(&t.facts[0])->at[1].value, "9");
    close_table(&t);
}

static void a_long_text_is_cut_where_that_is_asked_for(void **state)
{
    static const char mapping[] =
        "dates: [iso]\nmoment: updated_at\nclient: {is: acme}\n"
        "fields: {source: {is: x}, number: {column: id}, priority: {is: 1}, state: {is: new},\n"
        "  updated_at: {is: 2026-03-01T09:00:00Z}, title: {column: title, cut: true}}\n";
    struct table t;
    char line[300];
    (void)state;
    open_table(&t, mapping, "id|title");
    memset(line, 'x', sizeof line);
    memcpy(line, "1|", 2);
    memcpy(line + 2 + 196, "\xc3\xa4", 2); /* a character across what leaves room for the mark */
    line[sizeof line - 1] = '\0';
    assert_int_equal(row(&t, line), 0);
    struct text title = text_of(&t.facts[0], "title");
    assert_int_equal(title.length, 199);
    assert_memory_equal(title.at + 195, "x\xe2\x80\xa6", 4);
    memcpy(line, "xx", 2);
    line[250] = '|';
    line[252] = '\0';
    assert_int_equal(row(&t, line), -EINVAL);
    assert_string_equal(t.e.field, "number");
    close_table(&t);
}

static void clients_stay_apart(void **state)
{
    struct arena a = { 0 };
    (void)state;
    assert_true(client_id_valid(text_from("Acme.co_1-x")));
    assert_false(client_id_valid(text_from("")));
    assert_false(client_id_valid(text_from("a b")));
    assert_text(client_id_make(text_from("acme"), &a), "acme");
    struct text one = client_id_make(text_from("M\xc3\xbcller GmbH"), &a);
    assert_true(client_id_valid(one));
    assert_memory_equal(one.at, "M-ller-GmbH-", 12);
    assert_false(text_equal(one, client_id_make(text_from("M ller GmbH"), &a)));
    char longest[200];
    memset(longest, 'x', sizeof longest);
    struct text cut = client_id_make((struct text){ longest, sizeof longest }, &a);
    assert_int_equal(cut.length, CLIENT_MAX);
    assert_true(client_id_valid(cut));
    assert_true(client_id_valid(client_id_make(text_from("\xe2\x82\xac"), &a)));
    arena_free(&a);
}

static void dates_have_patterns(void **state)
{
    static const struct {
        const char *pattern, *text;
        int64_t seconds; /* -1: refused */
    } rows[] = {
        { "%d/%m/%Y %H:%M", "1/3/2016 0:05", 1456790700 },
        { "%d/%m/%Y %H:%M", "01/03/2016  00:05", 1456790700 },
        { "%d/%m/%Y %H:%M", "1/13/2016 00:05", -1 },
        { "%d/%m/%Y %H:%M", "29/2/2015 00:05", -1 },
        { "%d/%m/%Y %H:%M", "1/3/2016 24:00", -1 },
        { "%d/%m/%Y %H:%M", "1/3/2016 00:05:00", -1 },
        { "%d/%m/%Y %H:%M", "1/3/16 00:05", -1 },
        { "%Y-%m-%d", "2016-03-01", 1456790400 },
        { "%d %b %Y", "1 MAR 2016", 1456790400 },
        { "%d %b %Y", "1 Foo 2016", -1 },
        { "%Y%%%m%%%d", "2016%03%01", 1456790400 },
        { "iso", "2016-03-01T00:05:00+00:00", 1456790700 },
        { "iso", "2016-03-01T00:05:00", -1 },
        { "iso", "2016-03-01T00:05:00.000000000Z", 1456790700 },
        { "iso", "2016-03-01T00:05:00.0000000009+00:00", -1 },
        { "iso", "2016-03-01T00:05:00.0000000", -1 },
        { "%Y-%m-%dT%H:%M:%S%z", "2016-03-01T01:05:00+0100", 1456790700 },
        { "%Y-%m-%dT%H:%M:%S%z", "2016-02-29T22:35:00-01:30", 1456790700 },
        { "%Y-%m-%dT%H:%M:%S%z", "2016-03-01T00:05:00Z", 1456790700 },
        { "%Y-%m-%dT%H:%M:%S%z", "2016-03-01T02:05:00+02", 1456790700 },
        { "%Y-%m-%dT%H:%M:%S%z", "2016-03-01T02:05:00+2", -1 },
        { "%Y-%m-%dT%H:%M:%S%z", "2016-03-01T02:05:00+02:", -1 },
        { "%Y-%m-%dT%H:%M:%S%z", "2016-03-01T02:05:00", -1 },
        { "%Y-%m-%dT%H:%M:%S.%f", "2016-03-01T00:05:00.", -1 },
        { "%Y-%m-%dT%H:%M:%S.%f", "2016-03-01T00:05:00.0000000000", -1 },
        { "%Y-%m-%d", "1969-12-31", -1 },
    };
    struct date_pattern p;
    int64_t v, zone;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(date_pattern_make(text_from(rows[i].pattern), &p), 0);
        v = -1;
        int r = date_parse(&p, text_from(rows[i].text), 0, &v);
        assert_int_equal(r, rows[i].seconds < 0 ? -EINVAL : 0);
        assert_int_equal(v, rows[i].seconds < 0 ? -1 : rows[i].seconds * SECONDS);
    }
    assert_int_equal(date_pattern_make(text_from("%d/%m"), &p), -EINVAL);
    assert_int_equal(date_pattern_make(text_from("%Y-%m-%d %"), &p), -EINVAL);
    assert_int_equal(date_pattern_make(text_from("%Y-%m-%d %q"), &p), -EINVAL);
    assert_int_equal(zone_parse(text_from("+01:30"), &zone), 0);
    assert_int_equal(zone, 90 * MINUTES);
    assert_int_equal(zone_parse(text_from("-00:30"), &zone), 0);
    assert_int_equal(zone, -30 * MINUTES);
    assert_int_equal(zone_parse(text_from("Europe/Berlin"), &zone), -EINVAL);
    assert_int_equal(date_pattern_make(text_from("%Y-%m-%d"), &p), 0);
    assert_int_equal(date_parse(&p, text_from("1970-01-02"), 3600 * SECONDS, &v), 0);
    assert_int_equal(v, 23 * HOURS);
    assert_int_equal(date_pattern_make(text_from("%Y-%m-%dT%H:%M:%S.%f%z"), &p), 0);
    assert_int_equal(date_parse(&p, text_from("1970-01-02T00:00:00.315+0100"), 0, &v), 0);
    assert_int_equal(v, 23 * HOURS + 315000);
    assert_int_equal(date_parse(&p, text_from("1970-01-02T00:00:00.123456789Z"), 0, &v), 0);
    assert_int_equal(v, 24 * HOURS + 123456);
    assert_int_equal(date_pattern_make(text_from("iso"), &p), 0);
    assert_int_equal(date_parse(&p, text_from("1970-01-02T01:00:00.123456789+01:00"), 0, &v), 0);
    assert_int_equal(v, 24 * HOURS + 123456);
}

static void shipped_mappings_load(void **state)
{
    static const char *const names[] = { "uci-incidents", "tickets-csv", "ticket-log",
                                         "alertmanager", "pagerduty" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char file[64];
        struct mapping *m = NULL;
        struct mapping_error e;
        snprintf(file, sizeof file, "deploy/maps/%s.yaml", names[i]);
        if (mapping_load(file, record(), &m, &e) < 0)
            fail_msg("%s:%u: %s: %s", e.file, e.line, e.key, e.rule);
        mapping_free(&m);
    }
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_file_is_named_with_its_line),
        cmocka_unit_test(a_file_that_is_not_there),
        cmocka_unit_test(a_row_becomes_a_fact),
        cmocka_unit_test(every_spelling_is_the_same_fact),
        cmocka_unit_test(an_unknown_state_is_kept),
        cmocka_unit_test(bad_rows_say_why),
        cmocka_unit_test(a_missing_column_is_named),
        cmocka_unit_test(a_row_of_several_moments),
        cmocka_unit_test(a_later_client_is_kept),
        cmocka_unit_test(a_long_text_is_cut_where_that_is_asked_for),
        cmocka_unit_test(clients_stay_apart),
        cmocka_unit_test(dates_have_patterns),
        cmocka_unit_test(shipped_mappings_load),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
