/* survey: what the files of this part share: survey.c decides and wakes, survey_ask.c says who is
 * asked, survey_count.c counts and folds. Rules: RULES.md, surveys. */
#ifndef REDRESS_KPI_SURVEY_H
#define REDRESS_KPI_SURVEY_H

#include "services/kpi/counted.h"

enum {
    CONTACTS_MAX = 200, /* of a client that are looked at a day, by their ids */
    ASKED_A_DAY = 20, /* of them; the others on the days that follow */
    ASKED_BEFORE_MAX = 200, /* surveys of a contact that are looked back at for one of a kind */
    ASKED_ABOUT_MAX = 64, /* surveys about a ticket; it is opened again less often */
    RATINGS = 5
};

/* --- for other parts -------------------------------------------------------------------------- */

/* A ticket of the turn's client is solved now, or was at `at`: the primary contact may be asked
 * about it. Behind the decision's own events; does nothing for a ticket that was asked about. */
struct solved {
    struct text ticket, service, component, title, owner;
    int64_t at;
};
void survey_solved(const struct context *ctx, struct view *v, struct decision *d,
                   const struct solved *s);

/* The day begins: asks those whose turn it is. */
void survey_round(const struct context *ctx, struct view *v, struct decision *d);

/* How many at the client could be asked; more than CONTACTS_MAX when not all were looked at. */
int64_t survey_population(struct view *v, struct text client);

/* --- survey_count.c --------------------------------------------------------------------------- */

/* What a score counts as: its class, and the rating of five that is next to it. */
struct judged {
    enum survey_class class;
    enum rating rating;
};
struct judged survey_judge(int32_t kind, int64_t score, int64_t scale_min, int64_t scale_max,
                           bool best_is_low);

/* How answers count, by the day (counted.h). */
counted_fn survey_counts;

/* --- survey_ask.c ----------------------------------------------------------------------------- */

/* How the turn's client is asked: as the catalog says of it, else as the options do. */
struct asking {
    int64_t tickets; /* of 100 that were solved */
    int64_t delay, lasts; /* microseconds */
    int64_t again; /* days */
};
struct asking survey_asking(const struct context *ctx, struct view *v);

/* Somebody of the client's own with a mail address, or NULL; *ret_own says whether they are the
 * client's own. */
const struct person *survey_askable(struct view *v, struct text client, struct text contact,
                                    bool *ret_own);

/* executive, sponsor or user. */
struct text survey_role(struct view *v, struct text client, struct text contact);

/* Whether they were asked anything within the days of the option. */
bool survey_lately(const struct context *ctx, struct view *v, struct text contact);

/* Asks: what the event does not say yet is filled in. */
void survey_ask(const struct context *ctx, struct view *v, struct decision *d, struct text id,
                const struct survey_invited *e);

/* Asks the client's primary contact, or says why not; `owner` is never asked. */
void survey_ask_primary(const struct context *ctx, struct view *v, struct decision *d,
                        struct text id, const struct survey_invited *e, struct text owner);

#endif
