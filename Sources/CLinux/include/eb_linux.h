#ifndef EB_LINUX_H
#define EB_LINUX_H
#endif
