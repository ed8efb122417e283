/* chart_private: what the parts of chart_svg share. */
#ifndef REDRESS_EDGE_CHART_PRIVATE_H
#define REDRESS_EDGE_CHART_PRIVATE_H

#include "services/edge/chart_draw.h"
#include "services/edge/chart_svg.h"
#include "services/edge/svg.h"

enum { CHART_POINTS_MAX = 200 /* of one chart: kpi's own maximum */ };

struct point {
    const char *from, *to, *rule; /* days, the rule that makes it a signal or "" */
    double value, lower, upper;
    bool counted, has_lower, has_upper, baseline;
    bool judged, good; /* a signal has a side, and it is the good one */
};

struct chart {
    struct canvas canvas;
    const struct chart_look *look;
    struct svg_box plot;
    double least, most; /* of the scale on the left */
    bool has_center, has_target, percent, observed; /* observed: of some period something */
    bool withheld; /* what few people answered is not for whoever looks */
    double least_n; /* a share of fewer has no point; 0: not said */
    double center, target;
    struct point points[CHART_POINTS_MAX];
    size_t count, counted; /* of them those with a figure */
};

/* Where a period and a value stand. */
double chart_x(const struct chart *c, size_t i);
double chart_y(const struct chart *c, double v);

/* chart_marks.c: mean, target and limits; the figure; its points; what was done when. */
void chart_lines(const struct chart *c);
void chart_points(const struct chart *c);

/* What a point is: a signal on the bad side or the good one, one on none, or just a point. */
enum mark_kind { MARK_POINT, MARK_BAD, MARK_GOOD, MARK_NEWS };
enum mark_kind chart_kind(const struct point *p);

/* Its shape, without its end. */
void chart_shape(const struct chart *c, double x, double y, enum mark_kind kind);

/* What ends it. */
const char *chart_shape_end(enum mark_kind kind);

#define DASH_CENTER ""
#define DASH_LIMIT  "5 4"
#define DASH_TARGET "10 3 2 3"

#endif
