/* Clocks that count working hours: calendars, contracts, pauses (RULES 2, 4 and 8). Hour 0 is
 * midnight of Monday 2026-01-05 in UTC; Friday begins at 96:00, the Monday behind it at 168:00. */
#include "tests/unit/escalation_book.h"

#define OFFICE                                                                                     \
    "00:00 copies calendar.changed office zone=UTC versions=2026-01-01/mon-fri;09:00;17:00\n"
#define LONG_OFFICE                                                                                \
    "00:00 copies calendar.changed office zone=UTC versions=2026-01-01/mon-fri;08:00;18:00\n"
#define DAILY "00:00 copies calendar.changed daily zone=UTC versions=2026-01-01/mon-sun;09:00;21:00"
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
    { "Pending from Friday to Monday adds no working time",
      OFFICE CONTRACT "terms=/3/resolve/480m\n",
      "112:00 ticket.record\n 113:00 ticket.record state=pending_client\n"
      "176:00 ticket.record\n 176:00" TICKET,
      "row resolve_used=60m phase=running "
      "reckoned=resolve/office/60m/no/180:00/182:00/183:12/184:00/201:36/204:00" },
};

static void test_vectors(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
