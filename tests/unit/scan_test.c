/* Tests of the guard in front of every decoder: msg_scan, msg_member and the typed readers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/token.h"
#include "tests/unit/sample.h"

/* The bytes are copied to the end of an exact allocation, so that the sanitizer sees a read beyond
 * them. */
static int scan(const void *bytes, size_t size, struct msg_error *e)
{
    void *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    if (size)
        memcpy(exact, bytes, size);
    memset(e, 0, sizeof *e);
    int rc = msg_scan(exact, size, MSG_FRAME_MAX, e);
    free(exact);
    return rc;
}

static void expect_rule(const char *bytes, size_t size, const char *field, const char *rule)
{
    struct msg_error e;
    assert_int_equal(scan(bytes, size, &e), -EBADMSG);
    assert_string_equal(e.rule, rule);
    assert_string_equal(e.field, field);
}
#define REFUSED(bytes, field, rule) expect_rule((bytes), sizeof(bytes) - 1, (field), (rule))

static void expect_taken(const char *bytes, size_t size)
{
    struct msg_error e;
    if (scan(bytes, size, &e) < 0)
        fail_msg("%s %s", e.field, e.rule);
}
#define TAKEN(bytes) expect_taken((bytes), sizeof(bytes) - 1)

#define WHOLE "must be whole MessagePack"

static void every_form_is_taken(void **state)
{
    (void)state;
    TAKEN("\x00");
    TAKEN("\x7f");
    TAKEN("\xff");
    TAKEN("\xc0");
    TAKEN("\xc2");
    TAKEN("\xc3");
    TAKEN("\xcc\xff");
    TAKEN("\xcd\xff\xff");
    TAKEN("\xce\xff\xff\xff\xff");
    TAKEN("\xcf\xff\xff\xff\xff\xff\xff\xff\xff");
    TAKEN("\xd0\x80");
    TAKEN("\xd1\x80\x00");
    TAKEN("\xd2\x80\x00\x00\x00");
    TAKEN("\xd3\x80\x00\x00\x00\x00\x00\x00\x00");
    TAKEN("\xca\x00\x00\x00\x00");
    TAKEN("\xcb\x00\x00\x00\x00\x00\x00\x00\x00");
    TAKEN("\xa0");
    TAKEN("\xa1x");
    TAKEN("\xd9\x01x");
    TAKEN("\xda\x00\x01x");
    TAKEN("\xdb\x00\x00\x00\x01x");
    TAKEN("\xc4\x01\xff");
    TAKEN("\xc5\x00\x01\xff");
    TAKEN("\xc6\x00\x00\x00\x01\xff");
    TAKEN("\x90");
    TAKEN("\x92\x01\x02");
    TAKEN("\xdc\x00\x01\x01");
    TAKEN("\xdd\x00\x00\x00\x01\x01");
    TAKEN("\x80");
    TAKEN("\x81\xa1k\x01");
    TAKEN("\xde\x00\x01\xa1k\x01");
    TAKEN("\xdf\x00\x00\x00\x01\xa1k\x01");
}

static void every_extension_is_refused(void **state)
{
    const char *rule = "must not be an extension type";
    (void)state;
    REFUSED("\xd4\x01\x00", "", rule);
    REFUSED("\xd5\x01\x00\x00", "", rule);
    REFUSED("\xd6\xff\x00\x00\x00\x00", "", rule);
    REFUSED("\xd7\xff\x00\x00\x00\x00\x00\x00\x00\x00", "", rule);
    REFUSED("\xd8\x01................", "", rule);
    REFUSED("\xc7\x00\x01", "", rule);
    REFUSED("\xc8\x00\x00\x01", "", rule);
    REFUSED("\xc9\x00\x00\x00\x00\x01", "", rule);
    REFUSED("\xc9\xff\xff\xff\xff\x01", "", WHOLE);
    REFUSED("\x81\xa1k\xd4\x01\x00", "k", rule);
}

/* Every message cut short at every byte. */
static void cut_messages_are_refused(void **state)
{
    static const char whole[] = "\x8a\xa1"
                                "a\xcd\xff\xff\xa1"
                                "b\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xa1"
                                "c\xd9\x03xyz\xa1"
                                "d\xc4\x02\xff\xff\xa1"
                                "e\x93\x01\x02\x91\xc0\xa1"
                                "f\x81\xa1g\xc3\xa1"
                                "h\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xa1"
                                "i\xda\x00\x02zz\xa1"
                                "j\xdd\x00\x00\x00\x01\x00\xa1"
                                "k\xdf\x00\x00\x00\x01\xa1l\xd2\x80\x00\x00\x00";
    struct msg_error e;
    (void)state;
    TAKEN(whole);
    for (size_t size = 0; size + 1 < sizeof whole; size++)
        if (scan(whole, size, &e) != -EBADMSG)
            fail_msg("taken when cut at %zu", size);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    REFUSED("", "", WHOLE);
    REFUSED("\xc1", "", WHOLE);
    REFUSED("\x01\x01", "", "must have nothing behind its one value");
    REFUSED("\x81\x01\x01", "", "must have text as keys");
    REFUSED("\x81\xc4\x01k\x01", "", "must have text as keys");
    REFUSED("\x81\x90\x01", "", "must have text as keys");
    REFUSED("\x81\xa4"
            "data\x81\xa5steps\x93\x80\x80\x81\xa5"
            "after\xa1\xff",
            "data.steps[2].after", "must be UTF-8 text");
    REFUSED("\x81\xa4"
            "data\x81\xa1\xff\x01",
            "data.?", "must be UTF-8 text");
    REFUSED("\x92\x01\xa1\x80", "[1]", "must be UTF-8 text");
}

static void bombs_are_refused_without_memory(void **state)
{
    char nested[150];
    (void)state;
    REFUSED("\xdf\xff\xff\xff\xff", "", "must leave the message at most 4096 values");
    REFUSED("\xdd\xff\xff\xff\xff", "", "must leave the message at most 4096 values");
    REFUSED("\xdd\x00\x00\x10\x00", "", "must hold as many values as it announces");
    REFUSED("\xde\x08\x00", "", "must hold as many values as it announces");
    REFUSED("\xdb\xff\xff\xff\xff", "", WHOLE);
    REFUSED("\xc6\xff\xff\xff\xff", "", WHOLE);
    memset(nested, 0x91, sizeof nested);
    expect_rule(nested, sizeof nested, "[0][0][0][0][0][0][0][0]", "must nest at most 8 deep");
    memset(nested, 0x81, sizeof nested);
    expect_rule(nested, sizeof nested, "", "must have text as keys");
    /* each array announces what one alone could still hold: the sum cannot */
    REFUSED("\x93\x93\x93\x01\x02\x03\x04", "[0][0]", "must hold as many values as it announces");
}

static void depth_ends_at_eight(void **state)
{
    char bytes[MSG_DEPTH_MAX + 2];
    (void)state;
    memset(bytes, 0x91, sizeof bytes);
    bytes[MSG_DEPTH_MAX] = 0x01;
    expect_taken(bytes, MSG_DEPTH_MAX + 1);
    bytes[MSG_DEPTH_MAX] = (char)0x91;
    bytes[MSG_DEPTH_MAX + 1] = 0x01;
    expect_rule(bytes, sizeof bytes, "[0][0][0][0][0][0][0][0]", "must nest at most 8 deep");
    /* depth is given back: many shallow siblings are no deep message */
    TAKEN("\x9a\x91\x01\x91\x01\x91\x01\x91\x01\x91\x01\x91\x01\x91\x01\x91\x01\x91\x01\x91\x01");
}

static void elements_end_at_4096(void **state)
{
    static char bytes[3 + 3 * 3000];
    (void)state;
    memset(bytes, 0xc0, sizeof bytes);
    memcpy(bytes, "\xdc\x10\x00", 3);
    expect_taken(bytes, 3 + 4096);
    memcpy(bytes, "\xdc\x10\x01", 3);
    expect_rule(bytes, 3 + 4097, "", "must leave the message at most 4096 values");
    /* a map entry counts as two */
    memcpy(bytes, "\xde\x08\x00", 3);
    for (size_t i = 0; i < 2049; i++)
        memcpy(bytes + 3 + 3 * i, "\xa1k\x01", 3);
    expect_taken(bytes, 3 + 3 * 2048);
    memcpy(bytes, "\xde\x08\x01", 3);
    expect_rule(bytes, 3 + 3 * 2049, "", "must leave the message at most 4096 values");
    /* the budget is one for the whole message: 1 + 2048 + 2047 + one more */
    memset(bytes, 0xc0, sizeof bytes);
    memcpy(bytes, "\x92\xdc\x08\x00", 4);
    memcpy(bytes + 4 + 2048, "\xdc\x07\xfe", 3);
    expect_taken(bytes, 4 + 2048 + 3 + 2046);
    memcpy(bytes + 4 + 2048, "\xdc\x07\xff", 3);
    expect_rule(bytes, 4 + 2048 + 3 + 2047, "[1]", "must leave the message at most 4096 values");
}

static void size_ends_at_the_limit(void **state)
{
    struct msg_error e;
    (void)state;
    assert_int_equal(msg_scan("\xa3xyz", 4, 4, &e), 0);
    assert_int_equal(msg_scan("\xa3xyz", 4, 3, &e), -EBADMSG);
    assert_string_equal(e.rule, "must be at most 3 bytes");
    assert_int_equal(msg_scan(NULL, 0, 4, &e), -EBADMSG);
}

static void utf8_is_strict(void **state)
{
    static const char *const good[] = { "a",
                                        "é",
                                        "߿",
                                        "ࠀ",
                                        "퟿",
                                        "",
                                        "\xef\xbf\xbf",
                                        "𐀀",
                                        "\xf4\x8f\xbf\xbf",
                                        "01234567é",
                                        "0123456漢89abcdef" };
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc3\x28",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xf0\x9f\x9a",
        "\xe2\x28\xa1",
        "\xf0\x9f\x28\x91",
        "\xf0\x9f\x9a\x28",
        "01234567\x80",
        "0123456\xff",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(text_is_utf8(text_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_is_utf8(text_from(bad[i])))
            fail_msg("taken: bad[%zu]", i);
    assert_true(text_is_utf8((struct text){ 0 }));
    assert_true(text_is_utf8((struct text){ "\0", 1 }));
}

static void long_paths_stay_within_their_room(void **state)
{
    static char bytes[1024];
    struct msg_error e;
    size_t used = 0;
    (void)state;
    for (int i = 0; i < MSG_DEPTH_MAX; i++) {
        bytes[used++] = (char)0x81;
        bytes[used++] = (char)0xd9;
        bytes[used++] = 100;
        memset(bytes + used, 'k', 100);
        used += 100;
    }
    bytes[used++] = (char)0xc1;
    assert_int_equal(scan(bytes, used, &e), -EBADMSG);
    assert_true(strlen(e.field) > 100 && strlen(e.field) < sizeof e.field);
}

static void members_are_found(void **state)
{
    static const char map[] = "\x84\xa1"
                              "a\x93\x01\x81\xa1x\x02\x03\xa1"
                              "b\xa2hi\xa1"
                              "c\xd1\xff\x00\xa1"
                              "d\xcf\xff\xff\xff\xff\xff\xff\xff\xff";
    const void *at = NULL;
    size_t size = 0;
    struct text t = { 0 };
    int64_t v = 4711;
    (void)state;
    assert_int_equal(msg_member(map, sizeof map - 1, "a", &at, &size), 0);
    assert_int_equal(size, 7);
    assert_int_equal(msg_read_integer(at, size, &v), -EBADMSG);
    assert_int_equal(msg_member(map, sizeof map - 1, "b", &at, &size), 0);
    assert_int_equal(msg_read_text(at, size, &t), 0);
    assert_true(text_equal(t, text_from("hi")));
    assert_int_equal(msg_read_integer(at, size, &v), -EBADMSG);
    assert_int_equal(msg_member(map, sizeof map - 1, "c", &at, &size), 0);
    assert_int_equal(msg_read_text(at, size, &t), -EBADMSG);
    assert_int_equal(msg_member(map, sizeof map - 1, "d", &at, &size), 0);
    assert_int_equal(msg_read_integer(at, size, &v), -EBADMSG);
    assert_int_equal(v, 4711);
    assert_int_equal(msg_member(map, sizeof map - 1, "x", &at, &size), -ENOENT);
    assert_int_equal(msg_member("\x93\x01\x02\x03", 4, "x", &at, &size), -EBADMSG);
    assert_int_equal(msg_member("\xde\x00\x01\xa1", 4, "x", &at, &size), -EBADMSG);
    assert_int_equal(msg_read_integer("\xd1\xff\x00", 3, &v), 0);
    assert_int_equal(v, -256);
}

static void noise_never_harms(void **state)
{
    uint64_t seed = 7;
    struct msg_error e;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        char bytes[48];
        size_t size = sample_random(&seed) % sizeof bytes;
        for (size_t j = 0; j < size; j++) /* headers of containers and texts more often than not */
            bytes[j] = (char)(sample_random(&seed) & 1 ? sample_random(&seed)
                                                       : 0x80 | sample_random(&seed) % 0x60);
        int rc = scan(bytes, size, &e);
        assert_true(rc == 0 || (rc == -EBADMSG && e.rule[0]));
        assert_true(text_is_utf8(text_from(e.field)) && text_is_utf8(text_from(e.rule)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_taken),
        cmocka_unit_test(every_extension_is_refused),
        cmocka_unit_test(cut_messages_are_refused),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(bombs_are_refused_without_memory),
        cmocka_unit_test(depth_ends_at_eight),
        cmocka_unit_test(elements_end_at_4096),
        cmocka_unit_test(size_ends_at_the_limit),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(long_paths_stay_within_their_room),
        cmocka_unit_test(members_are_found),
        cmocka_unit_test(noise_never_harms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
