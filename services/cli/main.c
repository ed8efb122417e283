/* redress: the one command-line tool. Everything but this function is linked into its tests too. */
#include "services/cli/cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
