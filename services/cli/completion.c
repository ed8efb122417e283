/* `redress completion bash`: the words of the tables, for the shell. */
#include <stdio.h>

#include "services/cli/cli.h"
#include "services/cli/import.h"
#include "services/registry.h"

static const char head[] =
    "# redress completion for bash; eval \"$(redress completion bash)\"\n"
    "_redress() {\n"
    "    local word=\"${COMP_WORDS[COMP_CWORD]}\" noun=\"${COMP_WORDS[1]}\"\n"
    "    local words=\"\"\n"
    "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
    "        words=\"";
static const char tail[] = "        *) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
                           "        esac\n"
                           "    fi\n"
                           "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                           "}\n"
                           "complete -F _redress redress\n";

static void print_verbs(const char *noun)
{
    const char *verb;
    printf("        %s) words=\"", noun);
    for (size_t i = 0; (verb = cli_verb(noun, i)) != NULL; i++)
        printf("%s ", verb);
    puts("\" ;;");
}

static void print_all(void)
{
    fputs(head, stdout);
    const char *word;
    for (size_t i = 0; (word = cli_word(i)) != NULL; i++)
        printf("%s ", word);
    puts("\"\n    elif [ \"$COMP_CWORD\" = 2 ]; then\n        case $noun in");
    fputs("        query) words=\"", stdout);
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->query_count; i++)
            printf("%s ", (*s)->queries[i].name);
    fputs("\" ;;\n        event) words=\"watch\" ;;\n        import) words=\"", stdout);
    for (const struct import_kind *k = import_kinds; k->word; k++)
        printf("%s ", k->word);
    puts("\" ;;\n        clock) words=\"add between explain\" ;;\n        erase) words=\"person "
         "client\" ;;");
    for (size_t i = 0; (word = cli_word(i)) != NULL; i++)
        if (cli_is_noun(text_from(word)))
            print_verbs(word);
    puts("        esac\n    else\n        case $word in");
    fputs("        -*) words=\"$(redress \"${COMP_WORDS[1]}\" \"${COMP_WORDS[2]}\" --help "
          "2>/dev/null |\n"
          "            sed -n 's/^ .*\\(--[a-z-]*\\).*/\\1/p')\" ;;\n",
          stdout);
    fputs(tail, stdout);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = state->input;
        return 0;
    case ARGP_KEY_ARG:
        if (strcmp(arg, "bash") != 0)
            argp_error(state, "there is completion for bash only");
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "for which shell? bash");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cli_run_completion(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .args_doc = "bash",
        .doc = "Prints completion for a shell: eval \"$(redress completion bash)\"",
        .children = cli_children,
    };
    int code = cli_parse(&argp, argc, argv, cli);
    if (code == 0)
        print_all();
    return code;
}
