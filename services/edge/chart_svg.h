/* chart_svg: control charts, drawn: a figure by periods, with its mean, its limits, its target and
 * the points that are more than chance (query kpi.series).
 *
 * What is a limit and what is a signal is kpi's word; here is only where it stands. Nothing is said
 * by colour alone: kinds of lines have dashes of their own, kinds of points shapes. All lengths are
 * pixels of the picture, which scales.
 */
#ifndef REDRESS_EDGE_CHART_SVG_H
#define REDRESS_EDGE_CHART_SVG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct chart_look {
    const char *title; /* the heading; of what it is a chart */
    const char *mark_day; /* "2026-11-22": a line is drawn before the period of this day; or NULL */
    const char *mark; /* what that line is, in a word or two */
    bool narrow; /* for a phone: larger words in a smaller picture */
    bool dark; /* on a dark page */
};

/* An SVG document of a chart as JSON (record `chart`). The caller's to free; NULL when there is no
 * memory. */
char *chart_svg(const json_t *chart, const struct chart_look *look);
/* The rows of sip.chart, which are changed, as a chart: which belong to the baseline, and which
 * gave a signal. */
json_t *chart_of_periods(json_t *rows);

#endif
