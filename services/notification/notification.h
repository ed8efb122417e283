/* notification.h: what the files of this service share. The rules behind it all are in RULES.md;
 * the tables that name the functions of each row are in proto/notification.def. */
#ifndef REDRESS_NOTIFICATION_H
#define REDRESS_NOTIFICATION_H

#include "proto/notification.h"

#include "common/def_functions.h"

enum { LEVELS = 6, RECIPIENTS_MAX = 64, GAPS_MAX = LEVELS + 6 };

/* --- words.c: the names of enumerated values, as proto/notification.def has them ------------- */

#include "common/def_none.h"
#undef ENUMERATION
#define ENUMERATION(e) struct text words_##e(int32_t value);
#include DEF_FILE
#include "common/def_none.h"

/* --- totals.c -------------------------------------------------------------------------------- */

/* Adds to a field of the partition's totals and of the client's. */
#define TOTAL_ADD(f, field, amount)                                                                \
    totals_add((f), offsetof(struct message_totals, field), (amount))
void totals_add(struct fold *f, size_t offset, int64_t amount);

/* --- message.c: what a message is ------------------------------------------------------------ */

/* What is the same in a message, in the event that queues it, and in the message that takes its
 * place on another channel. */
#define MESSAGE_FACTS(X)                                                                           \
    X(escalation)                                                                                  \
    X(cause)                                                                                       \
    X(stage)                                                                                       \
    X(reader)                                                                                      \
    X(level)                                                                                       \
    X(role)                                                                                        \
    X(letter)                                                                                      \
    X(person)                                                                                      \
    X(expires_at)                                                                                  \
    X(occurred_at)                                                                                 \
    X(title)                                                                                       \
    X(severity)                                                                                    \
    X(from)                                                                                        \
    X(to)                                                                                          \
    X(group)                                                                                       \
    X(ticket)                                                                                      \
    X(clock)                                                                                       \
    X(review)                                                                                      \
    X(part)                                                                                        \
    X(promise)                                                                                     \
    X(by)                                                                                          \
    X(until)                                                                                       \
    X(context)                                                                                     \
    X(impact)                                                                                      \
    X(action)                                                                                      \
    X(workaround)                                                                                  \
    X(next_update_at)                                                                              \
    X(answer_by)                                                                                   \
    X(about)                                                                                       \
    X(incoming)                                                                                    \
    X(outgoing)                                                                                    \
    X(begins_at)                                                                                   \
    X(ends_at)                                                                                     \
    X(why)                                                                                         \
    X(skill)                                                                                       \
    X(what)                                                                                        \
    X(name)                                                                                        \
    X(day)                                                                                         \
    X(days_left)                                                                                   \
    X(score)                                                                                       \
    X(reasons)                                                                                     \
    X(contact)                                                                                     \
    X(service)                                                                                     \
    X(component)                                                                                   \
    X(words)                                                                                       \
    X(scale_min)                                                                                   \
    X(scale_max)                                                                                   \
    X(best_is_low)

/* --- route.c: who is told, as roles and then as people --------------------------------------- */

struct recipient {
    struct text person;
    int32_t reader;
    int64_t level; /* 0 where none is meant */
    struct text role; /* "" for somebody by name */
    int32_t letter; /* enum letter; 0 where the matrix of responsibilities is not why */
};
struct gap { /* a place where nobody is */
    int32_t reader;
    int64_t level;
    struct text role;
    int32_t letter;
};
struct told {
    struct recipient at[RECIPIENTS_MAX];
    uint32_t count;
    struct gap gaps[GAPS_MAX];
    uint32_t gap_count;
    bool too_many;
};

/* What has happened, as far as it says who is told. */
struct happening {
    int32_t stage;
    int64_t from, to; /* levels; to: the level it stands at */
    int64_t severity;
    bool passed; /* a threshold raised it, or it climbed */
    struct text service, component; /* that it is about; "" where that is not known */
    struct text
        group; /* the silent one, "" in an escalation up the own line; or that of a roster */
    struct text role; /* whose advice is asked for */
    struct text incoming, outgoing; /* of a shift */
    struct text person; /* who is reminded, or asked */
    int32_t reader; /* as what they read it, where they are asked */
    struct person_name_list people; /* whom a programme names */
    bool tell_client; /* the primary contact is told as well */
    struct text actor; /* who did it, and is not told */
};

/* Of the turn's client, which the catalog knows unless it is the provider. */
void route(const struct context *ctx, struct view *v, const struct happening *h, struct told *ret);

/* --- survey.c: questions to people at clients ------------------------------------------------- */

/* Whether a stage asks somebody at a client. */
bool survey_asks(int32_t stage);

/* The scale in words, and a link for whoever is asked: adds "?score=9" for a score. */
struct text survey_scale(struct effect *e, const struct message *m);
struct text survey_link(struct effect *e, const struct message *m);

/* A number in digits. */
struct text survey_number(struct effect *e, int64_t v);

/* --- reader.c: as what somebody reads -------------------------------------------------------- */

/* As what the provider's people read who hold a level, */
int32_t reader_of_level(int64_t level);

/* or whom the matrix of responsibilities names. */
int32_t reader_of_letter(int32_t letter);

/* Whether the words for a reader may be given to somebody of that side. */
bool reader_fits(int32_t reader, int32_t side);

/* As what somebody of that side reads who is told in a line that is not their side's: the
 * provider's people in a supplier's, a supplier's among the provider's. */
int32_t reader_on_side(const struct recipient *r, int32_t stage, int32_t side);

/* Of two roles of one person the higher one is told. */
bool recipient_is_higher(const struct recipient *a, const struct recipient *b);

/* A text such as "person:ann", without the kind of the actor. */
struct text actor_person(struct text actor);

/* --- tell.c ---------------------------------------------------------------------------------- */

/* Whether the event is so old that nobody is told. */
bool tell_is_late(const struct context *ctx);

/* "roster/net": what a message is about besides an escalation; mails about it are a thread. */
struct text about_of(struct decision *d, const char *kind, struct text id);

/* Queues a message to everybody whom the rules name. `m` says what; who, why and until when is
 * filled in here. */
void tell(const struct context *ctx, struct view *v, struct decision *d, const struct happening *h,
          struct message_queued *m);

/* --- field.c: what templates and hooks may speak of ------------------------------------------ */

/* A message and what is known beside it while it is being written. */
struct draft {
    struct effect *effect;
    const struct message *message;
    const struct client *client; /* NULL: it is about the provider */
    const struct escalation *escalation; /* NULL: it is about none */
    struct text zone; /* the reader's */
    struct text by; /* who did it, by name where that is known */
    struct text role, incoming, outgoing, contact; /* likewise */
    struct text ack_link; /* "" for none */
    struct text scale, survey_link; /* of a survey, for whoever is asked; "" for none */
};

/* LINE: provider and supplier. */
enum shown { SHOWN_ALL, SHOWN_LINE, SHOWN_PROVIDER, SHOWN_CLIENT };
enum field_source { FROM_message, FROM_client, FROM_escalation, FROM_draft };

struct letter_field {
    struct text name;
    enum shown shown;
    enum field_source source;
    struct text member; /* in the source, as proto/notification.def calls it */
    struct text (*print)(const struct draft *l, const void *at);
    struct text (*machine)(const struct draft *l, const void *at); /* for hooks */
    size_t offset;
};
extern const struct letter_field letter_fields[];
extern const uint32_t letter_field_count;

/* The row of that name, or NULL. */
const struct letter_field *letter_field(struct text name);

/* What the reader of the letter sees of the field; "" where it says nothing, or nothing to them. */
struct text letter_value(const struct draft *l, const struct letter_field *f);

/* All that the reader may see, for a hook. */
struct text_map letter_data(const struct draft *l);

/* --- letter.c -------------------------------------------------------------------------------- */

/* All that a letter is made of. */
struct enclosed {
    const struct message *message;
    const struct person *person;
    const struct address *address;
    const struct client *client; /* NULL: it is about the provider */
    const struct escalation *escalation; /* NULL: it is about none */
};
void letter_write(const struct context *ctx, struct view *v, const struct enclosed *in,
                  struct effect *ret);

/* --- template.c, templates.def --------------------------------------------------------------- */

struct template
{
    int32_t stage, reader;
    struct text subject, body;
};
extern const struct template templates[];
extern const uint32_t template_count;

/* The words for a reader at a stage, NULL for none. Whoever of the provider has none of their own
 * reads those of responders. */
const struct template *template_of(int32_t stage, int32_t reader);

/* The type of a hook that tells of a stage: as the event's that it tells of. */
struct text template_type(int32_t stage);

/* --- render.c: see there for what a template may hold ---------------------------------------- */

struct page { /* a growing text in the effect's memory */
    struct effect *effect;
    char *at;
    uint32_t length, room;
};
void page_add(struct page *p, struct text t);
struct text page_text(const struct page *p);

enum { SUBJECT_MAX = 200 /* bytes */ };
struct text render_subject(const struct draft *l, struct text template);
struct text render_plain(const struct draft *l, struct text template);
struct text render_html(const struct draft *l, struct text subject, struct text template);

/* One line without control characters and overrides of direction; what becomes a header. */
struct text render_line(struct effect *e, struct text t);

#endif
