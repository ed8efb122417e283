/* loyalty_svg: clients by satisfaction and loyalty, drawn as four quadrants with their members
 * (query kpi.loyalty). A client that an announced change would move says where to. Names flow
 * within their quadrant, the most satisfied first, so that none lies over another; how many have no
 * room is said.
 */
#ifndef REDRESS_EDGE_LOYALTY_SVG_H
#define REDRESS_EDGE_LOYALTY_SVG_H

#include <jansson.h>
#include <stdbool.h>

struct loyalty_look {
    const char *title;
    const json_t *names; /* what clients are called, by their ids; or NULL */
    bool narrow, dark; /* as chart_look has them */
    bool more; /* there are more clients than the rows */
};

/* An SVG document of the rows of kpi.loyalty as JSON. The caller's to free; NULL when there is no
 * memory. */
char *loyalty_svg(const json_t *rows, const struct loyalty_look *look);

#endif
