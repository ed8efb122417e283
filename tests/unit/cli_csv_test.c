/* Tests of the reader of comma-separated files: what it accepts, what it skips, and which line it
 * names. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "services/cli/csv.h"

static char path[] = "/tmp/redress-csv-XXXXXX";

static void write_file(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* All of a file as "line|cell|cell\n", errors as "line!rule\n". */
static char *read_all(const char *bytes, size_t size, char delimiter)
{
    struct csv *c;
    struct csv_record r;
    struct csv_error e;
    char *all = NULL;
    size_t length;
    int n;
    FILE *out = open_memstream(&all, &length);
    if (bytes)
        write_file(bytes, size);
    assert_int_equal(csv_open(path, delimiter, &c), 0);
    while ((n = csv_next(c, &r, &e)) != 0) {
        fprintf(out, "%llu", (unsigned long long)(n == 1 ? r.line : e.line));
        for (uint32_t i = 0; n == 1 && i < r.count; i++)
            fprintf(out, "|%.*s", TEXT_ARG(r.cells[i]));
        fprintf(out, n == 1 ? "\n" : "!%s\n", e.rule);
        if (n == -EIO)
            break;
    }
    csv_close(&c);
    assert_null(c);
    fclose(out);
    return all;
}

static void expect(const char *bytes, const char *wanted)
{
    char *all = read_all(bytes, strlen(bytes), ',');
    assert_string_equal(all, wanted);
    free(all);
}

static void cells_are_split(void **state)
{
    (void)state;
    expect("", "");
    expect("a,b\n", "1|a|b\n");
    expect("a,b", "1|a|b\n");
    expect("a,b\r\nc,d\r\n", "1|a|b\n2|c|d\n");
    expect("a,,\n,\n", "1|a||\n2||\n");
    expect("a\n\n\r\nb\n", "1|a\n4|b\n");
    expect("\xef\xbb\xbf"
           "a,b\n",
           "1|a|b\n");
    expect("a b , c\n", "1|a b | c\n");
    expect("a\rb,c\n", "1|a\rb|c\n");
}

static void quotes_are_taken_off(void **state)
{
    (void)state;
    expect("\"a\",\"b,c\"\n", "1|a|b,c\n");
    expect("\"say \"\"hi\"\"\",x\r\n", "1|say \"hi\"|x\n");
    expect("\"\"\"\",\"\"\n", "1|\"|\n");
    expect("x,\"\"", "1|x|\n");
}

static void lines_are_counted_inside_quotes(void **state)
{
    (void)state;
    expect("h\n\"a\nb\r\nc\",x\nlast\n", "1|h\n2|a\nb\r\nc|x\n5|last\n");
}

static void a_bad_record_spoils_one_line(void **state)
{
    (void)state;
    expect("a\"b\nc\n", "1!a quote stands inside a cell that does not begin with one\n2|c\n");
    expect("\"a\"b,c\nd\n", "1!text stands behind a closing quote\n2|d\n");
    expect("1,\"open\n2,\"shut\",x\n3,y\n",
           "1!text stands behind a closing quote\n2|2|shut|x\n3|3|y\n");
    expect("a\n\"open\nb\n", "1|a\n2!a quote is opened and never closed\n3|b\n");
    expect("a\n\"open", "1|a\n2!a quote is opened and never closed\n");
    expect("\xc3\x28\nb\n", "1!it is not UTF-8 text\n2|b\n");
    expect("\xed\xa0\x80\n\xf4\x90\x80\x80\n\xc0\xaf\nb\n",
           "1!it is not UTF-8 text\n2!it is not UTF-8 text\n3!it is not UTF-8 text\n4|b\n");
}

static void zero_bytes_are_refused(void **state)
{
    (void)state;
    char *all = read_all("a\0b,c\nd\n", 8, ',');
    assert_string_equal(all, "1!it is not UTF-8 text\n2|d\n");
    free(all);
}

static void another_delimiter(void **state)
{
    (void)state;
    char *all = read_all("a;b,c;\"d;e\"\n", 12, ';');
    assert_string_equal(all, "1|a|b,c|d;e\n");
    free(all);
}

static void too_many_cells(void **state)
{
    char line[CSV_COLUMNS_MAX + 3];
    (void)state;
    memset(line, ',', CSV_COLUMNS_MAX);
    memcpy(line + CSV_COLUMNS_MAX, "\nx", 3);
    char *all = read_all(line, strlen(line), ',');
    assert_string_equal(all, "1!it has more cells than this program reads (512)\n2|x\n");
    free(all);
}

/* An open quote at the beginning of megabytes: the line is skipped and the rest is read, whatever
 * the buffer's bounds. */
static void a_record_has_a_limit(void **state)
{
    enum { LINES = 200000 };
    char *bytes = NULL;
    size_t size;
    struct csv *c;
    struct csv_record r;
    struct csv_error e;
    uint64_t rows = 0, bad = 0;
    int n;
    (void)state;
    FILE *out = open_memstream(&bytes, &size);
    fputs("\"open\n", out);
    for (int i = 0; i < LINES; i++)
        fprintf(out, "%d,word\n", i);
    fclose(out);
    write_file(bytes, size);
    free(bytes);
    assert_int_equal(csv_open(path, ',', &c), 0);
    while ((n = csv_next(c, &r, &e)) != 0) {
        if (n == 1)
            assert_int_equal(r.line, ++rows + 1);
        else
            bad += e.line == 1;
    }
    csv_close(&c);
    assert_int_equal(rows, LINES);
    assert_int_equal(bad, 1);
}

/* Records of every length around the size of the buffer's parts. */
static void records_cross_the_buffers_bounds(void **state)
{
    char *bytes = NULL;
    size_t size;
    struct csv *c;
    struct csv_record r;
    struct csv_error e;
    (void)state;
    FILE *out = open_memstream(&bytes, &size);
    for (int i = 0; i < 3000; i++)
        fprintf(out, "%d,\"%0*d\"\"\n\",%d\n", i, i % 997 + 1, 7, i);
    fclose(out);
    write_file(bytes, size);
    free(bytes);
    assert_int_equal(csv_open(path, ',', &c), 0);
    for (int i = 0; i < 3000; i++) {
        assert_int_equal(csv_next(c, &r, &e), 1);
        assert_int_equal(r.count, 3);
        assert_int_equal(r.line, 2 * i + 1);
        assert_int_equal(r.cells[1].length, i % 997 + 3);
        assert_int_equal(r.cells[1].at[r.cells[1].length - 2], '"');
        assert_int_equal(strtol(r.cells[0].at, NULL, 10), i);
    }
    assert_int_equal(csv_next(c, &r, &e), 0);
    csv_close(&c);
}

static void compressed_files(void **state)
{
    (void)state;
    gzFile file = gzopen(path, "wb");
    assert_int_equal(gzputs(file, "a,b\nc,d\n"), 8);
    gzclose(file);
    char *all = read_all(NULL, 0, ',');
    assert_string_equal(all, "1|a|b\n2|c|d\n");
    free(all);
}

static void a_compressed_file_cut_short(void **state)
{
    char bytes[4096];
    (void)state;
    gzFile file = gzopen(path, "wb");
    for (int i = 0; i < 100000; i++)
        gzprintf(file, "%d,%d\n", i, i * 7919 % 104729);
    gzclose(file);
    FILE *in = fopen(path, "r");
    size_t n = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    write_file(bytes, n);
    char *all = read_all(NULL, 0, ',');
    assert_non_null(strstr(all, "cut short"));
    free(all);
}

static void a_file_that_is_not_there(void **state)
{
    struct csv *c;
    (void)state;
    assert_int_equal(csv_open("/nonexistent/file.csv", ',', &c), -ENOENT);
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
        cmocka_unit_test(cells_are_split),
        cmocka_unit_test(quotes_are_taken_off),
        cmocka_unit_test(lines_are_counted_inside_quotes),
        cmocka_unit_test(a_bad_record_spoils_one_line),
        cmocka_unit_test(zero_bytes_are_refused),
        cmocka_unit_test(another_delimiter),
        cmocka_unit_test(too_many_cells),
        cmocka_unit_test(a_record_has_a_limit),
        cmocka_unit_test(records_cross_the_buffers_bounds),
        cmocka_unit_test(compressed_files),
        cmocka_unit_test(a_compressed_file_cut_short),
        cmocka_unit_test(a_file_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
