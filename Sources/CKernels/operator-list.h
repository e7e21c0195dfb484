// Every operator of this build: its number, and the eb_operator that describes it. Included for its lines, twice.

// Convolution, fully connected, product

// Pooling

// Element-wise
EB_OPERATOR(EB_OP_LUT_X8, eb_lut_x8)

// Reduction and normalisation

// Data movement
EB_OPERATOR(EB_OP_COPY, eb_copy)
EB_OPERATOR(EB_OP_FILL, eb_fill)
