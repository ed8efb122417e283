/* print: the follow graph is refused when a follower could not take what its source may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "proto/print.h"

/* One event with one field of each kind that has bounds, as the source says it. */
static const struct enumeration MOODS = {
    "mood",
    (const struct enumeration_value[]){ { "good", 1, "" }, { "bad", 2, "" }, { 0 } },
};
static const struct enumeration FEWER_MOODS = {
    "mood",
    (const struct enumeration_value[]){ { "good", 1, "" }, { 0 } },
};
static const struct field MARK[] = {
    { .name = "words", .kind = KIND_TEXT, .need = REQUIRED, .max = 40, .doc = "" },
};
static struct field_rows mark_fields(void)
{
    return (struct field_rows){ MARK, 1 };
}
static const struct record MARK_RECORD = { "mark", "", 1, mark_fields };
static const struct field NARROW_MARK[] = {
    { .name = "words", .kind = KIND_TEXT, .need = REQUIRED, .max = 39, .doc = "" },
};
static struct field_rows narrow_fields(void)
{
    return (struct field_rows){ NARROW_MARK, 1 };
}
static const struct record NARROW_RECORD = { "mark", "", 1, narrow_fields };

static const struct field SAID[] = {
    { .name = "text", .kind = KIND_TEXT, .need = REQUIRED, .max = 10, .doc = "" },
    { .name = "number", .kind = KIND_INTEGER, .min = 0, .max = 6, .doc = "" },
    { .name = "mood", .kind = KIND_ENUM, .values = &MOODS, .doc = "" },
    { .name = "marks", .kind = KIND_LIST, .max = 4, .record = &MARK_RECORD, .doc = "" },
    { .name = "person", .kind = KIND_TEXT, .max = 10, .audience = PERSONAL, .doc = "" },
    { .name = "price", .kind = KIND_DECIMAL, .scale = 2, .max = 100, .doc = "" },
    { .name = "at", .kind = KIND_INSTANT, .doc = "" },
};
static struct field_rows said_fields(void)
{
    return (struct field_rows){ SAID, sizeof SAID / sizeof *SAID };
}
static const struct record SAID_RECORD = { "said", "", 1, said_fields };

/* What the follower reads: set by each test. */
static struct field read_fields[8];
static size_t read_count;
static struct field_rows reader_fields(void)
{
    return (struct field_rows){ read_fields, read_count };
}
static const struct record READ_RECORD = { "on_said", "", 1, reader_fields };

static const struct event_row EVENTS[] = {
    { .id = 1,
      .noun = "thing",
      .verb = "said",
      .name = "thing.said",
      .record = &SAID_RECORD,
      .doc = "" },
};

enum { SOURCE, FOLLOWER, THIRD, LINKED };
static struct service_type linked[LINKED];
static struct follow_row follows[LINKED][2];
static const struct service_type *const all[] = { &linked[0], &linked[1], &linked[2], NULL };

/* Three services that say the same event; nobody follows anybody. */
static int reset(void **state)
{
    static const char *const names[] = { "source", "follower", "third" };
    (void)state;
    read_count = 0;
    for (int i = 0; i < LINKED; i++)
        linked[i] = (struct service_type){
            .name = names[i],
            .doc = "",
            .events = EVENTS,
            .event_count = 1,
            .follows = follows[i],
        };
    return 0;
}

static void follow(int who, const char *source, const char *event, enum follow_how how)
{
    follows[who][linked[who].follow_count++] = (struct follow_row){
        .source = source, .event = event, .how = how, .record = &READ_RECORD, .doc = "why"
    };
}

/* The faults found, and that the last of them says these words. */
static int faults(const char *words)
{
    char *said;
    size_t size;
    FILE *f = open_memstream(&said, &size);
    int n = follows_check(all, f);
    fclose(f);
    if (!strstr(said, words))
        fail_msg("\"%s\" does not say \"%s\"", said, words);
    free(said);
    return n;
}

static void a_follow_of_what_is_there_passes(void **state)
{
    (void)state;
    assert_int_equal(faults(""), 0);
    memcpy(read_fields, SAID, sizeof SAID);
    read_count = sizeof SAID / sizeof *SAID;
    follow(FOLLOWER, "source", "thing.said", COPY);
    follow(THIRD, "source", "thing.said", REACTION);
    assert_int_equal(faults(""), 0);
}

/* One word of many may be read as a text. */
static void a_word_may_be_read_as_a_text(void **state)
{
    (void)state;
    read_fields[0] = (struct field){ .name = "mood", .kind = KIND_TEXT, .max = 20 };
    read_count = 1;
    follow(FOLLOWER, "source", "thing.said", COPY);
    assert_int_equal(faults(""), 0);
}

static void a_follow_of_what_is_not_there_fails(void **state)
{
    (void)state;
    follow(FOLLOWER, "nobody", "thing.said", COPY);
    assert_int_equal(faults("follower follows nobody.thing.said: there is no such service"), 1);
    reset(state);
    follow(FOLLOWER, "source", "thing.done", COPY);
    assert_int_equal(faults("there is no such event"), 1);
}

static void a_field_the_follower_could_not_take_fails(void **state)
{
    (void)state;
    static const struct {
        struct field field;
        const char *words;
    } rows[] = {
        { { .name = "gone", .kind = KIND_TEXT }, "gone is not in the source's event" },
        { { .name = "text", .kind = KIND_INTEGER }, "text is of another kind" },
        { { .name = "text", .kind = KIND_TEXT, .max = 9 }, "text has a smaller maximum" },
        { { .name = "number", .kind = KIND_INTEGER, .need = REQUIRED, .max = 6 },
          "number is required, but optional in the source" },
        { { .name = "number", .kind = KIND_INTEGER, .min = 1, .max = 6 }, "narrower bounds" },
        { { .name = "number", .kind = KIND_INTEGER, .max = 5 }, "narrower bounds" },
        { { .name = "price", .kind = KIND_DECIMAL, .scale = 1, .max = 100 }, "another scale" },
        { { .name = "mood", .kind = KIND_ENUM, .values = &FEWER_MOODS }, "lacks a value" },
        { { .name = "mood", .kind = KIND_TEXT, .max = 2 }, "mood has a smaller maximum" },
        { { .name = "marks", .kind = KIND_LIST, .max = 3, .record = &MARK_RECORD }, "maximum" },
        { { .name = "marks", .kind = KIND_LIST, .max = 4, .record = &NARROW_RECORD },
          "words has a smaller maximum" },
        { { .name = "person", .kind = KIND_TEXT, .max = 10 }, "not marked so" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reset(state);
        read_fields[0] = rows[i].field;
        read_count = 1;
        follow(FOLLOWER, "source", "thing.said", COPY);
        assert_int_equal(faults(rows[i].words), 1);
    }
}

static void only_feedback_closes_a_circle(void **state)
{
    (void)state;
    follow(FOLLOWER, "source", "thing.said", COPY);
    follow(THIRD, "follower", "thing.said", REACTION);
    assert_int_equal(faults(""), 0);
    follow(SOURCE, "third", "thing.said", FEEDBACK);
    assert_int_equal(faults(""), 0);
    follow(SOURCE, "third", "thing.said", REACTION);
    assert_int_equal(faults("source follows itself in a circle without feedback"), 3);
}

static void the_graph_is_printed(void **state)
{
    (void)state;
    char *said;
    size_t size;
    FILE *f = open_memstream(&said, &size);
    memcpy(read_fields, SAID, sizeof SAID);
    read_count = 2;
    follow(FOLLOWER, "source", "thing.said", COPY);
    print_follows_dot(all, f);
    print_follows_table(all, f);
    fclose(f);
    assert_non_null(
        strstr(said, "\"source\" -> \"follower\" [label=\"thing.said\", style=dashed]"));
    assert_non_null(
        strstr(said, "| follower | `source.thing.said` | copy | `text`, `number` | why |"));
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_follow_of_what_is_there_passes, reset),
        cmocka_unit_test_setup(a_word_may_be_read_as_a_text, reset),
        cmocka_unit_test_setup(a_follow_of_what_is_not_there_fails, reset),
        cmocka_unit_test_setup(a_field_the_follower_could_not_take_fails, reset),
        cmocka_unit_test_setup(only_feedback_closes_a_circle, reset),
        cmocka_unit_test_setup(the_graph_is_printed, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
