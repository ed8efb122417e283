/* plant: the mark that a planted build bears, for the check that no other build does; see plant.h.
 */
#ifdef PLANT
#define PLANT_IS_BUILT
#endif
#include "common/suite/plant.h"

#ifdef PLANT_IS_BUILT
#define PLANT_MARK_(name) redress_plant_##name
#define PLANT_MARK(name)  PLANT_MARK_(name)
#define PLANT_TEXT_(name) #name
#define PLANT_TEXT(name)  PLANT_TEXT_(name)

extern const char PLANT_MARK(PLANT)[];
const char PLANT_MARK(PLANT)[] = "redress_plant_" PLANT_TEXT(PLANT);
#endif
