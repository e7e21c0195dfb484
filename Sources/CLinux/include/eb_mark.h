// Marks a stretch of this program for an emulator that counts its instructions (Sources/CInstructionCounter).
#ifndef EB_MARK_H
#define EB_MARK_H

// First argument of getpriority, which knows no such kind of process and fails; the second says where the stretch is.
#define EB_MARK 0x45424d4b
#define EB_MARK_START 1
#define EB_MARK_END 2

void eb_mark_start(void);
void eb_mark_end(void);

#endif
