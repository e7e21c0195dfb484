#include "eb_linux.h"
