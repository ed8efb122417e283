/* Not pure: computes in floating point. */
#include <stdint.h>

int64_t purity_planted(int64_t target);

int64_t purity_planted(int64_t target)
{
    return (int64_t)((double)target * 0.75);
}
