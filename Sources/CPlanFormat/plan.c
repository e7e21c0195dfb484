#include "eb_plan.h"
