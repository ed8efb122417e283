/* cli: what every command of `redress` shares: its settings, exit codes, how it speaks.
 *
 * Data goes to standard output, everything else to standard error. Functions named cli_run_* are
 * commands: argv[0] is the command's whole name ("redress escalation ack"), so that argp's messages
 * name it, and what they return is the exit code.
 */
#ifndef REDRESS_CLI_H
#define REDRESS_CLI_H

#include <argp.h>
#include <signal.h>
#include <stdbool.h>

#include "common/bus/client.h"
#include "common/msg/wire.h"
#include "common/service.h"
#include "common/suite/suite.h"

enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NOT_FOUND = 3,
    EXIT_CONFLICT = 4, /* refused, version, id_reused, a precondition */
    EXIT_DENIED = 5,
    EXIT_UNAVAILABLE = 6, /* nobody answers, timeout, busy, full */
    EXIT_PARTIAL = 7,
    EXIT_INTERRUPTED = 130,
};

enum output { OUTPUT_TABLE, OUTPUT_JSON };

struct cli {
    const char *data; /* the data directory as given */
    enum output output;
};

/* `--data DIR` and `-o FORMAT`: a child parser whose input is the struct cli. */
extern const struct argp_child cli_children[];

/* Parses with the shared options as children; `flags` is the parser's input. 0, or the exit code.
 * The parser's function must set state->child_inputs[0] to the struct cli at ARGP_KEY_INIT. */
int cli_parse(const struct argp *argp, int argc, char **argv, void *flags);

/* "redress: <sentence>" on standard error. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same with what is known of an error; returns the exit code that fits `error` (negative
 * errno). */
int cli_fail(int error, const struct msg_error *why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int cli_exit_of_status(enum status s);
int cli_exit_of_errno(int error);

/* Opens what lies in --data. 0, or the exit code, having said why. */
int cli_suite(const struct cli *cli, struct suite *ret);

/* The services of this program, and one of them by name or NULL. */
const struct service_type *cli_service(struct text name);

/* The i-th of the words that may stand first, nouns of services behind the tool's own; NULL behind
 * the last. */
const char *cli_word(size_t i);

/* The nearest of `count` names within a third of its length, or NULL: for "did you mean". */
const char *cli_nearest(const char *word, const char *const *names, size_t count);

/* SIGINT and SIGTERM only set the flag, so that a command can leave things whole and end with
 * EXIT_INTERRUPTED. */
extern volatile sig_atomic_t cli_stopped;
void cli_catch_signals(void);

/* The directory of this executable, without a slash at the end; "." when the system does not tell.
 */
void cli_program_directory(char out[static SUITE_PATH_MAX]);

/* Progress of long work, on standard error and only when that is a terminal; total 0: unknown.
 * `cli_progress_end` wipes it. */
void cli_progress(const char *what, uint64_t done, uint64_t total);
void cli_progress_end(void);

/* The commands. */
int cli_run_up(struct cli *cli, int argc, char **argv);
int cli_run_down(struct cli *cli, int argc, char **argv);
int cli_run_status(struct cli *cli, int argc, char **argv);
int cli_run_health(struct cli *cli, int argc, char **argv);
int cli_run_endpoints(struct cli *cli, int argc, char **argv);
int cli_run_doctor(struct cli *cli, int argc, char **argv);
int cli_run_verify(struct cli *cli, int argc, char **argv);
int cli_run_version(struct cli *cli, int argc, char **argv);
int cli_run_query(struct cli *cli, int argc, char **argv);
int cli_run_event(struct cli *cli, int argc, char **argv);
int cli_run_timeline(struct cli *cli, int argc, char **argv);
int cli_run_import(struct cli *cli, int argc, char **argv);
int cli_run_map(struct cli *cli, int argc, char **argv);
int cli_run_report(struct cli *cli, int argc, char **argv);
int cli_run_who(struct cli *cli, int argc, char **argv);
int cli_run_apply(struct cli *cli, int argc, char **argv);
int cli_run_export(struct cli *cli, int argc, char **argv);
int cli_run_simulate(struct cli *cli, int argc, char **argv);
int cli_run_clock(struct cli *cli, int argc, char **argv);
int cli_run_erase(struct cli *cli, int argc, char **argv);
int cli_run_completion(struct cli *cli, int argc, char **argv);

/* A command of a service's table: `redress NOUN VERB`. */
int cli_run_noun(struct cli *cli, int argc, char **argv);
bool cli_is_noun(struct text name);

/* The i-th verb behind a noun; NULL behind the last. */
const char *cli_verb(const char *noun, size_t i);

/* `redress token grant`: makes the token that the command says only the digest of. */
int cli_run_token_grant(struct cli *cli, int argc, char **argv);

/* `redress roster feed`: a link under which calendar programs read somebody's shifts. */
int cli_run_roster_feed(struct cli *cli, int argc, char **argv);

/* `redress roster handover`: what whoever comes on duty takes over. */
int cli_run_roster_handover(struct cli *cli, int argc, char **argv);

/* All of the program but main. */
int cli_main(int argc, char **argv);

#endif
