#include "eb_reference_data.h"

static const unsigned char inputs[] = {
#embed "digits/inputs.npy"
};
static const unsigned char labels[] = {
#embed "digits/labels.npy"
};
static const unsigned char teacher[] = {
#embed "digits/teacher.ebgraph"
};
static const unsigned char student[] = {
#embed "digits/student.ebgraph"
};

eb_reference_file eb_digits_inputs(void) { return (eb_reference_file){inputs, sizeof inputs}; }
eb_reference_file eb_digits_labels(void) { return (eb_reference_file){labels, sizeof labels}; }
eb_reference_file eb_digits_teacher(void) { return (eb_reference_file){teacher, sizeof teacher}; }
eb_reference_file eb_digits_student(void) { return (eb_reference_file){student, sizeof student}; }
