/* cursor: see cursor.h. */
#include "services/cli/cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void name_of(const struct position_of *at, char out[static 64])
{
    snprintf(out, 64, "%s/%03u", at->service, at->partition);
}

int cursor_read(const char *path, struct follow *f)
{
    json_error_t error;
    const char *install = NULL;
    json_t *positions = NULL;
    if (access(path, R_OK) < 0)
        return -errno;
    json_t *all = json_load_file(path, 0, &error);
    int r = 0;
    if (!all || json_unpack(all, "{ss so}", "install", &install, "positions", &positions) < 0)
        r = -EBADMSG;
    else if (strcmp(install, f->suite->install) != 0)
        r = -ESTALE;
    for (uint32_t i = 0; r == 0 && i < f->count; i++) {
        char name[64];
        json_int_t epoch, sequence;
        name_of(&f->at[i], name);
        json_t *one = json_object_get(positions, name);
        if (!one)
            continue;
        if (json_unpack(one, "{sI sI}", "epoch", &epoch, "sequence", &sequence) < 0 || sequence < 0)
            r = -EBADMSG;
        else {
            f->at[i].epoch = (uint64_t)epoch;
            f->at[i].sequence = (uint64_t)sequence;
        }
    }
    json_decref(all);
    return r;
}

int cursor_write(const char *path, const struct follow *f)
{
    char draft[SUITE_PATH_MAX];
    json_t *positions = json_object();
    for (uint32_t i = 0; i < f->count; i++) {
        char name[64];
        name_of(&f->at[i], name);
        json_object_set_new(positions, name,
                            json_pack("{sI sI}", "epoch", (json_int_t)f->at[i].epoch, "sequence",
                                      (json_int_t)f->at[i].sequence));
    }
    json_t *all = json_pack("{ss so}", "install", f->suite->install, "positions", positions);
    int n = snprintf(draft, sizeof draft, "%s.draft", path), r = all ? 0 : -ENOMEM;
    if (r == 0 && n >= (int)sizeof draft)
        r = -ENAMETOOLONG;
    int fd = r == 0 ? open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (r == 0 && fd < 0)
        r = -errno;
    if (r == 0 && (json_dumpfd(all, fd, JSON_COMPACT) < 0 || fsync(fd) < 0))
        r = -EIO;
    if (fd >= 0)
        close(fd);
    if (r == 0 && rename(draft, path) < 0)
        r = -errno;
    json_decref(all);
    return r;
}
