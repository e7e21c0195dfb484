// Whether a plan made by one build suits the operators of another.
#ifndef EB_REVISION_H
#define EB_REVISION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A hash of what plans rely on: each operator's number, name and size of parameters, and what packing asks for on every
// instruction set. The same on every processor. Parameters that change their meaning but not their size do not show:
// raise EB_PLAN_VERSION with them.
uint32_t eb_operators_revision(void);

#ifdef __cplusplus
}
#endif

#endif
