/* ingest_maps: the table of mappings, read once at the start. */
#include "services/gateway/ingest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/suite/observe.h"
#include "services/registry.h"

struct maps {
    uint32_t count;
    struct {
        char name[MAPS_NAME_MAX + 1];
        struct mapping *mapping;
    } at[MAPS_MAX];
};

static bool directory_find(const struct gateway *g, char out[static SUITE_PATH_MAX])
{
    if (text_empty(g->settings->maps))
        return mapping_directory(out) == 0;
    snprintf(out, SUITE_PATH_MAX, "%.*s", TEXT_ARG(g->settings->maps));
    return true;
}

static int map_load(struct maps *m, const char *directory, const char *file,
                    const struct record *record, struct msg_error *reterr)
{
    char path[2 * SUITE_PATH_MAX];
    struct mapping_error error;
    size_t n = strlen(file);
    if (n <= 5 || n - 5 > MAPS_NAME_MAX || strcmp(file + n - 5, ".yaml") != 0)
        return 0;
    if (m->count == MAPS_MAX) {
        snprintf(reterr->field, sizeof reterr->field, "maps");
        snprintf(reterr->rule, sizeof reterr->rule, "holds more than %d mappings", MAPS_MAX);
        return -E2BIG;
    }
    struct mapping *mapping = NULL;
    snprintf(path, sizeof path, "%s/%s", directory, file);
    int r = mapping_load(path, record, &mapping, &error);
    if (r == -EPROTOTYPE) /* of surveys and the like: for files, not for tickets that are sent */
        return 0;
    if (r < 0) {
        snprintf(reterr->field, sizeof reterr->field, "%.100s:%u %.40s", file, error.line,
                 error.key);
        snprintf(reterr->rule, sizeof reterr->rule, "%.190s", error.rule);
        return r;
    }
    if (!mapping_is_json(mapping)) {
        mapping_free(&mapping);
        return 0;
    }
    memcpy(m->at[m->count].name, file, n - 5);
    m->at[m->count++].mapping = mapping;
    return 0;
}

int maps_open(const struct gateway *g, struct maps **ret, struct msg_error *reterr)
{
    char directory[SUITE_PATH_MAX];
    struct noun tickets;
    struct maps *m = calloc(1, sizeof *m);
    if (!m)
        return -ENOMEM;
    *ret = m;
    if (!http_noun_find(services, text_from("tickets"), &tickets) || !tickets.create)
        return 0;
    DIR *d = directory_find(g, directory) ? opendir(directory) : NULL;
    if (!d && !text_empty(g->settings->maps)) {
        snprintf(reterr->field, sizeof reterr->field, "maps");
        snprintf(reterr->rule, sizeof reterr->rule, "the directory cannot be read");
        return -ENOENT;
    }
    int r = 0;
    for (const struct dirent *e; d && r == 0 && (e = readdir(d));)
        r = map_load(m, directory, e->d_name, tickets.create->record, reterr);
    if (d)
        closedir(d);
    LOG(LEVEL_INFO, "mappings read", log_integer("count", m->count));
    return r;
}

void maps_close(struct maps **m)
{
    if (!*m)
        return;
    for (uint32_t i = 0; i < (*m)->count; i++)
        mapping_free(&(*m)->at[i].mapping);
    free(*m);
    *m = NULL;
}

const struct mapping *maps_find(const struct maps *m, struct text source)
{
    for (uint32_t i = 0; i < m->count; i++)
        if (text_equal(text_from(m->at[i].name), source))
            return m->at[i].mapping;
    return NULL;
}
