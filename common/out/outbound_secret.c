/* outbound_secret: secrets by name, read at every try so that they can be changed while a service
 * runs. No message and no log line holds one. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/out/outbound_try.h"

enum { NAME_MAX_BYTES = 100 };
static const struct text FILE_PREFIX = TEXT_OF("file:"), VARIABLE_PREFIX = TEXT_OF("env:"),
                         ENCODED_PREFIX = TEXT_OF("whsec_");

static bool without_prefix(struct text *t, struct text prefix)
{
    if (t->length < prefix.length || memcmp(t->at, prefix.at, prefix.length) != 0)
        return false;
    *t = (struct text){ t->at + prefix.length, t->length - prefix.length };
    return true;
}

static bool is_name(struct text t, const char *marks)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (!isalnum((unsigned char)t.at[i]) && (!t.at[i] || !strchr(marks, t.at[i])))
            return false;
    return t.length > 0 && t.length <= NAME_MAX_BYTES;
}

bool outbound_is_secret_name(struct text name)
{
    if (without_prefix(&name, FILE_PREFIX))
        return is_name(name, "._-") && name.at[0] != '.';
    return without_prefix(&name, VARIABLE_PREFIX) && is_name(name, "_") &&
           !isdigit((unsigned char)name.at[0]);
}

/* Links are followed: that is how orchestrators mount secrets. What is no plain file is not waited
 * for. */
static int file_read(const char *path, struct arena *a, struct text *ret)
{
    struct stat st;
    char *bytes = arena_alloc(a, OUTBOUND_SECRET_FILE_MAX + 1);
    size_t size = 0;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    int r = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
    while (r == 0 && n > 0 && size <= OUTBOUND_SECRET_FILE_MAX) {
        n = read(fd, bytes + size, OUTBOUND_SECRET_FILE_MAX + 1 - size);
        if (n < 0)
            r = -errno;
        else
            size += (size_t)n;
    }
    close(fd);
    *ret = (struct text){ bytes, (uint32_t)size };
    return r < 0 ? r : size > OUTBOUND_SECRET_FILE_MAX ? -EFBIG : 0;
}

static int source_read(struct text directory, struct text name, struct arena *a, struct text *ret)
{
    if (!outbound_is_secret_name(name))
        return -EINVAL;
    if (without_prefix(&name, FILE_PREFIX))
        return file_read(arena_printf(a, "%.*s/%.*s", TEXT_ARG(directory), TEXT_ARG(name)).at, a,
                         ret);
    without_prefix(&name, VARIABLE_PREFIX);
    const char *value = getenv(arena_text(a, name).at);
    if (!value)
        return -ENOENT;
    *ret = arena_text(a, text_from(value));
    return ret->length > OUTBOUND_SECRET_FILE_MAX ? -EFBIG : 0;
}

int outbound_secret_lines(struct text directory, struct text name, struct arena *a,
                          struct text ret[], size_t max)
{
    struct text all = { 0 };
    size_t count = 0;
    int r = source_read(directory, name, a, &all);
    if (r < 0) {
        outbound_secret_wipe(all);
        return r;
    }
    for (uint32_t i = 0, begin = 0; i <= all.length; i++) {
        if (i < all.length && all.at[i] != '\n' && all.at[i] != '\r')
            continue;
        if (i > begin && count < max)
            ret[count++] = (struct text){ all.at + begin, i - begin };
        begin = i + 1;
    }
    return count ? (int)count : -ENODATA;
}

int outbound_secret_bytes(struct text line, struct arena *a, struct text *ret)
{
    static const int variants[] = { sodium_base64_VARIANT_ORIGINAL,
                                    sodium_base64_VARIANT_ORIGINAL_NO_PADDING };
    size_t size;
    if (!without_prefix(&line, ENCODED_PREFIX)) {
        *ret = line;
        return 0;
    }
    unsigned char *bytes = arena_alloc(a, line.length + 1);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        if (sodium_base642bin(bytes, line.length, line.at, line.length, NULL, &size, NULL,
                              variants[i]) == 0 &&
            size > 0) {
            *ret = (struct text){ (const char *)bytes, (uint32_t)size };
            return 0;
        }
    return -EINVAL;
}

void outbound_secret_wipe(struct text secret)
{
    if (secret.length)
        sodium_memzero((void *)(uintptr_t)secret.at, secret.length);
}
