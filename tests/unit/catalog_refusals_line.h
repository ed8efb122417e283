/* catalog_refusals_line: what is refused about roles, deliveries, processes and the matrix. */
#ifndef REDRESS_CATALOG_REFUSALS_LINE_H
#define REDRESS_CATALOG_REFUSALS_LINE_H

#include "tests/unit/catalog_book.h"

#define SIDES                                                                                      \
    "00:00 client.set\n 00:00 client.set id=umbrella name=Umbrella\n 00:00 person.set\n"           \
    "00:00 person.set id=bob name=Bob side=provider\n"                                             \
    "00:00 person.set id=sue name=Sue side=supplier\n"                                             \
    "00:00 person.set id=olga name=Olga side=client client=acme\n"                                 \
    "00:00 person.set id=ursa name=Ursa side=client client=umbrella\n"                             \
    "00:00 group.set\n 00:00 group.set id=lines side=supplier\n"                                   \
    "00:00 service.set\n 00:00 service.set id=web name=Web\n"
#define ROLES                                                                                      \
    "00:00 role.set id=agent name=Agent side=provider\n"                                           \
    "00:00 role.set id=carrier name=Carrier side=supplier\n"                                       \
    "00:00 role.set id=contact name=Contact side=client\n"

static const struct given_row line_refusals[] = {
    { "A delivery says who has some role", SIDES,
      "01:00 delivery.set id=acme client=acme roles=", "refused none_named roles" },
    /* --- roles --- */
    { "A role is had by name or by a group's duty", SIDES,
      "01:00 role.set id=a name=A side=provider person=ann group=network\n"
      "01:00 role.set id=a name=A side=provider person=ann backup=bob\n"
      "01:00 role.set id=a name=A side=provider group=network backup=bob\n"
      "01:00 role.set id=a name=A side=provider",
      "refused role_form group\n 01:00 role.changed a person=ann\n 01:00 role.changed a\n"
      "01:00 role.changed a" },
    { "By people and groups of its side", SIDES,
      "01:00 role.set id=a name=A side=provider person=sue\n"
      "01:00 role.set id=a name=A side=provider person=olga\n"
      "01:00 role.set id=a name=A side=provider group=lines\n"
      "01:00 role.set id=a name=A side=provider person=ann backup=sue\n"
      "01:00 role.set id=a name=A side=supplier person=ann\n"
      "01:00 role.set id=a name=A side=supplier group=network\n"
      "01:00 role.set id=a name=A side=supplier group=lines backup=sue",
      "refused role_side person\n refused role_side person\n refused role_side group\n"
      "refused role_side backup\n refused role_side person\n refused role_side group\n"
      "01:00 role.changed a side=supplier" },
    { "Nobody is their own backup in a role", SIDES,
      "01:00 role.set id=a name=A side=provider person=ann backup=ann",
      "refused own_backup backup" },
    { "Who has a role at a client is said for each", SIDES,
      "01:00 role.set id=a name=A side=client person=olga\n"
      "01:00 role.set id=a name=A side=client group=network\n"
      "01:00 role.set id=a name=A side=client backup=olga\n"
      "01:00 role.set id=a name=A side=client",
      "refused role_at_client person\n refused role_at_client group\n"
      "refused role_at_client group\n 01:00 role.changed a" },
    { "Levels are the provider's", SIDES,
      "01:00 role.set id=a name=A side=supplier level=1\n"
      "01:00 role.set id=a name=A side=client level=1\n"
      "01:00 role.set id=a name=A side=provider level=6",
      "refused level_side level\n refused level_side level\n 01:00 role.changed a level=6" },
    { "A role that is named stays on its side",
      SIDES ROLES "00:00 delivery.set id=acme client=acme roles=agent//ann\n",
      "01:00 role.set id=agent name=Agent side=supplier\n"
      "01:00 role.set id=agent name=Agents side=provider\n"
      "01:00 role.set id=carrier name=Carrier side=provider",
      "refused still_named side\n 01:00 role.changed agent\n 01:00 role.changed carrier" },

    /* --- deliveries --- */
    { "A delivery is called as its client and service", SIDES ROLES,
      "01:00 delivery.set id=a client=acme roles=agent//ann\n"
      "01:00 delivery.set id=acme2 client=acme roles=agent//ann\n"
      "01:00 delivery.set id=acmy client=acme roles=agent//ann\n"
      "01:00 delivery.set id=acme:maix client=acme service=mail roles=agent//ann\n"
      "01:00 delivery.set id=acme client=acme service=mail roles=agent//ann\n"
      "01:00 delivery.set id=acme:web client=acme service=mail roles=agent//ann\n"
      "01:00 delivery.set id=acme:mail client=acme roles=agent//ann\n"
      "01:00 delivery.set id=acme.mail client=acme service=mail roles=agent//ann\n"
      "01:00 delivery.set id=acme:mail2 client=acme service=mail roles=agent//ann\n"
      "01:00 delivery.set id=acme:mail client=acme service=mail roles=agent//ann\n"
      "01:00 delivery.set id=acme client=acme roles=agent//ann",
      "refused delivery_id id\n refused delivery_id id\n refused delivery_id id\n"
      "refused delivery_id id\n refused delivery_id id\n refused delivery_id id\n"
      "refused delivery_id id\n refused delivery_id id\n"
      "refused delivery_id id\n 01:00 delivery.changed acme:mail\n 01:00 delivery.changed acme" },
    { "It says who, and one of both", SIDES ROLES,
      "01:00 delivery.set id=acme client=acme roles=agent\n"
      "01:00 delivery.set id=acme client=acme roles=carrier//sue+agent/network/ann\n"
      "01:00 delivery.set id=acme client=acme roles=agent/network//ann",
      "refused duty_form roles[0].person\n refused duty_form roles[1].group\n"
      "01:00 delivery.changed acme" },
    { "A role is given once", SIDES ROLES,
      "01:00 delivery.set id=acme client=acme roles=agent//ann+carrier//sue+agent//bob",
      "refused role_twice roles[2].role" },
    { "The entry that is wrong is named, the twelfth too",
      SIDES ROLES
      "00:00 role.set id=r1 name=R side=provider\n 00:00 role.set id=r2 name=R side=provider\n"
      "00:00 role.set id=r3 name=R side=provider\n 00:00 role.set id=r4 name=R side=provider\n"
      "00:00 role.set id=r5 name=R side=provider\n 00:00 role.set id=r6 name=R side=provider\n"
      "00:00 role.set id=r7 name=R side=provider\n 00:00 role.set id=r8 name=R side=provider\n"
      "00:00 role.set id=r9 name=R side=provider\n 00:00 role.set id=r10 name=R side=provider\n",
      "01:00 delivery.set id=acme client=acme roles=r1//ann+r2//ann+r3//ann+r4//ann+r5//ann+"
      "r6//ann+r7//ann+r8//ann+r9//ann+r10//ann+agent//ann+carrier//ann",
      "refused role_side roles[11].person" },
    { "All of them go again, when nothing names them",
      SIDES ROLES "00:00 component.set\n 00:00 process.set\n"
                  "00:00 delivery.set id=acme client=acme roles=agent//ann\n"
                  "00:00 raci.set id=mx:incident component=mx process=incident cells=agent/A\n",
      "01:00 role.remove role=agent\n 01:00 process.remove process=incident\n"
      "01:00 raci.remove raci=mx:incident\n 01:00 process.remove process=incident\n"
      "01:00 role.remove role=agent\n 01:00 delivery.remove delivery=acme\n"
      "01:00 role.remove role=agent",
      "refused still_named role\n refused still_named process\n"
      "01:00 raci.removed mx:incident\n 01:00 process.removed incident\n"
      "refused still_named role\n 01:00 delivery.removed acme\n 01:00 role.removed agent" },
    { "To its own side; at a client, to that client's", SIDES ROLES,
      "01:00 delivery.set id=acme client=acme roles=agent//sue\n"
      "01:00 delivery.set id=acme client=acme roles=agent/lines\n"
      "01:00 delivery.set id=acme client=acme roles=agent//ann/sue\n"
      "01:00 delivery.set id=acme client=acme roles=carrier/network\n"
      "01:00 delivery.set id=acme client=acme roles=contact//ursa\n"
      "01:00 delivery.set id=acme client=acme roles=contact//olga/ursa\n"
      "01:00 delivery.set id=acme client=acme roles=contact/network\n"
      "01:00 delivery.set id=acme client=acme "
      "roles=contact//olga+carrier/lines//sue+agent//ann/bob",
      "refused role_side roles[0].person\n refused role_side roles[0].group\n"
      "refused role_side roles[0].backup\n refused role_side roles[0].group\n"
      "refused role_side roles[0].person\n refused role_side roles[0].backup\n"
      "refused role_side roles[0].group\n 01:00 delivery.changed acme" },
    { "And nobody backs themselves up there", SIDES ROLES,
      "01:00 delivery.set id=acme client=acme roles=agent//ann/ann",
      "refused own_backup roles[0].backup" },

    /* --- processes and the matrix --- */
    { "A step has a number of its own", "",
      "01:00 process.set id=x name=X steps=1/Log+2/Sort+1/Close\n"
      "01:00 process.set id=x name=X steps=1/Log+2/Sort",
      "refused step_twice steps\n 01:00 process.changed x" },
    { "A row of the matrix is called as what it is about",
      SIDES ROLES "00:00 component.set\n 00:00 process.set\n",
      "01:00 raci.set id=mx component=mx process=incident\n"
      "01:00 raci.set id=mx:change component=mx process=incident\n"
      "01:00 raci.set id=mx.incident component=mx process=incident\n"
      "01:00 raci.set id=my:incident component=mx process=incident\n"
      "01:00 raci.set id=mx:incidents component=mx process=incident\n"
      "01:00 raci.set id=mx:incidenz component=mx process=incident\n"
      "01:00 raci.set id=mx:incident component=mx process=incident",
      "refused raci_id id\n refused raci_id id\n refused raci_id id\n refused raci_id id\n"
      "refused raci_id id\n refused raci_id id\n"
      "01:00 raci.changed mx:incident" },
    { "A role has one part in a row", SIDES ROLES "00:00 component.set\n 00:00 process.set\n",
      "01:00 raci.set id=mx:incident component=mx process=incident cells=agent/A+agent/R\n"
      "01:00 raci.set id=mx:incident component=mx process=incident cells=agent/AR+carrier/R",
      "refused role_twice cells\n 01:00 raci.changed mx:incident" },
};

#endif
