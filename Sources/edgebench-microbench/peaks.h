// What the processor can do at most, measured here and now: the same clock and neighbours as for the operators.
#ifndef EDGEBENCH_MICROBENCH_PEAKS_H
#define EDGEBENCH_MICROBENCH_PEAKS_H

#include <utility>
#include <vector>

#include "workload.h"

// CPU time of this thread in seconds: as Google Benchmark's, it leaves out what other processes take.
double thread_seconds();

// Multiplications and additions per second of a loop of nothing else in registers: fused multiply-add in f32;
// vpmaddwd and vpaddd (AVX2, AVX-512), vpdpbusd (AVX-512 VNNI), smull, smlal2 and sadalp (NEON) or sdot (NEON with
// dotprod) in int8. 0 where there is no such loop: the scalar kernels are a reference and have no peak of their own.
double measured_peak(Arithmetic arithmetic, enum eb_isa isa);

// Bytes per second of reading a buffer over and over with the widest loads, by the buffer's size, in ascending order.
using ReadBandwidth = std::vector<std::pair<size_t, double>>;
ReadBandwidth measured_read_bandwidth();

// The bandwidth of the largest buffer that is no larger than `footprint`, so that a share of it is never flattered.
double bandwidth_at(const ReadBandwidth &bandwidth, size_t footprint);

#endif
