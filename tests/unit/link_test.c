/* link: what was signed is read, and nothing else is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/service.h"
#include "common/suite/link.h"

static const struct suite_clock clock_real = { .rate = 1 };

static const int64_t NOW = INT64_C(1790000000123456);
static const uint8_t KEY[LINK_KEY_BYTES] = { 1, 2, 3 }, OTHER[LINK_KEY_BYTES] = { 1, 2, 4 };

static struct link given(void)
{
    return (struct link){ .purpose = TEXT_OF("ack"),
                          .subject = TEXT_OF("acme/esc-0192aa7c-1234-8abc-8def-0123456789ab"),
                          .actor = TEXT_OF("jürgen@example.org"),
                          .issued = NOW,
                          .expires = NOW + HOURS };
}

static struct text sign(struct arena *a, const struct link *l)
{
    struct text token = { 0 };
    assert_int_equal(link_sign(KEY, l, a, &token), 0);
    assert_true(token.length > 0 && token.length <= LINK_TOKEN_MAX);
    return token;
}

static void what_was_signed_is_read(void **state)
{
    struct arena a = { 0 };
    struct link l = given(), read = { 0 };
    struct text token = sign(&a, &l);
    (void)state;
    for (uint32_t i = 0; i < token.length; i++)
        assert_true(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                           token.at[i]) != NULL);
    assert_int_equal(link_read(KEY, token, NOW, &a, &read), 0);
    assert_true(text_equal(read.purpose, l.purpose));
    assert_true(text_equal(read.subject, l.subject));
    assert_true(text_equal(read.actor, l.actor));
    assert_int_equal(read.issued, l.issued);
    assert_int_equal(read.expires, l.expires);
    arena_free(&a);
}

static void it_ends(void **state)
{
    struct arena a = { 0 };
    struct link l = given(), read = { 0 };
    struct text token = sign(&a, &l);
    (void)state;
    assert_int_equal(link_read(KEY, token, l.expires - 1, &a, &read), 0);
    assert_int_equal(link_read(KEY, token, l.expires, &a, &read), -ETIME);
    assert_true(text_equal(read.subject, l.subject)); /* filled, to say what has expired */
    arena_free(&a);
}

static void refused(struct arena *a, const uint8_t *key, struct text token)
{
    struct link read = { 0 };
    assert_int_equal(link_read(key, token, NOW, a, &read), -EBADMSG);
    assert_int_equal(read.purpose.length, 0); /* untouched */
}

static void nothing_else_is_read(void **state)
{
    static const char *const foreign[] = { "", "A", "AAAA", "====", "eyJhbGciOiJIUzI1NiJ9.e30.x" };
    struct arena a = { 0 };
    struct link l = given();
    struct text token = sign(&a, &l);
    char longer[LINK_TOKEN_MAX + 8];
    (void)state;
    refused(&a, OTHER, token);
    for (uint32_t i = 0; i < token.length; i++) /* cut off at either end */
        refused(&a, KEY, (struct text){ token.at, i });
    for (uint32_t i = 1; i < token.length; i++)
        refused(&a, KEY, (struct text){ token.at + i, token.length - i });
    for (uint32_t i = 0; i < token.length; i++) /* every other byte at every place */
        for (int c = 0; c < 256; c++) {
            char *changed = arena_copy(&a, token.at, token.length);
            changed[i] = (char)c;
            if (changed[i] != token.at[i])
                refused(&a, KEY, (struct text){ changed, token.length });
        }
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        refused(&a, KEY, text_from(foreign[i]));
    for (const char *c = "A=\n ."; *c; c++) {
        memcpy(longer, token.at, token.length);
        longer[token.length] = *c;
        refused(&a, KEY, (struct text){ longer, token.length + 1 });
    }
    memset(longer, 'A', sizeof longer);
    refused(&a, KEY, (struct text){ longer, sizeof longer });
    arena_free(&a);
}

/* The whole is signed: a session's token is none that acknowledges. */
static void every_part_is_signed(void **state)
{
    struct arena a = { 0 };
    struct link one = given(), other[5];
    struct text token = sign(&a, &one);
    (void)state;
    for (size_t i = 0; i < 5; i++)
        other[i] = one;
    other[0].purpose = text_from("session");
    other[1].subject = text_from("acme/esc-2");
    other[2].actor = text_from("eve");
    other[3].issued++;
    other[4].expires++;
    for (size_t i = 0; i < 5; i++) {
        struct text changed = sign(&a, &other[i]);
        assert_false(text_equal(token, changed));
        struct id x = link_command(&clock_real, &one, token),
                  y = link_command(&clock_real, &other[i], changed);
        assert_memory_not_equal(&x, &y, sizeof x);
        char *spliced = arena_copy(&a, changed.at, changed.length);
        memcpy(spliced + changed.length - 20, token.at + token.length - 20, 20);
        refused(&a, KEY, (struct text){ spliced, changed.length });
    }
    arena_free(&a);
}

/* Well signed, but by a program that wrote something else. */
static void a_good_signature_does_not_excuse_a_bad_body(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } bodies[] = { { "\x94\xa1p\xa1s\xa1"
                     "a\x01",
                     8 },
                   { "\x95\xa1p\xa1s\xa1"
                     "a\x01\x7f\x00",
                     10 },
                   { "\x95\xa1p\xa1s\x01\x01\x7f", 8 },
                   { "\x95\xa1p\xa1s\xa1\xff\x01\x7f", 9 },
                   { "\x95\xa1p\xa1s\xa1"
                     "a\xc3\x7f",
                     9 },
                   { "\x95\xa1p\xa1s\xa1", 6 } };
    static const char context[] = "redress link 1";
    struct arena a = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        uint8_t bytes[64];
        char token[128];
        crypto_generichash_state h;
        memcpy(bytes, bodies[i].bytes, bodies[i].size);
        crypto_generichash_init(&h, KEY, sizeof KEY, 16);
        crypto_generichash_update(&h, (const uint8_t *)context, sizeof context);
        crypto_generichash_update(&h, bytes, bodies[i].size);
        crypto_generichash_final(&h, bytes + bodies[i].size, 16);
        sodium_bin2base64(token, sizeof token, bytes, bodies[i].size + 16,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        refused(&a, KEY, text_from(token));
    }
    arena_free(&a);
}

static void the_length_is_bounded(void **state)
{
    struct arena a = { 0 };
    struct link l = given();
    struct text token;
    char subject[2000];
    uint32_t longest = 0;
    (void)state;
    memset(subject, 'x', sizeof subject);
    for (uint32_t n = 1; n < sizeof subject; n++) {
        l.subject = (struct text){ subject, n };
        int r = link_sign(KEY, &l, &a, &token);
        assert_true(r == 0 || r == -EMSGSIZE);
        if (r == 0) {
            struct link read;
            assert_true(longest == n - 1 && token.length <= LINK_TOKEN_MAX);
            assert_int_equal(link_read(KEY, token, NOW, &a, &read), 0);
            longest = n;
        }
        arena_reset(&a);
    }
    assert_true(longest > 450 && longest < LINK_TOKEN_MAX);
    arena_free(&a);
}

static void the_command_is_the_tokens(void **state)
{
    struct arena a = { 0 };
    struct link l = given(), read;
    struct text token = sign(&a, &l);
    (void)state;
    assert_int_equal(link_read(KEY, token, NOW + MINUTES, &a, &read), 0);
    struct id first = link_command(&clock_real, &l, token),
              second = link_command(&clock_real, &read, token);
    assert_memory_equal(&first, &second, sizeof first);
    assert_int_equal(id_milliseconds(&first), NOW / 1000);
    assert_int_equal(id_version(&first), 7);
    /* On a clock that runs 60 times as fast, an hour behind its anchor is a minute. */
    const struct suite_clock fast = { .anchor_real = NOW - HOURS,
                                      .anchor_suite = NOW - HOURS,
                                      .rate = 60 };
    first = link_command(&fast, &l, token);
    assert_int_equal(id_milliseconds(&first), (NOW - HOURS + MINUTES) / 1000);
    arena_free(&a);
}

/* --- the key ------------------------------------------------------------------------------------
 */

enum { MAKERS = 8 };

static void processes_at_once_have_one_key(void **state)
{
    struct suite s = { .partitions = 1 };
    struct stat st;
    char path[SUITE_PATH_MAX + 8], command[SUITE_PATH_MAX + 16];
    uint8_t again[LINK_KEY_BYTES], zero[LINK_KEY_BYTES] = { 0 };
    pid_t makers[MAKERS];
    int gate[2], status;
    (void)state;
    uint8_t(*keys)[LINK_KEY_BYTES] = mmap(NULL, MAKERS * sizeof *keys, PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(keys != MAP_FAILED);
    snprintf(s.directory, sizeof s.directory, "/tmp/rd-link-XXXXXX");
    assert_non_null(mkdtemp(s.directory));
    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < MAKERS; i++) {
        makers[i] = fork();
        assert_true(makers[i] >= 0);
        if (makers[i] == 0) {
            char c;
            close(gate[1]);
            bool open = read(gate[0], &c, 1) == 0; /* until the parent closes its end */
            _exit(open && link_key(&s, keys[i]) == 0 ? 0 : 1);
        }
    }
    close(gate[1]);
    close(gate[0]);
    for (int i = 0; i < MAKERS; i++) {
        assert_int_equal(waitpid(makers[i], &status, 0), makers[i]);
        assert_int_equal(status, 0);
        assert_memory_equal(keys[i], keys[0], LINK_KEY_BYTES);
    }
    assert_memory_not_equal(keys[0], zero, LINK_KEY_BYTES);
    assert_int_equal(link_key(&s, again), 0);
    assert_memory_equal(again, keys[0], LINK_KEY_BYTES);
    snprintf(path, sizeof path, "%s/key", s.directory);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_nlink, 1); /* nothing temporary is left */
    assert_int_equal(truncate(path, LINK_KEY_BYTES - 1), 0);
    assert_int_equal(link_key(&s, again), -EBADMSG);
    snprintf(command, sizeof command, "rm -r %s", s.directory);
    assert_int_equal(system(command), 0);
    munmap(keys, MAKERS * sizeof *keys);
}

static void another_suite_has_another_key(void **state)
{
    struct suite s[2] = { { .partitions = 1 }, { .partitions = 1 } };
    uint8_t keys[2][LINK_KEY_BYTES];
    char command[sizeof s + 16];
    (void)state;
    for (int i = 0; i < 2; i++) {
        snprintf(s[i].directory, sizeof s[i].directory, "/tmp/rd-link-XXXXXX");
        assert_non_null(mkdtemp(s[i].directory));
        assert_int_equal(link_key(&s[i], keys[i]), 0);
        snprintf(command, sizeof command, "rm -r %s", s[i].directory);
        assert_int_equal(system(command), 0);
        assert_int_equal(link_key(&s[i], keys[i]), -ENOENT);
    }
    assert_memory_not_equal(keys[0], keys[1], LINK_KEY_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_signed_is_read),
        cmocka_unit_test(it_ends),
        cmocka_unit_test(nothing_else_is_read),
        cmocka_unit_test(every_part_is_signed),
        cmocka_unit_test(a_good_signature_does_not_excuse_a_bad_body),
        cmocka_unit_test(the_length_is_bounded),
        cmocka_unit_test(the_command_is_the_tokens),
        cmocka_unit_test(processes_at_once_have_one_key),
        cmocka_unit_test(another_suite_has_another_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
