/* map_svg: the map of the future state, drawn on one page: from those who use the services down to
 * those who support them, what goes down on the left, what goes up on the right, gaps marked so
 * that they are seen without colours, too.
 *
 * What stands on it and what is a gap is the catalog's word (query catalog.map); here is only where
 * it stands.
 */
#ifndef REDRESS_EDGE_MAP_SVG_H
#define REDRESS_EDGE_MAP_SVG_H

#include <jansson.h>

#include "common/base/text.h"

struct paper {
    const char *name; /* "a3" */
    double width, height; /* mm, landscape */
};

/* By name, or NULL; and all of them, "a3, a4, 11x17". */
const struct paper *paper_find(struct text name);
extern const char paper_names[];

/* An SVG document for that paper, of the rows of catalog.map as JSON, in their order. `title` is
 * the heading, `made` a line at the foot. The caller's to free; NULL when there is no memory. */
char *map_svg(const json_t *rows, const struct paper *paper, const char *title, const char *made);

#endif
