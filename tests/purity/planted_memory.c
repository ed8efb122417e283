/* Not pure: takes memory of its own. */
#include <stdlib.h>

void *purity_planted(void);

void *purity_planted(void)
{
    return malloc(8);
}
