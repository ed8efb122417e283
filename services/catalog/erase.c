/* erase: that somebody was erased changes nothing that is kept: they were removed before. */
#include "services/catalog/catalog.h"

void apply_person_erased(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event, (void)entity;
}

void apply_client_erased(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event, (void)entity;
}
