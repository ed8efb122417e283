/* print: `redress-docs DIR` writes the documents of the linked services; exit 1 when the follow
 * graph is wrong. */
#include "proto/print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "services/registry.h"

enum { PATH_LENGTH_MAX = 1024 };

static void give_up(const char *path)
{
    fprintf(stderr, "redress-docs: %s: %s\n", path, strerror(errno));
    exit(1);
}

static void directory_make(const char *path)
{
    if (mkdir(path, 0777) && errno != EEXIST)
        give_up(path);
}

__attribute__((format(printf, 2, 3))) static FILE *file_open(const char *directory,
                                                             const char *format, ...)
{
    char path[PATH_LENGTH_MAX];
    va_list list;
    int n = snprintf(path, sizeof path, "%s/", directory);
    va_start(list, format);
    vsnprintf(path + n, sizeof path - (size_t)n, format, list);
    va_end(list);
    FILE *f = fopen(path, "w");
    if (!f)
        give_up(path);
    return f;
}

static void file_close(FILE *f)
{
    if (ferror(f) || fclose(f))
        give_up("writing");
}

static void json_write(FILE *f, json_t *document)
{
    if (json_dumpf(document, f, JSON_INDENT(2)) || fputc('\n', f) == EOF)
        give_up("writing");
    json_decref(document);
    file_close(f);
}

int main(int argc, char **argv)
{
    char schemas[PATH_LENGTH_MAX];
    if (argc != 2 || argv[1][0] == '-' || strlen(argv[1]) > PATH_LENGTH_MAX / 2) {
        fprintf(stderr, "usage: redress-docs DIR\n");
        return 2;
    }
    const char *directory = argv[1];
    snprintf(schemas, sizeof schemas, "%s/schema", directory);
    directory_make(directory);
    directory_make(schemas);
    for (size_t i = 0; services[i]; i++)
        json_write(file_open(schemas, "%s.json", services[i]->name), print_schema(services[i]));
    json_write(file_open(directory, "asyncapi.json"), print_asyncapi(services));
    json_write(file_open(directory, "openapi.json"), print_openapi(services));

    FILE *f = file_open(directory, "follows.dot");
    print_follows_dot(services, f);
    file_close(f);
    f = file_open(directory, "follows.md");
    print_follows_table(services, f);
    file_close(f);
    f = file_open(directory, "reference.md");
    print_reference(services, f);
    file_close(f);
    return follows_check(services, stderr) ? 1 : 0;
}
