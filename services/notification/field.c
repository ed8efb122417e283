/* field: what templates and hooks may speak of, and who may see it: proto/notification.def says
 * which fields are a client's, and a unit test compares the two. A field that a reader may not see
 * says nothing to them, whatever a template asks for. */
#include "services/notification/notification.h"

/* --- values for people ----------------------------------------------------------------------- */

static struct text print_text(const struct draft *l, const void *at)
{
    const struct text *t = at;
    (void)l;
    return *t;
}

static struct text print_integer(const struct draft *l, const void *at)
{
    const int64_t *v = at;
    char *digits = effect_alloc(l->effect, 20);
    uint32_t begin = 20;
    for (int64_t rest = *v; rest; rest /= 10)
        digits[--begin] = (char)('0' + rest % 10);
    return (struct text){ digits + begin, 20 - begin };
}

static struct text print_instant(const struct draft *l, const void *at)
{
    const int64_t *v = at;
    return *v ? effect_instant(l->effect, *v, l->zone) : (struct text){ 0 };
}

static struct text print_clock_name(const struct draft *l, const void *at)
{
    const int32_t *v = at;
    (void)l;
    return words_clock_name(*v);
}

static struct text print_review_part(const struct draft *l, const void *at)
{
    const int32_t *v = at;
    (void)l;
    return words_review_part(*v);
}

static struct text print_reminder_of(const struct draft *l, const void *at)
{
    static const struct text words[] = {
        [reminder_of_contract_notice] = TEXT_OF("the last day for notice"),
        [reminder_of_contract_end] = TEXT_OF("the end of a contract"),
        [reminder_of_agreement_notice] = TEXT_OF("the last day for notice"),
        [reminder_of_agreement_end] = TEXT_OF("the end of an agreement"),
        [reminder_of_training_expiry] = TEXT_OF("the end of a training"),
        [reminder_of_objective_due] = TEXT_OF("an objective"),
        [reminder_of_sop_review] = TEXT_OF("the review of a procedure"),
        [reminder_of_risk_review] = TEXT_OF("the review of a risk"),
        [reminder_of_change_start] = TEXT_OF("the begin of a change"),
        [reminder_of_relationship_review] = TEXT_OF("the review of a relationship"),
        [reminder_of_plan_evaluation] = TEXT_OF("the evaluation of the plan"),
    };
    const int32_t *v = at;
    (void)l;
    return words[*v];
}

static struct text machine_reminder_of(const struct draft *l, const void *at)
{
    const int32_t *v = at;
    (void)l;
    return words_reminder_of(*v);
}

static struct text print_letter(const struct draft *l, const void *at)
{
    static const struct text words[] = {
        [letter_R] = TEXT_OF("responsible: you do the work"),
        [letter_A] = TEXT_OF("accountable: you answer for it"),
        [letter_C] = TEXT_OF("consulted: you are asked before"),
        [letter_I] = TEXT_OF("informed"),
        [letter_AR] = TEXT_OF("accountable and responsible"),
    };
    const int32_t *v = at;
    (void)l;
    return words[*v];
}

static struct text machine_letter(const struct draft *l, const void *at)
{
    const int32_t *v = at;
    (void)l;
    return words_letter(*v);
}

/* --- instants for programs: RFC 3339 in UTC -------------------------------------------------- */

static void put_digits(char *at, int width, int64_t v)
{
    for (; width; v /= 10)
        at[--width] = (char)('0' + v % 10);
}

/* The civil date of a day since 1970, by the rule that a year begins in March. */
static void put_date(char *at, int64_t days)
{
    int64_t from_march = days + 719468;
    int64_t era = from_march / 146097, day = from_march % 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    put_digits(at, 4, era * 400 + year + (month >= 10));
    put_digits(at + 5, 2, month < 10 ? month + 3 : month - 9);
    put_digits(at + 8, 2, of_year - (153 * month + 2) / 5 + 1);
}

static struct text print_date(const struct draft *l, const void *at)
{
    static const char form[] = "0000-00-00";
    const int64_t *v = at;
    if (!*v)
        return (struct text){ 0 };
    char *out = effect_alloc(l->effect, sizeof form);
    memcpy(out, form, sizeof form);
    put_date(out, *v);
    return (struct text){ out, sizeof form - 1 };
}

static struct text machine_instant(const struct draft *l, const void *at)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    const int64_t *v = at;
    if (!*v)
        return (struct text){ 0 };
    char *out = effect_alloc(l->effect, sizeof form);
    memcpy(out, form, sizeof form);
    int64_t second = *v % DAYS / SECONDS;
    put_date(out, *v / DAYS);
    put_digits(out + 11, 2, second / 3600);
    put_digits(out + 14, 2, second / 60 % 60);
    put_digits(out + 17, 2, second % 60);
    return (struct text){ out, sizeof form - 1 };
}

#define machine_text        print_text
#define machine_integer     print_integer
#define machine_clock_name  print_clock_name
#define machine_review_part print_review_part
#define machine_date        print_date

/* --- the table ------------------------------------------------------------------------------- */

#define FIELDS(X)                                                                                  \
    X(client, ALL, client, name, text)                                                             \
    X(escalation, ALL, message, escalation, text)                                                  \
    X(title, ALL, message, title, text)                                                            \
    X(severity, ALL, message, severity, integer)                                                   \
    X(raised_at, ALL, escalation, raised_at, instant)                                              \
    X(client_hears_at, ALL, escalation, next_update_at, instant)                                   \
    X(happened_at, ALL, message, occurred_at, instant)                                             \
    X(level, LINE, message, level, integer)                                                        \
    X(role, LINE, draft, role, text)                                                               \
    X(letter, LINE, message, letter, letter)                                                       \
    X(group, LINE, message, group, text)                                                           \
    X(from, PROVIDER, message, from, integer)                                                      \
    X(to, PROVIDER, message, to, integer)                                                          \
    X(ticket, ALL, message, ticket, text)                                                          \
    X(clock, ALL, message, clock, clock_name)                                                      \
    X(review, PROVIDER, message, review, text)                                                     \
    X(part, PROVIDER, message, part, review_part)                                                  \
    X(promise, ALL, message, promise, text)                                                        \
    X(by, PROVIDER, draft, by, text)                                                               \
    X(until, PROVIDER, message, until, instant)                                                    \
    X(context, ALL, message, context, text)                                                        \
    X(impact, ALL, message, impact, text)                                                          \
    X(action, ALL, message, action, text)                                                          \
    X(workaround, ALL, message, workaround, text)                                                  \
    X(next_update_at, ALL, message, next_update_at, instant)                                       \
    X(answer_by, ALL, message, answer_by, instant)                                                 \
    X(about, PROVIDER, message, about, text)                                                       \
    X(incoming, LINE, draft, incoming, text)                                                       \
    X(outgoing, LINE, draft, outgoing, text)                                                       \
    X(begins_at, LINE, message, begins_at, instant)                                                \
    X(ends_at, LINE, message, ends_at, instant)                                                    \
    X(why, LINE, message, why, text)                                                               \
    X(skill, LINE, message, skill, text)                                                           \
    X(what, PROVIDER, message, what, reminder_of)                                                  \
    X(name, PROVIDER, message, name, text)                                                         \
    X(day, ALL, message, day, date)                                                                \
    X(days_left, PROVIDER, message, days_left, integer)                                            \
    X(score, PROVIDER, message, score, integer)                                                    \
    X(reasons, PROVIDER, message, reasons, text)                                                   \
    X(contact, PROVIDER, draft, contact, text)                                                     \
    X(service, PROVIDER, message, service, text)                                                   \
    X(component, PROVIDER, message, component, text)                                               \
    X(words, ALL, message, words, text)                                                            \
    X(scale, CLIENT, draft, scale, text)                                                           \
    X(survey_link, CLIENT, draft, survey_link, text)                                               \
    X(ack_link, PROVIDER, draft, ack_link, text)

#define FIELD_ROW(label, who, of, field, kind)                                                     \
    { .name = TEXT_OF(#label),                                                                     \
      .shown = SHOWN_##who,                                                                        \
      .source = FROM_##of,                                                                         \
      .member = TEXT_OF(#field),                                                                   \
      .print = print_##kind,                                                                       \
      .machine = machine_##kind,                                                                   \
      .offset = offsetof(struct of, field) },
const struct letter_field letter_fields[] = { FIELDS(FIELD_ROW) };
const uint32_t letter_field_count = sizeof letter_fields / sizeof *letter_fields;

const struct letter_field *letter_field(struct text name)
{
    for (uint32_t i = 0; i < letter_field_count; i++)
        if (text_equal(letter_fields[i].name, name))
            return &letter_fields[i];
    return NULL;
}

static bool may_see(const struct draft *l, const struct letter_field *f)
{
    int32_t reader = l->message->reader;
    if (f->shown == SHOWN_CLIENT)
        return reader_fits(reader, side_client);
    return f->shown == SHOWN_ALL || reader_fits(reader, side_provider) ||
           (f->shown == SHOWN_LINE && reader_fits(reader, side_supplier));
}

/* Where the field's value lies, or NULL where the reader sees none. */
static const void *place_of(const struct draft *l, const struct letter_field *f)
{
    const void *sources[] = { [FROM_message] = l->message,
                              [FROM_client] = l->client,
                              [FROM_escalation] = l->escalation,
                              [FROM_draft] = l };
    const uint8_t *source = sources[f->source];
    return source && may_see(l, f) ? source + f->offset : NULL;
}

struct text letter_value(const struct draft *l, const struct letter_field *f)
{
    const void *at = place_of(l, f);
    return at ? f->print(l, at) : (struct text){ 0 };
}

struct text_map letter_data(const struct draft *l)
{
    struct text_pair *pairs = effect_alloc(l->effect, (letter_field_count + 1) * sizeof *pairs);
    uint32_t count = 0;
    pairs[count++] =
        (struct text_pair){ (struct text)TEXT_OF("stage"), words_stage(l->message->stage) };
    for (uint32_t i = 0; i < letter_field_count; i++) {
        const struct letter_field *f = &letter_fields[i];
        const void *at = place_of(l, f);
        struct text value = at ? f->machine(l, at) : (struct text){ 0 };
        if (!text_empty(value))
            pairs[count++] = (struct text_pair){ f->name, value };
    }
    return (struct text_map){ pairs, count };
}
