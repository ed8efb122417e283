/* survey: a question to somebody at a client: its scale in words, and a link for each score, which
 * chooses it on a page; the page's own button answers (RULES.md 1 and 4). */
#include "services/notification/notification.h"

bool survey_asks(int32_t stage)
{
    return stage >= stage_asked_nps && stage <= stage_asked_escalation;
}

struct text survey_number(struct effect *e, int64_t v)
{
    enum { DIGITS = 20 };
    char *digits = effect_alloc(e, DIGITS);
    uint32_t begin = DIGITS;
    int64_t rest = v < 0 ? -v : v;
    do {
        digits[--begin] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        digits[--begin] = '-';
    return (struct text){ digits + begin, DIGITS - begin };
}

/* "from 0, not at all likely, to 10, extremely likely" */
struct text survey_scale(struct effect *e, const struct message *m)
{
    static const struct text ends[][2] = {
        { TEXT_OF("not at all likely"), TEXT_OF("extremely likely") },
        { TEXT_OF("very dissatisfied"), TEXT_OF("very satisfied") },
    };
    const struct text *end = ends[m->stage != stage_asked_nps];
    struct page p = { .effect = e };
    page_add(&p, (struct text)TEXT_OF("from "));
    page_add(&p, survey_number(e, m->scale_min));
    page_add(&p, (struct text)TEXT_OF(", "));
    page_add(&p, end[m->best_is_low]);
    page_add(&p, (struct text)TEXT_OF(", to "));
    page_add(&p, survey_number(e, m->scale_max));
    page_add(&p, (struct text)TEXT_OF(", "));
    page_add(&p, end[!m->best_is_low]);
    return page_text(&p);
}

struct text survey_link(struct effect *e, const struct message *m)
{
    const uint32_t kind = sizeof "survey/" - 1;
    struct page subject = { .effect = e }, actor = { .effect = e };
    page_add(&subject, m->client);
    page_add(&subject, (struct text)TEXT_OF("/"));
    page_add(&subject, (struct text){ m->about.at + kind, m->about.length - kind });
    page_add(&actor, (struct text)TEXT_OF("person:"));
    page_add(&actor, m->person);
    return effect_link(e, "survey", page_text(&subject), page_text(&actor), m->answer_by);
}
