/* The contract of the notification service as C types; its rows and their meaning are in
 * notification.def. */
#ifndef REDRESS_PROTO_NOTIFICATION_H
#define REDRESS_PROTO_NOTIFICATION_H

#define DEF_SERVICE notification
#define DEF_FILE    "proto/notification.def"
#include "common/def_types.h"

#endif
