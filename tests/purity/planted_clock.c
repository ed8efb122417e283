/* Not pure: asks the clock. */
#include <time.h>

long purity_planted(void);

long purity_planted(void)
{
    return (long)time(NULL);
}
