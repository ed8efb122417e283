/* catalog_refusals_model: what is refused about services, calendars, contracts and partners. */
#ifndef REDRESS_CATALOG_REFUSALS_MODEL_H
#define REDRESS_CATALOG_REFUSALS_MODEL_H

#include "tests/unit/catalog_book.h"

#define ANN_OLGA                                                                                   \
    "00:00 client.set\n 00:00 person.set\n"                                                        \
    "00:00 person.set id=olga name=Olga side=client client=acme\n"
#define MAIL    "00:00 service.set\n 00:00 service.set id=web name=Web\n"
#define NETWORK "00:00 group.set\n"
#define CARRIER "00:00 partner.set\n 00:00 group.set id=lines side=supplier partner=carrier\n"

static const struct given_row model_refusals[] = {
    /* --- calendars --- */
    { "A calendar has a zone and hours", "",
      "01:00 calendar.set zone=Europe|Atlantis\n 01:00 calendar.set versions=\n"
      "01:00 calendar.set versions=2026-01-01 zone=Asia/Kolkata",
      "refused zone_form zone\n refused none_named versions\n 01:00 calendar.changed office" },
    { "Days are weekdays", "",
      "01:00 calendar.set versions=2026-01-01/workdays;09:00;17:00\n"
      "01:00 calendar.set versions=2026-01-01/mon-fry;09:00;17:00\n"
      "01:00 calendar.set versions=2026-01-01/mon-wed,fri;09:00;17:00",
      "refused days_form versions\n refused days_form versions\n 01:00 calendar.changed office" },
    { "Hours end behind their beginning", "",
      "01:00 calendar.set versions=2026-01-01/mon;17:00;09:00\n"
      "01:00 calendar.set versions=2026-01-01/mon;09:00;09:00\n"
      "01:00 calendar.set holidays=2026-12-24//14:00/09:00\n"
      "01:00 calendar.set holidays=2026-12-24//09:00\n"
      "01:00 calendar.set versions=2026-01-01/mon;00:00;24:00 "
      "holidays=2026-12-24//09:00/14:00+2026-12-25+2026-12-31///14:00",
      "refused hours_order versions\n refused hours_order versions\n"
      "refused hours_order holidays\n refused hours_order holidays\n 01:00 calendar.changed" },
    { "Hours of a weekday do not overlap", "",
      "01:00 calendar.set versions=2026-01-01/mon-fri;09:00;17:00&wed,sat;16:59;20:00\n"
      "01:00 calendar.set versions=2026-01-01/mon;13:00;17:00&mon;08:00;13:01\n"
      "01:00 calendar.set "
      "versions=2026-01-01/mon;13:00;17:00&mon;08:00;13:00&tue;08:00;17:00&mon;17:00;18:00",
      "refused hours_overlap versions\n refused hours_overlap versions\n 01:00 calendar.changed" },
    { "Versions and holidays are in order", "",
      "01:00 calendar.set versions=2026-02-01/mon;09:00;17:00+2026-01-01/mon;09:00;16:00\n"
      "01:00 calendar.set versions=2026-02-01/mon;09:00;17:00+2026-02-01/mon;09:00;16:00\n"
      "01:00 calendar.set holidays=2026-12-25+2026-12-24\n"
      "01:00 calendar.set holidays=2026-12-24+2026-12-24\n"
      "01:00 calendar.set versions=2026-01-01/mon;09:00;17:00+2026-02-01/mon;09:00;16:00",
      "refused not_ascending versions\n refused not_ascending versions\n"
      "refused not_ascending holidays\n refused not_ascending holidays\n 01:00 calendar.changed" },
    /* --- contracts --- */
    { "What a contract names is there", ANN_OLGA MAIL,
      "01:00 contract.set services=print\n 01:00 contract.set calendar=office\n"
      "01:00 contract.set terms=web/1/response/5m///office\n 01:00 contract.set client=umbrella",
      "refused not_in_catalog services[0].service\n refused not_in_catalog calendar\n"
      "refused not_in_catalog terms[0].calendar\n refused not_in_catalog client" },
    { "A contract ends when it has begun", ANN_OLGA MAIL,
      "01:00 contract.set end=2025-12-31\n 01:00 contract.set end=2026-01-01",
      "refused ends_before end\n 01:00 contract.changed end=2026-01-01" },
    { "It covers services, each once", ANN_OLGA MAIL,
      "01:00 contract.set services=\n 01:00 contract.set services=mail+web+mail\n"
      "01:00 contract.set services=mail+web",
      "refused none_named services\n refused named_twice services\n 01:00 contract.changed" },
    { "Money has a currency", ANN_OLGA MAIL,
      "01:00 contract.set value=100\n 01:00 contract.set exit_cost=0.01\n"
      "01:00 contract.set value=100 currency=eur\n 01:00 contract.set currency=EU\n"
      "01:00 contract.set currency=EU1\n"
      "01:00 contract.set value=100.50 currency=EUR\n 01:00 contract.set currency=CHF",
      "refused currency_form currency\n refused currency_form currency\n"
      "refused currency_form currency\n refused currency_form currency\n"
      "refused currency_form currency\n"
      "01:00 contract.changed\n 01:00 contract.changed" },
    { "A contract stays with its client",
      ANN_OLGA MAIL "00:00 client.set id=umbrella name=Umbrella\n00:00 contract.set\n",
      "01:00 contract.set client=umbrella\n 01:00 contract.set name=Other\n"
      "01:00 contract.remove contract=c-1\n 01:00 contract.set client=umbrella",
      "refused contract_client client\n 01:00 contract.changed\n"
      "01:00 contract.removed client=acme\n 01:00 contract.changed client=umbrella" },
    { "What never pauses does not", ANN_OLGA MAIL,
      "01:00 contract.set never_pauses=yes pauses=pending_client\n"
      "01:00 contract.set pauses=pending_client+pending_supplier+pending_client\n"
      "01:00 contract.set pauses=pending_client+pending_supplier\n"
      "01:00 contract.set never_pauses=yes",
      "refused pauses_never pauses\n refused named_twice pauses\n 01:00 contract.changed\n"
      "01:00 contract.changed" },
    { "A target is a time, or days", ANN_OLGA MAIL,
      "01:00 contract.set terms=/1/response\n 01:00 contract.set terms=/1/response/5m/1\n"
      "01:00 contract.set terms=/1/response/5m//yes\n"
      "01:00 contract.set terms=/1/response//1/yes+/1/resolve//2+/2/response/5m",
      "refused term_form terms\n refused term_form terms\n refused term_form terms\n"
      "01:00 contract.changed" },
    { "It is said once, for a service or for all", ANN_OLGA MAIL,
      "01:00 contract.set terms=/1/response/5m+/1/response/6m\n"
      "01:00 contract.set terms=mail/1/response/5m+mail/1/response/6m\n"
      "01:00 contract.set terms=/1/response/5m+mail/1/response/6m+/2/response/5m",
      "refused term_twice terms\n refused term_twice terms\n 01:00 contract.changed" },
    { "It is of what is covered", ANN_OLGA MAIL, "01:00 contract.set terms=web/1/response/5m",
      "refused term_uncovered terms" },
    { "It is answered before it is solved", ANN_OLGA MAIL,
      "01:00 contract.set terms=/1/response/61m+/1/resolve/60m\n"
      "01:00 contract.set terms=mail/1/resolve/60m+mail/1/response/61m\n"
      "01:00 contract.set terms=/1/response/60m+/1/resolve/60m+/2/response/61m+/1/update/90m\n"
      "01:00 contract.set terms=/1/response//3+/1/resolve/60m\n"
      "01:00 contract.set terms=/1/response/90m+/1/resolve//1",
      "refused target_order terms\n refused target_order terms\n 01:00 contract.changed\n"
      "01:00 contract.changed\n 01:00 contract.changed" },
    { "Owners are the provider's", ANN_OLGA MAIL NETWORK,
      "01:00 contract.set owner=olga\n 01:00 agreement.set owner=olga\n"
      "01:00 service.set owner=olga\n 01:00 area.set owner=olga\n 01:00 tool.set owner=olga\n"
      "01:00 partner.set manager=olga\n 01:00 contract.set owner=ann",
      "refused wrong_side owner\n refused wrong_side owner\n refused wrong_side owner\n"
      "refused wrong_side owner\n refused wrong_side owner\n refused wrong_side manager\n"
      "01:00 contract.changed owner=ann" },
    /* --- agreements and partners --- */
    { "An agreement with a supplier is with one", NETWORK CARRIER,
      "01:00 agreement.set kind=supplier groups=lines\n 01:00 agreement.set partner=carrier\n"
      "01:00 agreement.set kind=supplier partner=carrier groups=lines",
      "refused partner_form partner\n refused partner_form partner\n 01:00 agreement.changed" },
    { "It binds groups of that partner, one within groups of our own",
      NETWORK CARRIER "00:00 partner.set id=cables name=C\n",
      "01:00 agreement.set groups=\n 01:00 agreement.set groups=network+network\n"
      "01:00 agreement.set groups=lines\n"
      "01:00 agreement.set kind=supplier partner=carrier groups=network\n"
      "01:00 agreement.set kind=supplier partner=cables groups=lines",
      "refused none_named groups\n refused named_twice groups\n refused wrong_group groups\n"
      "refused wrong_group groups\n refused wrong_group groups" },
    { "It has days, contracts, targets and a line as others have",
      ANN_OLGA MAIL NETWORK "00:00 contract.set\n",
      "01:00 agreement.set end=2025-12-31\n 01:00 agreement.set contracts=c-1+c-1\n"
      "01:00 agreement.set terms=/1/response\n 01:00 agreement.set holders=1/olga\n"
      "01:00 agreement.set contracts=c-1 terms=web/1/response/5m holders=1/ann",
      "refused ends_before end\n refused named_twice contracts\n refused term_form terms\n"
      "refused wrong_side holders\n 01:00 agreement.changed" },
    { "In a supplier's line stand its people, or the provider's",
      ANN_OLGA CARRIER "00:00 person.set id=sue name=Sue side=supplier\n",
      "01:00 agreement.set kind=supplier partner=carrier groups=lines holders=1/olga\n"
      "01:00 agreement.set kind=supplier partner=carrier groups=lines holders=1/sue+2/ann",
      "refused wrong_side holders\n 01:00 agreement.changed" },
    { "Nobody makes an agreement with a partner that is gone",
      "00:00 partner.set state=gone\n 00:00 group.set id=lines side=supplier partner=carrier\n",
      "01:00 agreement.set kind=supplier partner=carrier groups=lines",
      "refused partner_gone partner" },
    { "A partner is not gone while an agreement is with it",
      NETWORK CARRIER "00:00 agreement.set id=a-0\n"
                      "00:00 agreement.set kind=supplier partner=carrier groups=lines\n",
      "01:00 partner.set state=leaving\n 01:00 partner.set state=gone",
      "01:00 partner.changed state=leaving\n refused partner_needed state" },
    { "Nor while its groups support components",
      MAIL CARRIER NETWORK "00:00 component.set group=lines\n 00:00 component.set id=dns name=DNS\n"
                           "00:00 component.set id=ad name=AD group=network\n",
      "01:00 partner.set state=gone\n 01:00 component.set\n 01:00 partner.set state=gone\n"
      "01:00 component.set group=lines",
      "refused partner_needed state\n 01:00 component.changed\n 01:00 partner.changed state=gone\n"
      "refused partner_gone group" },
    { "One that was never there may be gone from the beginning", "",
      "01:00 partner.set state=gone\n 01:00 partner.set state=gone name=C",
      "01:00 partner.changed\n 01:00 partner.changed" },
    { "A named group stays whose it is",
      MAIL CARRIER NETWORK "00:00 partner.set id=cables name=C\n"
                           "00:00 component.set group=lines\n"
                           "00:00 component.set id=ad name=AD group=network\n",
      "01:00 group.set side=supplier\n 01:00 group.set id=lines side=supplier partner=cables\n"
      "01:00 group.set id=lines side=supplier\n"
      "01:00 group.set id=lines side=supplier partner=carrier line=2",
      "refused still_named side\n refused still_named partner\n refused still_named partner\n"
      "01:00 group.changed lines" },
    { "It may be said later whose, but not of one that is gone",
      MAIL "00:00 partner.set\n 00:00 partner.set id=cables name=C state=gone\n"
           "00:00 group.set id=lines side=supplier\n 00:00 component.set group=lines\n",
      "01:00 group.set id=lines side=supplier partner=cables\n"
      "01:00 group.set id=lines side=supplier partner=carrier",
      "refused partner_gone partner\n 01:00 group.changed lines" },
    { "One that nobody names goes over to another partner",
      CARRIER "00:00 partner.set id=cables name=C\n",
      "01:00 group.set id=lines side=supplier partner=cables\n 01:00 group.set id=lines",
      "01:00 group.changed partner=cables\n 01:00 group.changed side=provider" },
    /* --- components and desks --- */
    { "A component is of services, each once", MAIL "00:00 component.set id=dns name=DNS\n",
      "01:00 component.set services=\n 01:00 component.set services=mail+mail\n"
      "01:00 component.set depends=dns+dns\n 01:00 component.set services=mail+web depends=dns",
      "refused none_named services\n refused named_twice services\n refused named_twice depends\n"
      "01:00 component.changed mx" },
    { "It does not depend on itself, also not through others",
      MAIL "00:00 component.set\n 00:00 component.set id=dns name=DNS depends=mx\n"
           "00:00 component.set id=ad name=AD depends=dns+mx\n",
      "01:00 component.set depends=mx\n 01:00 component.set depends=dns\n"
      "01:00 component.set depends=ad\n 01:00 component.set id=ad name=AD depends=dns",
      "refused depends_on_itself depends\n refused depends_on_itself depends\n"
      "refused depends_on_itself depends\n 01:00 component.changed ad" },
    { "A desk has channels", NETWORK, "01:00 desk.set channels=", "refused none_named channels" },
    { "Where people help themselves somebody real takes over", NETWORK,
      "01:00 desk.set channels=phone+portal///yes\n"
      "01:00 desk.set channels=phone+portal///yes human_after=Two_tries",
      "refused human_missing human_after\n 01:00 desk.changed" },
    { "One desk is the usual one", NETWORK "00:00 desk.set usual=yes\n 00:00 desk.set id=spare\n",
      "01:00 desk.set id=night usual=yes\n 01:00 desk.set usual=yes name=Our_desk\n"
      "01:00 desk.set\n 01:00 desk.set id=night usual=yes",
      "refused usual_twice usual\n 01:00 desk.changed\n 01:00 desk.changed\n 01:00 desk.changed" },
    { "What is named stays",
      ANN_OLGA MAIL NETWORK CARRIER
      "00:00 calendar.set\n 00:00 contract.set calendar=office\n 00:00 desk.set\n",
      "01:00 service.remove service=mail\n 01:00 calendar.remove calendar=office\n"
      "01:00 group.remove\n 01:00 partner.remove partner=carrier\n 01:00 client.remove\n"
      "01:00 contract.remove\n 01:00 service.remove service=mail",
      "refused still_named service\n refused still_named calendar\n refused still_named group\n"
      "refused still_named partner\n refused still_named client\n 01:00 contract.removed\n"
      "01:00 service.removed mail" },
};

#endif
