/* template: the table of templates.def. */
#include "services/notification/notification.h"

#define TEMPLATE(at, whom, line, words)                                                            \
    { .stage = stage_##at,                                                                         \
      .reader = reader_##whom,                                                                     \
      .subject = TEXT_OF(line),                                                                    \
      .body = TEXT_OF(words) },
const struct template templates[] = {
#include "services/notification/templates.def"
};
#undef TEMPLATE
const uint32_t template_count = sizeof templates / sizeof *templates;

static const struct template *exactly(int32_t stage, int32_t reader)
{
    for (uint32_t i = 0; i < template_count; i++)
        if (templates[i].stage == stage && templates[i].reader == reader)
            return &templates[i];
    return NULL;
}

const struct template *template_of(int32_t stage, int32_t reader)
{
    const struct template *t = exactly(stage, reader);
    return t || !reader_fits(reader, side_provider) ? t : exactly(stage, reader_responder);
}

struct text template_type(int32_t stage)
{
    static const struct text types[] = {
        [stage_raised] = TEXT_OF("escalation.raised"),
        [stage_level_raised] = TEXT_OF("escalation.level_raised"),
        [stage_acked] = TEXT_OF("escalation.acked"),
        [stage_ack_expired] = TEXT_OF("escalation.ack_expired"),
        [stage_updated] = TEXT_OF("escalation.updated"),
        [stage_update_missed] = TEXT_OF("escalation.update_missed"),
        [stage_promise_missed] = TEXT_OF("escalation.promise_missed"),
        [stage_resolved] = TEXT_OF("escalation.resolved"),
        [stage_reopened] = TEXT_OF("escalation.reopened"),
        [stage_closed] = TEXT_OF("escalation.closed"),
        [stage_reminded] = TEXT_OF("ticket.reminded"),
        [stage_review_overdue] = TEXT_OF("review.overdue"),
        [stage_consulted] = TEXT_OF("consultation.asked"),
        [stage_shift_started] = TEXT_OF("duty.changed"),
        [stage_handover_asked] = TEXT_OF("duty.handover_asked"),
        [stage_handover_missed] = TEXT_OF("duty.handover_missed"),
        [stage_duty_gap] = TEXT_OF("duty.gap_found"),
        [stage_duty_unreachable] = TEXT_OF("duty.unreachable_found"),
        [stage_duty_unqualified] = TEXT_OF("duty.unqualified_found"),
        [stage_reminder_due] = TEXT_OF("reminder.due"),
        [stage_asked_nps] = TEXT_OF("survey.invited"),
        [stage_asked_relationship] = TEXT_OF("survey.invited"),
        [stage_asked_escalation] = TEXT_OF("survey.invited"),
        [stage_account_detractor] = TEXT_OF("account.alarmed"),
        [stage_account_complaint] = TEXT_OF("account.alarmed"),
        [stage_account_red_risk] = TEXT_OF("account.alarmed"),
        [stage_account_hostage] = TEXT_OF("account.alarmed"),
        [stage_programme_launched] = TEXT_OF("programme.alarmed"),
        [stage_programme_action_due] = TEXT_OF("programme.alarmed"),
        [stage_programme_action_overdue] = TEXT_OF("programme.alarmed"),
        [stage_programme_review_due] = TEXT_OF("programme.alarmed"),
        [stage_programme_review_missed] = TEXT_OF("programme.alarmed"),
        [stage_programme_plan_posted] = TEXT_OF("programme.alarmed"),
        [stage_programme_signoff_asked] = TEXT_OF("programme.alarmed"),
        [stage_programme_closed] = TEXT_OF("programme.alarmed"),
        [stage_programme_relapsed] = TEXT_OF("programme.alarmed"),
        [stage_programme_candidate] = TEXT_OF("candidate.alarmed"),
        [stage_programme_approval_asked] = TEXT_OF("programme.alarmed"),
        [stage_programme_approval_expired] = TEXT_OF("programme.alarmed"),
        [stage_programme_cancelled] = TEXT_OF("programme.alarmed"),
        [stage_programme_action_opened] = TEXT_OF("programme.alarmed"),
        [stage_programme_action_done] = TEXT_OF("programme.alarmed"),
    };
    return types[stage];
}
