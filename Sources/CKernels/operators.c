#include "eb_operators.h"

#define EB_OPERATOR(number, name) extern const eb_operator name;
#include "operator-list.h"
#undef EB_OPERATOR

#define EB_OPERATOR(number, name) [number] = &name,
static const eb_operator *const operators[] = {
#include "operator-list.h"
};

const eb_operator *eb_operator_for(uint32_t op) {
  return op < sizeof operators / sizeof operators[0] ? operators[op] : NULL;
}
