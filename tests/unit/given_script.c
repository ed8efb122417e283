/* given_script: plays the lines that given.h describes, and compares transcripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/given_words.h"
#include "tests/unit/given_world.h"

enum { DEFAULT_LIMIT = 100, LINE_MAX = 4096, OPTION_TEXT_MAX = 64 };

/* --- scripts ---------------------------------------------------------------------------------- */

static bool take_word(const struct record *r, void *data, struct text word, struct arena *a)
{
    const char *equals = word.length ? memchr(word.at, '=', word.length) : NULL;
    if (!equals)
        fail_msg("not name=value: %.*s", TEXT_ARG(word));
    struct text name = { word.at, (uint32_t)(equals - word.at) };
    struct text value = { equals + 1, word.length - name.length - 1 };
    return words_set(r, data, name, value, given.now, a);
}

/* Those of a line's words that are fields of a record; of several records each word is for one. */
static void *take_known_words(const struct record *r, const char *line, struct arena *a)
{
    void *data = arena_alloc(a, r->size);
    struct text word;
    while (!text_empty(word = words_next(&line)))
        take_word(r, data, word, a);
    return data;
}

/* The words of a query that are about its page. */
static bool take_page_word(struct answer *page, struct text word)
{
    if (word.length > 6 && memcmp(word.at, "limit=", 6) == 0)
        page->limit = (uint32_t)strtoul(word.at + 6, NULL, 10);
    else if (word.length > 6 && memcmp(word.at, "place=", 6) == 0)
        page->place = (struct text){ word.at + 6, word.length - 6 };
    else if (text_equal(word, text_from("pages")))
        page->all = true;
    else
        return false;
    return true;
}

/* The rest of a line into a record; what is about a query's page is kept apart. */
static void *take_words(const struct record *r, const char *line, const char *defaults,
                        struct answer *page, struct arena *a)
{
    void *data = arena_alloc(a, r->size);
    struct text word;
    while (!text_empty(word = words_next(&defaults)))
        take_word(r, data, word, a);
    while (!text_empty(word = words_next(&line))) {
        if (!(page && take_page_word(page, word)) && !take_word(r, data, word, a))
            fail_msg("%s has no %.*s", r->name, TEXT_ARG(word));
    }
    return data;
}

static const char *defaults_of(const char *command)
{
    for (const struct given_default *d = given.book->defaults; d->command; d++)
        if (strcmp(d->command, command) == 0)
            return d->words;
    return "";
}

/* As the runtime does: a command about an entity that is not there never reaches its decision. */
static bool target_missing(struct view *v, const struct command_row *row, const void *command)
{
    struct field_rows fields = row->record->fields();
    if (row->how != ON)
        return false;
    for (size_t i = 0; i < fields.count; i++)
        if (strcmp(fields.at[i].name, row->noun) == 0) {
            struct text id;
            memcpy(&id, (const uint8_t *)command + fields.at[i].offset, sizeof id);
            return !world_find(v->state, world_entity_named(row->noun), v->client, id);
        }
    fail_msg("%s names no %s", row->name, row->noun);
    return true;
}

static void play_command(struct text type, const char *line, struct text actor, struct text client)
{
    const struct service_type *s = given.book->service;
    const struct command_row *row = NULL;
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = client };
    struct decision d = { .view = &v };
    struct context ctx = {
        .now = given.now, .client = client, .actor = actor, .options = given.options
    };
    for (size_t i = 0; i < s->command_count; i++)
        if (text_equal(type, text_from(s->commands[i].name)))
            row = &s->commands[i];
    if (!row)
        fail_msg("no command: %.*s", TEXT_ARG(type));
    struct msg_error error;
    void *command = take_words(row->record, line, defaults_of(row->name), NULL, &arena);
    if (msg_check(row->record, command, &error) < 0) {
        fprintf(given.out, "invalid %s\n", error.field);
    } else if (target_missing(&v, row, command)) {
        fprintf(given.out, "missing %s\n", row->noun);
    } else {
        row->decide(&ctx, &v, command, &d);
        world_end_decision(&d, actor);
    }
    arena_free(&arena);
}

/* An event of the catalog, which belongs to the provider, about the entity of this id. */
static void play_copy(const char *line)
{
    const struct service_type *s = given.book->service;
    struct text type = words_next(&line), id = words_next(&line);
    size_t copies = 0;
    for (size_t i = 0; i < s->follow_count; i++)
        copies += s->follows[i].how == COPY && text_equal(type, text_from(s->follows[i].event));
    if (!copies)
        fail_msg("nothing is copied from: %.*s", TEXT_ARG(type));
    for (size_t i = 0; i < s->follow_count; i++) {
        const struct follow_row *row = &s->follows[i];
        struct arena arena = { 0 };
        if (row->how != COPY || !text_equal(type, text_from(row->event)))
            continue;
        void *data = copies == 1 ? take_words(row->record, line, "", NULL, &arena)
                                 : take_known_words(row->record, line, &arena);
        words_set_id(row->record, data, id);
        world_copy(row, PROVIDER_CLIENT, id, data, &arena);
        arena_free(&arena);
    }
}

static void play_query(const char *line, struct text client)
{
    const struct service_type *s = given.book->service;
    struct text name = words_next(&line);
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = client };
    struct answer a = { .limit = DEFAULT_LIMIT };
    struct context ctx = { .now = given.now, .client = client, .options = given.options };
    for (size_t i = 0; i < s->query_count; i++)
        if (text_equal(name, text_from(s->queries[i].name)))
            a.row = &s->queries[i];
    if (!a.row)
        fail_msg("no query: %.*s", TEXT_ARG(name));
    a.parameters = take_words(a.row->parameters, line, "", &a, &arena);
    a.arena = &arena;
    do {
        a.place = a.left_length ? arena_text(&arena, (struct text){ (char *)a.left, a.left_length })
                                : a.place;
        a.count = a.left_length = 0;
        a.row->query(&ctx, &v, a.parameters, &a);
    } while (a.all && a.left_length);
    arena_free(&arena);
}

/* A text outlives the line that said it. */
static void set_text_option(const struct option_row *row, size_t number, struct text value)
{
    static char kept[OPTIONS_MAX][OPTION_TEXT_MAX];
    assert_true(number < OPTIONS_MAX && value.length <= OPTION_TEXT_MAX);
    assert_in_range(value.length, row->min, row->max);
    if (value.length)
        memcpy(kept[number], value.at, value.length);
    struct text text = { kept[number], value.length };
    memcpy((char *)given.options + row->offset, &text, sizeof text);
}

/* A line goes on behind the value of a number, which strtol does not mind. */
static int64_t option_of(const struct option_row *row, struct text value)
{
    int64_t ret = 0;
    switch (row->kind) {
    case OPTION_INTEGER:
        return strtol(value.at, NULL, 10);
    case OPTION_CHOICE:
        ret = enumeration_value(row->values, value);
        assert_int_not_equal(ret, 0);
        return ret;
    case OPTION_DATE:
        assert_int_equal(text_empty(value) ? 0 : day_parse(value, &ret), 0);
        return ret;
    default:
        return words_duration(value);
    }
}

static void set_option(struct text word)
{
    const struct service_type *s = given.book->service;
    const char *equals = memchr(word.at, '=', word.length);
    struct text name = { word.at, (uint32_t)(equals - word.at) };
    struct text value = { equals + 1, word.length - name.length - 1 };
    for (size_t i = 0; i < s->option_count; i++) {
        const struct option_row *row = &s->options[i];
        int64_t *at = &given.options[row->offset / sizeof *given.options];
        if (!text_equal(name, text_from(row->name)))
            continue;
        if (row->kind == OPTION_TEXT)
            set_text_option(row, i, value);
        else
            *at = option_of(row, value);
        return;
    }
    fail_msg("no option: %.*s", TEXT_ARG(word));
}

static void play_line(const char *line)
{
    struct text word = words_next(&line), actor = text_from("ann");
    struct text client = given.book->service->single ? PROVIDER_CLIENT : text_from("acme");
    bool spoken_for = false;
    if (text_equal(word, text_from("option"))) {
        set_option(words_next(&line));
        return;
    }
    int64_t now = words_instant(word, given.now);
    word = words_next(&line);
    const char *at = memchr(word.at, '@', word.length);
    if (at) {
        actor = (struct text){ word.at, (uint32_t)(at - word.at) };
        client = (struct text){ at + 1, word.length - actor.length - 1 };
        spoken_for = true;
        word = words_next(&line);
    }
    if (text_equal(word, text_from("adopts"))) {
        world_adopt_clock(now);
        return;
    }
    if (text_equal(word, text_from("frozen"))) {
        given.now = now;
        word = words_next(&line);
    } else {
        world_pass(now, !text_equal(word, text_from("starts")));
    }
    if (text_equal(word, text_from("copies")))
        play_copy(line);
    else if (text_equal(word, text_from("hears")))
        world_hear(line, actor, client);
    else if (text_equal(word, text_from("sends")) || text_equal(word, text_from("fails")) ||
             text_equal(word, text_from("dies")))
        world_send(word, line);
    else if (text_equal(word, text_from("query")))
        play_query(line, spoken_for ? client : (struct text){ 0 });
    else if (!text_equal(word, text_from("passes")) && !text_equal(word, text_from("starts")))
        play_command(word, line, actor, client);
}

/* A copy of the line, so that nothing reads into the next one. */
static void play_script(const char *script)
{
    while (*script) {
        char line[LINE_MAX];
        size_t length = strcspn(script, "\n");
        assert_true(length < sizeof line);
        memcpy(line, script, length);
        line[length] = 0;
        if (line[strspn(line, " ")])
            play_line(line);
        script += length + (script[length] == '\n');
    }
}

const char *given_play(const char *format, ...)
{
    char *script = NULL;
    va_list arguments;
    va_start(arguments, format);
    assert_true(vasprintf(&script, format, arguments) >= 0);
    va_end(arguments);
    free(given.transcript);
    given.transcript = NULL;
    given.out = open_memstream(&given.transcript, &given.transcript_size);
    assert_non_null(given.out);
    play_script(script);
    fclose(given.out);
    free(script);
    return given.transcript;
}

/* --- worlds ----------------------------------------------------------------------------------- */

const struct entity_row *world_entity(int id)
{
    const struct service_type *s = given.book->service;
    for (size_t i = 0; i < s->entity_count; i++)
        if (s->entities[i].id == id)
            return &s->entities[i];
    fail_msg("the service has no entity %d", id);
    return NULL;
}

const struct entity_row *world_entity_named(const char *noun)
{
    const struct service_type *s = given.book->service;
    for (size_t i = 0; i < s->entity_count; i++)
        if (strcmp(s->entities[i].name, noun) == 0)
            return &s->entities[i];
    fail_msg("the service has no entity %s", noun);
    return NULL;
}

struct stored *world_find(struct state *state, const struct entity_row *row, struct text client,
                          struct text id)
{
    for (size_t i = 0; i < state->count; i++) {
        struct stored *s = &state->at[i];
        if (s->row == row && text_equal(text_from(s->client.at), client) &&
            text_equal(text_from(s->id.at), id))
            return s;
    }
    return NULL;
}

static void default_options(void)
{
    const struct service_type *s = given.book->service;
    assert_true(s->options_size <= sizeof given.options);
    for (size_t i = 0; i < s->option_count; i++) {
        const struct option_row *row = &s->options[i];
        int64_t *at = &given.options[row->offset / sizeof *given.options];
        if (row->kind == OPTION_TEXT)
            set_text_option(row, i, text_from(row->fallback));
        else if (row->kind == OPTION_DURATION)
            assert_int_equal(duration_parse(text_from(row->fallback), at), 0);
        else
            *at = option_of(row, text_from(row->fallback));
    }
}

void given_begin(const struct given_book *book)
{
    given.book = book;
    given.log_count = 0;
    given.now = words_instant(text_from("0"), 0);
    world_forget(&given.state);
    default_options();
}

void given_end(void)
{
    world_fold_again();
    world_forget(&given.state);
    world_forget_sent();
    for (size_t i = 0; i < given.log_count; i++)
        free(given.log[i].bytes);
    given.log_count = 0;
    free(given.transcript);
    given.transcript = NULL;
}

size_t given_size(int entity, const char *client, const char *id)
{
    const struct stored *s =
        world_find(&given.state, world_entity(entity), text_from(client), text_from(id));
    return s ? s->size : 0;
}

bool given_refused(int refusal)
{
    return given.refused[refusal];
}

/* --- transcripts ------------------------------------------------------------------------------ */

static bool has_word(const char *line, struct text word)
{
    struct text candidate;
    while (!text_empty(candidate = words_next(&line)))
        if (text_equal(candidate, word))
            return true;
    return false;
}

static bool line_fits(const char *expected, const char *actual)
{
    struct text word;
    while (!text_empty(word = words_next(&expected)))
        if (!has_word(actual, word))
            return false;
    return true;
}

static const char *next_line(const char *at)
{
    at += strcspn(at, "\n");
    return at + strspn(at, "\n ");
}

static bool transcript_fits(const char *then)
{
    const char *actual = given.transcript;
    then += strspn(then, "\n ");
    for (; *then && *actual; then = next_line(then), actual = next_line(actual))
        if (!line_fits(then, actual))
            return false;
    return !*then && !*actual;
}

void given_expect(const char *then)
{
    if (!transcript_fits(then))
        fail_msg("expected:\n%s\nbut there was:\n%s", then, given.transcript);
}

void given_rows(const struct given_book *book, const struct given_row *rows, size_t count)
{
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        given_begin(book);
        given_play("%s", rows[i].given);
        bool refusal = strstr(given.transcript, "refused") || strstr(given.transcript, "invalid");
        if (refusal)
            print_error("%s: given a no:\n%s\n", rows[i].words, given.transcript);
        given_play("%s", rows[i].when);
        bool fits = transcript_fits(rows[i].then);
        if (!fits)
            print_error("%s\nexpected:\n%s\nbut there was:\n%s\n", rows[i].words, rows[i].then,
                        given.transcript);
        failed += refusal || !fits;
        given_end();
    }
    assert_int_equal(failed, 0);
}
