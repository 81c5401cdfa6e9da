/* A file layer with faults, put between a process and libc by LD_PRELOAD.

   It counts the calls on files under FAULT_UNDER that FAULT_CALLS names. The FAULT_AT-th fails,
   with FAULT_STICKY all after it too:
     FAULT_HOW=5      an error number, nothing is done
     FAULT_HOW=short  half of the bytes are written, which is no error
     FAULT_HOW=half   half of the bytes are written, and the process is gone
     FAULT_HOW=kill   the process is gone before anything is done
   With FAULT_WHILE none fails, or is counted, but while that file is there.
   With FAULT_COUNT the number of calls is left in that file at the end.

   With FAULT_LOG each change is written down in that file, in order, and what is said on the
   standard output between them: a letter, an offset or a size, the lengths of path and bytes, then
   both. From it `power.py` makes the disks that a power failure could have left. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int calls;
enum { GO_ON, FAIL, SHORT, HALF };

static int is_under(const char *path)
{
    const char *under = getenv("FAULT_UNDER");
    return under && strncmp(path, under, strlen(under)) == 0;
}

static int name_of(int fd, char path[4096])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, 4095);
    if (size < 0) return 0;
    path[size] = 0;
    return is_under(path);
}

static int of_file(int fd)
{
    char path[4096];
    return name_of(fd, path);
}

/* Held while something is done and written down, so that the order is the true one. */
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static int is_logged(void) { return getenv("FAULT_LOG") != NULL; }

static void put(const void *bytes, size_t size)
{
    static int log = -1;
    if (log < 0) log = syscall(SYS_openat, AT_FDCWD, getenv("FAULT_LOG"), O_CREAT | O_APPEND | O_WRONLY, 0600);
    if (syscall(SYS_write, log, bytes, size) != (ssize_t)size) abort();
}

static void note(char what, long at, const char *path, const void *bytes, size_t size)
{
    char head[96];
    put(head, snprintf(head, sizeof head, "%c %ld %zu %zu\n", what, at, strlen(path), size));
    put(path, strlen(path));
    if (size) put(bytes, size);
}

static void note_of(char what, long at, int fd, const void *bytes, size_t size)
{
    char path[4096];
    if (name_of(fd, path)) note(what, at, path, bytes, size);
    else if (what == 'W' && fd == 1) note('A', 0, "", bytes, size);
}

#define DONE(result, failed, noted) \
    if (!is_logged()) return result; \
    pthread_mutex_lock(&order); \
    __typeof__(result) done = result; \
    int error = errno; \
    if (done != failed) noted; \
    pthread_mutex_unlock(&order); \
    errno = error; \
    return done

static int what(const char *call, int counts)
{
    const char *wanted = getenv("FAULT_CALLS"), *at = getenv("FAULT_AT"), *how = getenv("FAULT_HOW");
    const char *during = getenv("FAULT_WHILE");
    if (!counts || !wanted || !strstr(wanted, call)) return GO_ON;
    if (during && access(during, F_OK)) return GO_ON;
    int number = atomic_fetch_add(&calls, 1) + 1, target = at ? atoi(at) : 0;
    if (!target || !how || !(number == target || (getenv("FAULT_STICKY") && number > target)))
        return GO_ON;
    if (strcmp(how, "kill") == 0) kill(getpid(), SIGKILL);
    if (strcmp(how, "short") == 0) return SHORT;
    if (strcmp(how, "half") == 0) return HALF;
    errno = atoi(how);
    return FAIL;
}

__attribute__((destructor)) static void tell(void)
{
    const char *file = getenv("FAULT_COUNT");
    if (!file) return;
    FILE *out = fopen(file, "w");
    if (out) { fprintf(out, "%d", atomic_load(&calls)); fclose(out); }
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define WRITES(name, offset_type) \
    ssize_t name(int fd, const void *bytes, size_t size, offset_type at) { \
        REAL(ssize_t, #name, int, const void *, size_t, offset_type); \
        int fault = what("write", of_file(fd)); \
        if (fault == FAIL) return -1; \
        if (fault == GO_ON || size < 2) { \
            DONE(real(fd, bytes, size, at), -1, note_of('W', at, fd, bytes, done)); \
        } \
        ssize_t written = real(fd, bytes, size / 2, at); \
        if (fault == HALF) kill(getpid(), SIGKILL); \
        return written; \
    }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int fd, const void *bytes, size_t size)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    int fault = what("write", of_file(fd));
    if (fault == FAIL) return -1;
    if (fault == GO_ON || size < 2) {
        DONE(real(fd, bytes, size), -1, note_of('W', lseek(fd, 0, SEEK_CUR) - done, fd, bytes, done));
    }
    ssize_t written = real(fd, bytes, size / 2);
    if (fault == HALF) kill(getpid(), SIGKILL);
    return written;
}

#define ON_FD(name, call) \
    int name(int fd) { \
        REAL(int, #name, int); \
        if (what(call, of_file(fd)) == FAIL) return -1; \
        DONE(real(fd), -1, note_of('S', 0, fd, "", 0)); \
    }
ON_FD(fsync, "sync")
ON_FD(fdatasync, "sync")

#define CUTS(name, offset_type) \
    int name(int fd, offset_type size) { \
        REAL(int, #name, int, offset_type); \
        if (what("truncate", of_file(fd)) == FAIL) return -1; \
        DONE(real(fd, size), -1, note_of('T', size, fd, "", 0)); \
    }
CUTS(ftruncate, off_t)
CUTS(ftruncate64, off64_t)

int rename(const char *from, const char *to)
{
    REAL(int, "rename", const char *, const char *);
    if (what("rename", is_under(to)) == FAIL) return -1;
    DONE(real(from, to), -1, if (is_under(to)) note('R', 0, from, to, strlen(to)));
}

int unlink(const char *path)
{
    REAL(int, "unlink", const char *);
    if (what("unlink", is_under(path)) == FAIL) return -1;
    DONE(real(path), -1, if (is_under(path)) note('U', 0, path, "", 0));
}

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, #name, const char *, int, ...); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = va_arg(more, mode_t); \
        va_end(more); \
        if ((flags & O_CREAT) && what("create", is_under(path)) == FAIL) return -1; \
        int is_new = (flags & O_CREAT) && is_under(path) && access(path, F_OK); \
        int empties = (flags & O_TRUNC) && is_under(path); \
        DONE(real(path, flags, mode), -1, \
             if (is_new) note('C', 0, path, "", 0); else if (empties) note('T', 0, path, "", 0)); \
    }
OPENS(open)
OPENS(open64)

/* A file system without memory that is shared, as some over a network are. */
#define MAPS(name, offset_type) \
    void *name(void *at, size_t size, int access, int flags, int fd, offset_type from) { \
        REAL(void *, #name, void *, size_t, int, int, int, offset_type); \
        if ((flags & MAP_SHARED) && fd >= 0 && what("map", of_file(fd)) == FAIL) return MAP_FAILED; \
        return real(at, size, access, flags, fd, from); \
    }
MAPS(mmap, off_t)
MAPS(mmap64, off64_t)
