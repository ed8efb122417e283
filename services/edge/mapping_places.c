/* mapping_places: where the mappings lie that are shipped; see mapping.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "services/edge/mapping.h"

/* Seen from the program: installed, built in the tree, beside it. */
static const char *const places[] = { "../share/redress/maps", "../../deploy/maps", "maps",
                                      "deploy/maps" };

int mapping_directory(char ret[static SUITE_PATH_MAX])
{
    char here[SUITE_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);
    here[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(here, '/');
    if (!slash)
        return -ENOENT;
    *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (snprintf(ret, SUITE_PATH_MAX, "%s/%s", here, places[i]) < SUITE_PATH_MAX &&
            access(ret, R_OK) == 0)
            return 0;
    return -ENOENT;
}
