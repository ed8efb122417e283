/* tables: the notification service as the runtime sees it. */
#define DEF_FOLD_VERSION 2
#define DEF_DOC                                                                                    \
    "Tells people by mail and hook what happens to escalations and to their own duties, each in "  \
    "the words meant for them, and keeps the proof of what became of every message."

#include "proto/notification.h"

#include "common/def_tables.h"
