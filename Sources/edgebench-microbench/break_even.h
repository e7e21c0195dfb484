#ifndef EDGEBENCH_MICROBENCH_BREAK_EVEN_H
#define EDGEBENCH_MICROBENCH_BREAK_EVEN_H

// Prints, as Markdown, how much faster sparse products are than dense ones at several densities, and the density below
// which each pays. False, and a line on stderr each, where the kernels' table claims more than was measured.
bool print_break_even();

#endif
