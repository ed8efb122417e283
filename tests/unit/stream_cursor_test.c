/* stream_cursor_test: ids of events there and back, and everything that is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/gateway/stream_cursor.h"

static const struct cursor_key key = { { 1, 2, 3, 4 }, { 5, 6, 7, 8, 9, 10, 11, 12 } };

static void there_and_back(void **state)
{
    static const uint64_t numbers[] = { 0,     1,        127,        128,      16383,
                                        16384, 1u << 28, 1ull << 56, INT64_MAX };
    enum { NUMBERS = sizeof numbers / sizeof *numbers, COUNT = NUMBERS * NUMBERS };
    struct place places[COUNT], back[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        places[i] = (struct place){ numbers[i / NUMBERS], numbers[i % NUMBERS] };
    for (size_t count = 0; count <= COUNT; count++) {
        char *text = malloc(cursor_room(count));
        size_t length = cursor_print(&key, places, count, text);
        assert_true(length < cursor_room(count));
        assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
                         length);
        assert_int_equal(cursor_parse(text_from(text), &key, back, count), 0);
        assert_memory_equal(back, places, count * sizeof *places);
        /* one log more or less is no id of this stream */
        assert_int_equal(cursor_parse(text_from(text), &key, back, count + 1), -EBADMSG);
        if (count)
            assert_int_equal(cursor_parse(text_from(text), &key, back, count - 1), -EBADMSG);
        free(text);
    }
}

static void the_longest(void **state)
{
    static struct place places[CURSOR_LOGS_MAX], back[CURSOR_LOGS_MAX];
    char *text = malloc(cursor_room(CURSOR_LOGS_MAX));
    (void)state;
    for (size_t i = 0; i < CURSOR_LOGS_MAX; i++)
        places[i] = (struct place){ INT64_MAX, INT64_MAX };
    size_t length = cursor_print(&key, places, CURSOR_LOGS_MAX, text);
    assert_int_equal(length + 1, cursor_room(CURSOR_LOGS_MAX));
    assert_int_equal(cursor_parse(text_from(text), &key, back, CURSOR_LOGS_MAX), 0);
    assert_memory_equal(back, places, sizeof places);
    free(text);
}

static void another_suite_or_filter(void **state)
{
    const struct place place = { 3, 77 };
    struct place back;
    struct cursor_key other = key;
    char text[128];
    (void)state;
    assert_true(sizeof text >= cursor_room(1));
    cursor_print(&key, &place, 1, text);
    other.filter[CURSOR_FILTER - 1] ^= 1;
    assert_int_equal(cursor_parse(text_from(text), &other, &back, 1), -EINVAL);
    other.layout[0] ^= 1; /* another suite is said first: its filter means nothing here */
    assert_int_equal(cursor_parse(text_from(text), &other, &back, 1), -EXDEV);
}

/* "AQ" begins version 1; layout and filter of `key` follow. */
#define HEAD "AQECAwQFBgcICQoLDA"

static void hostile(void **state)
{
    static const char *const wrong[] = {
        "",
        "AQ",
        "A",
        "====",
        "not base64!",
        HEAD, /* no numbers */
        HEAD "AQ=", /* padding */
        HEAD "-_+/", /* the other alphabet */
        "AgECAwQFBgcICQoLDAEB", /* version 2 */
    };
    struct place place, back;
    char text[128], cut[128];
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(cursor_parse(text_from(wrong[i]), &key, &back, 1), -EBADMSG);
    place = (struct place){ 1ull << 40, INT64_MAX };
    size_t length = cursor_print(&key, &place, 1, text);
    /* Every prefix, and every prefix with something behind it. */
    for (uint32_t n = 0; n < length; n++)
        assert_true(cursor_parse((struct text){ text, n }, &key, &back, 1) < 0);
    for (const char *c = "AB-_ \n%="; *c; c++) {
        memcpy(cut, text, length);
        cut[length] = *c;
        assert_int_equal(cursor_parse((struct text){ cut, (uint32_t)length + 1 }, &key, &back, 1),
                         -EBADMSG);
    }
    /* A NUL in the middle does not end it. */
    memcpy(cut, text, length);
    cut[length] = '\0';
    assert_int_equal(cursor_parse((struct text){ cut, (uint32_t)length + 1 }, &key, &back, 1),
                     -EBADMSG);
}

/* The bytes behind the head, as they come. */
static int parse_numbers(const uint8_t *bytes, size_t size, struct place *ret)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t all[64] = { 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
    char text[128];
    uint32_t n = 0;
    memcpy(all + 13, bytes, size);
    for (size_t bit = 0; bit < 8 * (13 + size); bit += 6) {
        unsigned two = (unsigned)all[bit / 8] << 8 | all[bit / 8 + 1];
        text[n++] = digits[two >> (10 - bit % 8) & 63];
    }
    return cursor_parse((struct text){ text, n }, &key, ret, 1);
}

static void numbers_have_one_form(void **state)
{
    struct place p;
    (void)state;
    assert_int_equal(parse_numbers((const uint8_t[]){ 5, 0x80, 1 }, 3, &p), 0);
    assert_true(p.epoch == 5 && p.sequence == 128);
    assert_int_equal(parse_numbers((const uint8_t[]){ 5, 0x80, 0 }, 3, &p), -EBADMSG);
    assert_int_equal(parse_numbers((const uint8_t[]){ 5, 0x80 }, 2, &p), -EBADMSG);
    const uint8_t most[] = { 5, 255, 255, 255, 255, 255, 255, 255, 255, 127 };
    assert_int_equal(parse_numbers(most, sizeof most, &p), 0);
    assert_true(p.sequence == INT64_MAX);
    const uint8_t more[] = { 5, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 };
    assert_int_equal(parse_numbers(more, sizeof more, &p), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),          cmocka_unit_test(the_longest),
        cmocka_unit_test(another_suite_or_filter), cmocka_unit_test(hostile),
        cmocka_unit_test(numbers_have_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
