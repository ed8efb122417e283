/* main of every service: -DSERVICE=escalation_service says which. */
#include "common/bus/process.h"

extern const struct service_type SERVICE;

int main(int argc, char **argv)
{
    return process_main(argc, argv, &SERVICE);
}
