/* plant: bugs that are there on purpose, to prove that the tests which should catch them do.
 *
 * `make VARIANT=plant-NAME` builds with -DPLANT=NAME; then PLANTED(NAME) is 1 where the real source
 * asks for it, and the programs hold the symbol redress_plant_NAME. In every other build PLANTED()
 * is a constant 0 and no such symbol exists.
 *
 *     if (!PLANTED(ack_before_commit))
 *         r = commit(...);
 */
#ifndef REDRESS_PLANT_H
#define REDRESS_PLANT_H

/* name, what it breaks, what catches it */
#define PLANTS(X)                                                                                  \
    X(ack_before_commit, "Replies leave before their commit: a kill loses acknowledged commands",  \
      "tests/fault: every acknowledged command is in the log")                                     \
    X(publish_before_commit, "Events are published before their commit: followers see lost ones",  \
      "tests/fault: every consumer holds exactly the log")                                         \
    X(cursor_apart, "A cursor is committed apart from what it stands for: events come twice",      \
      "tests/fault: no event is taken twice or never")                                             \
    X(fold_fires_timer, "Folding the log fires timers: they ring again after a restart",           \
      "tests/fault: every timer rings once")                                                       \
    X(send_before_attempted,                                                                       \
      "A message leaves before its attempt is committed: a kill repeats it",                       \
      "tests/fault: nothing arrives that no attempt stands for")                                   \
    X(effect_from_fold, "Folding forgets that messages were sent: they are sent again",            \
      "tests/fault: a message that was sent is never sent again")                                  \
    X(cursor_ahead, "An event's id in a stream is one ahead of it: who resumes misses the next",   \
      "tests/fault: a stream that is resumed holds exactly the log")                               \
    X(counted_twice, "An observation told anew is added without taking back what it was before",   \
      "tests/fault: figures are what the log comes to")                                            \
    X(copy_forgets, "A copy keeps less than it was told: reactions decide otherwise",              \
      "tests/fault: each escalation to executives is heard with how many there were")              \
    X(decides_behind,                                                                              \
      "Behind a lost state decisions do not wait for its copies: days come of no zone",            \
      "tests/system/test_alone: it is asked while its copies cannot come")                         \
    X(erase_keeps_state, "Erasure keeps the old states: they still tell who it was",               \
      "tests/system/test_erase: no byte of the person is in any file")                             \
    X(checkpoint_ahead, "A checkpoint's name says more than is in the copy",                       \
      "tests/system/test_life: what a stop leaves is named by the log's head")

/* A name that is not in the table does not compile. */
#define PLANT_NUMBER_(name, breaks, caught) PLANT_##name,
enum plant { PLANT_none, PLANTS(PLANT_NUMBER_) PLANT_COUNT };
#ifndef PLANT
#define PLANT none
#endif
#define PLANT_PASTE_(name) PLANT_##name
#define PLANT_PASTE(name)  PLANT_PASTE_(name)
#define PLANTED(name)      (PLANT_##name == PLANT_PASTE(PLANT))

#endif
