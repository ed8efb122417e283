/* Clocks that count working hours: calendars, contracts, pauses (RULES 2, 4 and 8). Hour 0 is
 * midnight of Monday 2026-01-05 in UTC; Friday begins at 96:00, the Monday behind it at 168:00. */
#include "tests/unit/escalation_book.h"

#define OFFICE                                                                                     \
    "00:00 copies calendar.changed office zone=UTC versions=2026-01-01/mon-fri;09:00;17:00\n"
#define LONG_OFFICE                                                                                \
    "00:00 copies calendar.changed office zone=UTC versions=2026-01-01/mon-fri;08:00;18:00\n"
#define DAILY                                                                                      \
    "00:00 copies calendar.changed office zone=UTC versions=2026-01-01/mon-sun;09:00;21:00 "
#define ALWAYS                                                                                     \
    "00:00 copies calendar.changed always zone=Europe|Berlin versions="                            \
    "2026-01-01/mon-sun;00:00;24:00\n"
#define MAIL "00:00 copies service.changed mail name=Mail\n"
#define SHOP "00:00 copies service.changed shop name=Shop\n"
#define ACME "00:00 copies client.changed acme zone=UTC\n"
#define CONTRACT                                                                                   \
    ACME "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01 "            \
         "calendar=office "
#define TICKET " @acme query escalation.ticket ticket=desk:1\n"

/* DOMAIN 4.5: what others got wrong. */
static const struct given_row vectors[] = {
    { "Monday 10:00, four hours: due at 14:00, the level an hour before",
      LONG_OFFICE CONTRACT "terms=/3/response/240m\n",
      "10:00 ticket.record state=new\n 24:00 passes",
      "12:00 ticket.reminded\n"
      "13:00 ticket.threshold_reached clock=response percent=75\n"
      "13:00 escalation.raised level=1\n"
      "13:36 ticket.threshold_reached percent=90\n 13:36 escalation.level_raised level=3\n"
      "14:00 ticket.threshold_reached percent=100\n 14:00 escalation.level_raised level=4\n"
      "14:48 ticket.threshold_reached percent=120\n 14:48 escalation.level_raised level=5\n"
      "16:00 ticket.threshold_reached percent=150\n 16:00 escalation.level_raised level=6" },
    { "Monday 17:00: due on Tuesday at 11:00, the level at 10:00, not at midnight",
      LONG_OFFICE CONTRACT "terms=/3/response/240m\n",
      "17:00 ticket.record state=new\n 35:00 passes",
      "33:00 ticket.reminded\n"
      "34:00 ticket.threshold_reached clock=response percent=75\n 34:00 escalation.raised\n"
      "34:36 ticket.threshold_reached percent=90\n 34:36 escalation.level_raised level=3\n"
      "35:00 ticket.threshold_reached percent=100\n 35:00 escalation.level_raised level=4" },
    { "Four hours from Friday 16:00 are over on Monday at 12:00",
      OFFICE CONTRACT "terms=/1/resolve/240m\n", "112:00 ticket.record priority=1\n 112:00" TICKET,
      "row resolve_target=240m "
      "reckoned=resolve/office/0m/no/178:00/179:00/179:36/180:00/180:48/182:00" },
    { "48 hours from Tuesday 23:00 are over on Sunday at 21:00: Saturday is a holiday",
      DAILY "holidays=2026-01-10\n" CONTRACT "terms=/3/resolve/2880m\n",
      "47:00 ticket.record\n 47:00" TICKET,
      "row reckoned=resolve/office/0m/no/93:00/117:00/160:12/165:00/186:36/213:00" },
    { "And on Monday, when Thursday is one, too",
      DAILY "holidays=2026-01-08+2026-01-10\n" CONTRACT "terms=/3/resolve/2880m\n",
      "47:00 ticket.record\n 47:00" TICKET,
      "row reckoned=resolve/office/0m/no/117:00/165:00/184:12/189:00/210:36/237:00" },
    { "Pending from Friday to Monday adds no working time",
      OFFICE CONTRACT "terms=/3/resolve/480m\n",
      "112:00 ticket.record\n 113:00 ticket.record state=pending_client\n"
      "176:00 ticket.record\n 176:00" TICKET,
      "row resolve_used=60m phase=running "
      "reckoned=resolve/office/60m/no/180:00/182:00/183:12/184:00/201:36/204:00" },
};

/* A calendar of all hours is elapsed time, to the instant. */
static const struct given_row always[] = {
    { "All hours of a zone with summer time, and no hours, come out alike",
      ALWAYS ACME "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01 "
                  "calendar=always\n",
      "01:00 ticket.record state=new opened_at=00:30\n 02:00 ticket.record state=pending_client\n"
      "03:00 ticket.record group=desk\n 04:00 ticket.record group=network priority=2\n"
      "12:00 passes",
      "04:30 ticket.group_silent\n 04:30 escalation.raised severity=2\n"
      "05:00 escalation.level_raised level=2\n 05:30 ticket.reminded clock=resolve\n"
      "05:30 escalation.level_raised level=3\n"
      "06:30 escalation.level_raised level=4\n 07:30 ticket.threshold_reached percent=75\n"
      "08:30 escalation.level_raised level=5\n 08:42 ticket.threshold_reached percent=90\n"
      "09:30 ticket.threshold_reached percent=100\n 11:06 ticket.threshold_reached percent=120" },
    { "The same without", "",
      "01:00 ticket.record state=new opened_at=00:30\n 02:00 ticket.record state=pending_client\n"
      "03:00 ticket.record group=desk\n 04:00 ticket.record group=network priority=2\n"
      "12:00 passes",
      "04:30 ticket.group_silent\n 04:30 escalation.raised severity=2\n"
      "05:00 escalation.level_raised level=2\n 05:30 ticket.reminded clock=resolve\n"
      "05:30 escalation.level_raised level=3\n"
      "06:30 escalation.level_raised level=4\n 07:30 ticket.threshold_reached percent=75\n"
      "08:30 escalation.level_raised level=5\n 08:42 ticket.threshold_reached percent=90\n"
      "09:30 ticket.threshold_reached percent=100\n 11:06 ticket.threshold_reached percent=120" },
};

static const struct given_row contracts[] = {
    { "The term of the service, else the one for all, else the client's target, else the option",
      MAIL "00:00 copies client.changed acme targets=3/10m/20m/30m\n"
           "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01 "
           "terms=/3/response/60m+mail/3/response/40m+/3/resolve/70m+/2/update/80m\n",
      "00:00 ticket.record service=mail\n 00:00" TICKET
      "00:00 ticket.record number=2 service=mail priority=2\n"
      "00:00 @acme query escalation.ticket ticket=desk:2",
      "row contract=c1 response_target=40m resolve_target=70m update_target=30m\n"
      "row response_target=30m resolve_target=480m update_target=80m" },
    { "A ticket whose service the catalog does not know takes the term without a service",
      MAIL CONTRACT "terms=/3/resolve/60m+mail/3/resolve/40m\n",
      "09:00 ticket.record service=Postfix\n 09:00" TICKET
      "09:00 ticket.record number=2\n 09:00 @acme query escalation.ticket ticket=desk:2",
      "row contract=c1 resolve_target=60m\n row contract=c1 resolve_target=60m" },
    { "A service that the contract leaves out has the client's targets and hours",
      MAIL SHOP OFFICE
      "00:00 copies client.changed acme calendar=office targets=3/10m/20m/30m\n" ALWAYS
      "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01 "
      "calendar=always terms=/3/resolve/60m\n",
      "08:00 ticket.record service=shop\n 08:00" TICKET
      "08:00 ticket.record number=2 service=mail\n"
      "08:00 @acme query escalation.ticket ticket=desk:2",
      "row service=shop resolve_target=20m "
      "reckoned=resolve/office/0m/no/09:10/09:15/09:18/09:20/09:24/09:30\n"
      "row contract=c1 resolve_target=60m "
      "reckoned=resolve/always/0m/no/08:30/08:45/08:54/09:00/09:12/09:30" },
    { "In force from the first day to the last, in the client's zone",
      "00:00 copies client.changed acme zone=Asia|Tokyo\n"
      "00:00 copies contract.changed c1 client=acme services=mail start=2026-01-06 end=2026-01-07 "
      "terms=/4/resolve/4700m\n"
      "14:59 ticket.record number=1 priority=4\n 15:00 ticket.record number=2 priority=4\n"
      "62:59 ticket.record number=3 priority=4\n 63:00 ticket.record number=4 priority=4\n"
      "63:00 ticket.record number=5 priority=4 opened_at=20:00\n",
      "63:00 @acme query escalation.ticket ticket=desk:1\n"
      "63:00 @acme query escalation.ticket ticket=desk:2\n"
      "63:00 @acme query escalation.ticket ticket=desk:3\n"
      "63:00 @acme query escalation.ticket ticket=desk:4\n"
      "63:00 @acme query escalation.ticket ticket=desk:5",
      "63:00 ticket.reminded desk:5\n row resolve_target=4800m number=1\n row resolve_target=4700m "
      "number=2 contract=c1\n"
      "row resolve_target=4700m number=3\n row resolve_target=4800m number=4\n"
      "row resolve_target=4700m number=5" },
    { "Of several the one that names the service, then the latest, then the first by id",
      ACME "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01\n"
           "00:00 copies contract.changed c2 client=acme services=shop start=2025-02-01\n"
           "00:00 copies contract.changed c3 client=acme services=shop start=2025-03-01\n"
           "00:00 copies contract.changed c4 client=acme services=shop start=2025-03-01\n"
           "00:00 copies contract.changed c5 client=umbrella services=mail start=2025-04-01\n",
      "01:00 ticket.record number=1 service=mail\n 01:00 ticket.record number=2 service=shop\n"
      "01:00 ticket.record number=3\n 01:00 @acme query escalation.ticket ticket=desk:1\n"
      "01:00 @acme query escalation.ticket ticket=desk:2\n"
      "01:00 @acme query escalation.ticket ticket=desk:3",
      "row contract=c1\n row contract=c3\n row contract=c3" },
    { "A target in days ends at the same time of a later working day, and pauses move it",
      OFFICE CONTRACT "terms=/3/resolve//1\n",
      "112:00 ticket.record\n 112:00" TICKET
      "113:00 ticket.record state=pending_client\n 177:00 ticket.record\n 177:00" TICKET,
      "row resolve_target=480m "
      "reckoned=resolve/office/0m/no/180:00/182:00/183:12/184:00/201:36/204:00\n"
      "row resolve_target=480m resolve_used=60m" },
    { "Or at the end of that day", OFFICE CONTRACT "terms=/3/resolve//1/yes\n",
      "112:00 ticket.record\n 112:00" TICKET, "row resolve_target=540m" },
    { "Of the update clock they count from the client's contact",
      OFFICE CONTRACT "terms=/3/update//1/yes\n",
      "10:00 ticket.record\n 10:00" TICKET
      "15:00 ticket.record client_contact_at=14:00\n 15:00" TICKET
      "16:00 ticket.record client_contact_at=14:00\n 16:00" TICKET,
      "row update_target=900m\n"
      "row update_target=660m "
      "reckoned=resolve/office/0m/no/62:00/88:00/110:00/178:00/202:00/230:00"
      "+update/office/60m/no/35:30/38:15/39:54/41:00/59:12/62:30\n"
      "row update_target=660m update_used=60m" },
    { "A calendar without any hours left: no threshold is ever reached",
      "00:00 copies calendar.changed office zone=UTC "
      "versions=2026-01-01/mon-fri;09:00;17:00+2026-01-07\n" CONTRACT
      "terms=/3/response//3+/3/resolve/960m\n",
      "09:00 ticket.record state=new\n 1000:00 passes\n 1000:00 ticket.record state=resolved\n"
      "1000:00" TICKET,
      "17:00 ticket.reminded clock=resolve\n"
      "37:00 ticket.threshold_reached clock=resolve percent=75\n"
      "37:00 escalation.raised steps=1/0m+2/120m/39:00+3/240m/41:00\n"
      "39:00 escalation.level_raised level=2\n"
      "39:24 ticket.threshold_reached percent=90\n 39:24 escalation.level_raised level=3\n"
      "41:00 ticket.threshold_reached percent=100\n 41:00 escalation.level_raised level=4\n"
      "1000:00 escalation.resolved\n"
      "row response_target=4320m resolve_used=960m verdict=met" },
    { "In a zone that this machine does not know it is the day in UTC",
      "00:00 copies client.changed acme zone=Nowhere|Land\n"
      "00:00 copies contract.changed c1 client=acme services=mail start=2026-01-06\n"
      "23:59 ticket.record number=1\n 24:00 ticket.record number=2\n",
      "24:00 @acme query escalation.ticket ticket=desk:1\n"
      "24:00 @acme query escalation.ticket ticket=desk:2",
      "row number=1\n row number=2 contract=c1" },
    { "One clock counts hours, the others elapsed time",
      OFFICE ACME "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01 "
                  "terms=/3/response/60m///office+/3/resolve\n",
      "08:00 ticket.record state=new client_contact_at=08:00\n"
      "08:30 ticket.record state=new\n 08:30" TICKET,
      "row resolve_target=2400m resolve_origin=08:00 "
      "reckoned=response/office/0m/no/09:30/09:45/09:54/10:00/10:12/10:30" },
    { "Hours that nobody knows count all time",
      "00:00 copies calendar.changed office zone=Nowhere|Land "
      "versions=2026-01-01/mon-fri;09:00;17:00\n" CONTRACT "terms=/3/resolve/60m\n",
      "00:00 ticket.record\n 00:30 passes", "00:30 ticket.reminded" },
};

/* GLPI #6902, #15605, #24481: what was paused is not lost when targets, hours or pauses change. */
static const struct given_row anew[] = {
    { "Another priority counts other hours: from the beginning, and without the pause",
      OFFICE ALWAYS CONTRACT "terms=/3/resolve/480m+/1/resolve/240m///always\n",
      "08:00 ticket.record\n 10:00 ticket.record state=pending_client\n 10:30 ticket.record\n"
      "11:00 ticket.record priority=1\n 11:00" TICKET,
      "11:00 ticket.reminded clock=resolve\n"
      "row resolve_used=150m reckoned=resolve/always/150m/no//11:30/12:06/12:30/13:18/14:30" },
    { "And back: what is no longer passed can be reached again",
      OFFICE ALWAYS CONTRACT "terms=/3/resolve/480m+/1/resolve/240m///always\n",
      "04:00 ticket.record priority=1\n 07:10 passes\n 09:30 ticket.record\n 09:30" TICKET
      "13:00 passes",
      "06:00 ticket.reminded\n 07:00 ticket.threshold_reached percent=75\n"
      "07:00 escalation.raised\n 07:10 escalation.level_raised\n 07:15 escalation.level_raised\n"
      "07:30 escalation.level_raised\n 07:36 ticket.threshold_reached\n"
      "08:00 ticket.threshold_reached\n 08:00 escalation.level_raised\n"
      "08:48 ticket.threshold_reached\n 09:00 escalation.level_raised\n"
      "row resolve_used=30m "
      "reckoned=resolve/office/30m/no/13:00/15:00/16:12/17:00/34:36/37:00\n"
      "13:00 ticket.reminded" },
    { "Another contract pauses in fewer states: what it does not pause in counts after all",
      ACME "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01\n"
           "00:00 copies contract.changed c2 client=acme services=shop start=2025-01-01 "
           "pauses=pending_client\n",
      "00:00 ticket.record service=mail\n"
      "01:00 ticket.record service=mail state=pending_client\n"
      "02:00 ticket.record service=mail state=pending_supplier\n"
      "04:00 ticket.record service=mail state=other\n 04:00" TICKET
      "05:00 ticket.record service=shop state=other\n 05:00" TICKET,
      "row phase=paused resolve_used=60m\n"
      "row phase=running resolve_origin=01:00 pauses=pending_client" },
    { "One that never pauses",
      ACME "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01 "
           "never_pauses=yes terms=/3/resolve/60m\n",
      "00:00 ticket.record group=a\n 00:10 ticket.record state=pending_supplier group=b\n"
      "00:30 passes\n 00:30" TICKET,
      "00:30 ticket.reminded\n row phase=running never_pauses=yes silent_at=04:10" },
    { "A contract that ends for the ticket: elapsed time from its beginning",
      MAIL SHOP OFFICE CONTRACT "terms=/3/resolve/480m\n",
      "00:00 ticket.record service=mail\n 10:00 ticket.record service=mail\n 10:00" TICKET
      "10:30 ticket.record service=shop\n 10:30" TICKET,
      "row reckoned=resolve/office/0m/no/13:00/15:00/16:12/17:00/34:36/37:00 contract=c1\n"
      "row resolve_origin=00:00 resolve_target=2400m service=shop" },
    { "A stopped ticket is counted anew when it is reopened",
      MAIL SHOP OFFICE CONTRACT "terms=/3/resolve/480m\n",
      "08:00 ticket.record service=shop\n 10:00 ticket.record service=shop state=resolved\n"
      "11:00 ticket.record service=mail state=closed\n 11:00" TICKET
      "12:00 ticket.record service=mail\n 12:00" TICKET,
      "row resolve_used=120m phase=stopped\n"
      "row resolve_used=60m "
      "reckoned=resolve/office/60m/no/15:00/17:00/34:12/35:00/36:36/39:00 contract=c1" },
    { "The update clock is, too, from the contact on",
      OFFICE ALWAYS CONTRACT "terms=/3/update/120m+/1/update/240m///always\n",
      "10:00 ticket.record client_contact_at=08:00\n 10:00" TICKET
      "10:20 ticket.record priority=1 client_contact_at=08:00 state=pending_client\n 10:20" TICKET,
      "10:00 ticket.reminded clock=update\n"
      "row update_used=60m\n row update_used=140m" },
    { "Which may come long behind the ticket's beginning",
      OFFICE ALWAYS CONTRACT "terms=/3/update/120m+/1/update/240m///always\n",
      "08:00 ticket.record\n 08:30 ticket.record state=pending_client\n 08:40 ticket.record\n"
      "09:00 ticket.record client_contact_at=08:50\n"
      "09:30 ticket.record priority=1 client_contact_at=08:50\n 09:30" TICKET,
      "row update_used=40m" },
    { "And the response clock, which never pauses",
      OFFICE ALWAYS CONTRACT "terms=/3/response/120m+/1/response/240m///always\n",
      "08:30 ticket.record state=new\n 09:30 ticket.record state=new priority=1\n 09:30" TICKET,
      "row response_used=60m "
      "reckoned=response/always/60m/no/10:30/11:30/12:06/12:30/13:18/14:30"
      "+resolve/office/30m/no/11:00/12:00/12:36/13:00/13:48/15:00" },
};

/* DOMAIN 4.8: working minutes for severities 3 and 4. */
static const struct given_row ladder[] = {
    { "Severity 3 climbs by working minutes", OFFICE CONTRACT,
      "15:00 ticket.record\n 16:00 escalation.raise tickets=desk:1\n 36:00 passes",
      "16:00 escalation.raised steps=1/0m+2/120m/34:00+3/240m/36:00+4/480m/40:00+5/960m/64:00\n"
      "34:00 escalation.level_raised level=2 cause=matrix\n"
      "36:00 escalation.level_raised level=3" },
    { "Severity 2 by elapsed ones", OFFICE CONTRACT,
      "16:00 ticket.record priority=2\n 16:00 escalation.raise tickets=desk:1\n 18:00 passes",
      "16:00 escalation.raised steps=1/0m+2/30m+3/60m+4/120m+5/240m+6/480m\n"
      "16:30 escalation.level_raised\n 17:00 escalation.level_raised\n"
      "18:00 escalation.level_raised level=4" },
    { "By the client's hours, where no contract names any, and for a complaint",
      OFFICE "00:00 copies client.changed acme calendar=office\n"
             "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01\n",
      "16:00 ticket.record priority=4\n 16:00 escalation.raise tickets=desk:1\n"
      "16:00 escalation.raise severity=3",
      "16:00 escalation.raised steps=1/0m+2/480m/40:00+3/960m/64:00\n"
      "16:00 escalation.raised steps=1/0m+2/120m/34:00+3/240m/36:00+4/480m/40:00+5/960m/64:00" },
    { "Severity that rises from 4 to 3: from the raise on, but not before the fact",
      OFFICE CONTRACT "\n00:00 ticket.record priority=4\n 09:00 escalation.raise tickets=desk:1\n",
      "14:00 ticket.record\n 14:00 passes\n 15:00 ticket.record priority=2",
      "14:00 escalation.severity_raised severity=3 "
      "steps=1/0m+2/120m/11:00+3/240m/13:00+4/480m/17:00+5/960m/41:00\n"
      "14:00 escalation.level_raised level=3 from=1\n"
      "15:00 escalation.severity_raised severity=2 "
      "steps=1/0m+2/30m+3/60m+4/120m+5/240m+6/480m" },
    { "Another service of its first ticket brings other hours",
      OFFICE ALWAYS MAIL SHOP ACME "00:00 copies contract.changed c1 client=acme services=mail "
                                   "start=2025-01-01 calendar=office\n"
                                   "00:00 copies contract.changed c2 client=acme services=shop "
                                   "start=2025-01-01 calendar=always\n"
                                   "00:00 ticket.record number=1 priority=4 service=mail\n 00:00 "
                                   "ticket.record number=2 priority=4\n"
                                   "09:00 escalation.raise tickets=desk:1+desk:2\n",
      "10:00 ticket.record number=1 service=shop priority=3\n",
      "10:00 escalation.severity_raised "
      "steps=1/0m+2/120m/11:00+3/240m/13:00+4/480m/17:00+5/960m/25:00" },
    { "Merged with an earlier raise, it climbs from there",
      OFFICE CONTRACT "\n09:00 escalation.raise severity=3\n 10:00 ticket.record\n"
                      "10:00 escalation.raise tickets=desk:1\n",
      "10:30 escalation.merge escalation=esc-2 other=esc-1\n 11:00 passes",
      "10:30 escalation.absorbed esc-2 raised_at=09:00 "
      "steps=1/0m+2/120m/11:00+3/240m/13:00+4/480m/17:00+5/960m/41:00\n"
      "10:30 escalation.merged esc-1\n 11:00 escalation.level_raised esc-2 level=2" },
    { "An acknowledgement lasts elapsed time", OFFICE CONTRACT "\n16:00 ticket.record\n",
      "16:00 escalation.raise tickets=desk:1\n 16:30 escalation.ack\n 20:30 passes",
      "16:00 escalation.raised\n 16:30 escalation.acked until=20:30\n"
      "20:30 escalation.ack_expired" },
};

static const struct given_row changes[] = {
    { "A holiday said later counts from the next fact on",
      OFFICE CONTRACT "terms=/3/resolve/960m\n 09:00 ticket.record\n"
                      "10:00 copies calendar.changed office zone=UTC "
                      "versions=2026-01-01/mon-fri;09:00;17:00 holidays=2026-01-06\n",
      "11:00" TICKET "11:00 ticket.record\n 11:00" TICKET "12:00 ticket.record\n 12:00" TICKET,
      "row reckoned=resolve/office/0m/no/17:00/37:00/39:24/41:00/60:12/65:00\n"
      "row resolve_anchor=11:00 "
      "reckoned=resolve/office/120m/no/17:00/61:00/63:24/65:00/84:12/89:00\n"
      "row resolve_anchor=11:00 "
      "reckoned=resolve/office/120m/no/17:00/61:00/63:24/65:00/84:12/89:00" },
    { "What had passed under the old hours, and has not under the new, is ahead of the fact",
      OFFICE CONTRACT "terms=/3/resolve/240m\n 12:00 ticket.record\n"
                      "13:00 copies calendar.changed office zone=UTC "
                      "versions=2026-01-01/mon-fri;12:30;17:00\n",
      "13:30 ticket.record\n 13:30" TICKET,
      "row reckoned=resolve/office/60m/no/14:30/15:30/16:06/16:30/36:48/38:00" },
    { "A calendar that is gone: elapsed time, counted anew",
      OFFICE CONTRACT "terms=/3/resolve/960m\n 08:00 ticket.record\n"
                      "10:00 copies calendar.removed office id=office\n",
      "10:30 ticket.record\n 10:30" TICKET, "row resolve_origin=08:00" },
    { "A term that changes its target: as by a change of priority",
      OFFICE CONTRACT "terms=/3/resolve/960m\n 09:00 ticket.record\n 16:00 passes\n" CONTRACT
                      "terms=/3/resolve/480m\n",
      "16:30 ticket.record\n 16:30 passes\n 16:30" TICKET,
      "16:30 ticket.threshold_reached percent=90\n 16:30 escalation.raised level=3\n"
      "row resolve_target=480m reckoned=resolve/office/450m/no////17:00/34:36/37:00" },
    { "A contract that is gone leaves the client's hours and targets",
      OFFICE ALWAYS "00:00 copies client.changed acme calendar=always targets=3//600m\n"
                    "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01 "
                    "calendar=office terms=/3/resolve/960m\n"
                    "08:00 ticket.record\n 09:00 copies contract.removed c1 id=c1\n",
      "10:00 ticket.record\n 10:00" TICKET,
      "row resolve_target=600m "
      "reckoned=resolve/always/120m/no/13:00/15:30/17:00/18:00/20:00/23:00" },
    { "Told late: what was due by then lapses, in the hours that count",
      OFFICE CONTRACT "terms=/3/resolve/240m\n",
      "40:00 ticket.record updated_at=12:00\n 40:00" TICKET,
      "row resolve_reached=150 phase=running" },
    { "A paused clock takes the new target, and reaches nothing",
      OFFICE CONTRACT "terms=/3/resolve/960m+/2/resolve/240m\n"
                      "10:00 ticket.record\n 12:30 ticket.record state=pending_client\n",
      "13:00 ticket.record state=pending_client priority=2\n 60:00 passes\n 60:00" TICKET,
      "row resolve_used=150m resolve_target=240m reckoned=resolve/office/150m phase=paused" },
};

/* Its state changed too often to be counted anew: what was used stays used. */
static void test_forgotten(void **state)
{
    (void)state;
    given_begin(&escalation_book);
    given_play(OFFICE ALWAYS CONTRACT "terms=/3/resolve/4800m+/1/resolve/4800m///always\n"
                                      "08:00 ticket.record\n");
    for (int i = 0; i < 32; i++)
        given_play("09:%02d:00 ticket.record state=pending_client\n"
                   "09:%02d:30 ticket.record",
                   i, i);
    given_play("09:40 ticket.record priority=1\n 09:40" TICKET);
    given_expect("row resolve_used=24m phase=running "
                 "reckoned=resolve/always/24m/no/49:16/69:16/81:16/89:16/105:16/129:16");
    given_play("09:50 ticket.record priority=1 state=pending_problem\n"
               "09:51 ticket.record priority=1 state=other\n 09:51" TICKET);
    given_expect("row resolve_used=34m phase=paused");
    given_play("10:00 ticket.record state=active\n 10:00" TICKET);
    given_expect("row resolve_used=34m phase=running "
                 "reckoned=resolve/office/34m/no/177:26/229:26/273:26/345:26/393:26/513:26");
    given_play("11:00 ticket.record state=active priority=1\n 11:00" TICKET);
    given_expect("row resolve_used=94m phase=running");
    given_play("11:00 copies contract.removed c1 id=c1\n"
               "12:00 ticket.record priority=1\n 12:00" TICKET);
    given_expect(
        "12:00 ticket.reminded\n row resolve_used=154m resolve_origin=09:26 phase=running");
    given_end();
}

static void test_vectors(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, vectors);
}

static void test_always(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, always);
}

static void test_contracts(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, contracts);
}

static void test_anew(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, anew);
}

static void test_ladder(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, ladder);
}

static void test_changes(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, changes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),   cmocka_unit_test(test_always),
        cmocka_unit_test(test_contracts), cmocka_unit_test(test_anew),
        cmocka_unit_test(test_ladder),    cmocka_unit_test(test_changes),
        cmocka_unit_test(test_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
