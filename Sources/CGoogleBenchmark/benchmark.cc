#include "eb_google_benchmark.h"
