/* SPDX-License-Identifier: ISC */
/* tests/fuzz/repeat.h - a mutation that libFuzzer does not have: something
 * many times over, which is how limits of number and of depth are reached. */
#ifndef TESTS_FUZZ_REPEAT_H
#define TESTS_FUZZ_REPEAT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    REPEAT_EVERY = 64, /* of so many mutations one */
    REPEAT_BYTES_MAX = 64,
    REPEAT_LINES_MAX = 3,
    REPEAT_DOUBLINGS_MAX = 13 /* few are more often useful than many */
};

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* A number below n that the rest of *seed is divided by. */
static inline size_t
repeat_draw(size_t *seed, size_t n)
{
    size_t drawn = *seed % n;

    *seed /= n;
    return drawn;
}

/* From at to the end of the line that it stands in, or of one after it. */
static inline size_t
repeat_lines(const uint8_t *data, size_t size, size_t at, size_t lines)
{
    const uint8_t *p = data + at, *end = data + size;

    for (; p < end && lines > 0; lines--) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p != NULL ? p + 1 : end;
    }
    return (size_t)(p - data) - at;
}

/* A few bytes or whole lines of data again and again behind themselves: up to
 * 4,096 times, as far as there is room. */
static inline size_t
repeat(uint8_t *data, size_t size, size_t max, unsigned random)
{
    size_t seed = (size_t)random * 0x9E3779B97F4A7C15ULL >> 8;
    size_t at = repeat_draw(&seed, size), span, more;

    if (repeat_draw(&seed, 2) == 0) {
        while (at > 0 && data[at - 1] != '\n')
            at--;
        span = repeat_lines(
            data, size, at, 1 + repeat_draw(&seed, REPEAT_LINES_MAX));
    } else {
        span = 1 + repeat_draw(&seed, REPEAT_BYTES_MAX);
        if (span > size - at)
            span = size - at;
    }
    more = span << repeat_draw(&seed, REPEAT_DOUBLINGS_MAX);
    if (more > max - size)
        more = (max - size) / span * span;
    memmove(data + at + more, data + at, size - at);
    for (size_t i = 0; i < more; i += span)
        memmove(data + at + i, data + at + more, span);
    return size + more;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    if (seed % REPEAT_EVERY == 0 && size > 0 && size < max)
        return repeat(data, size, max, seed);
    return LLVMFuzzerMutate(data, size, max);
}

#endif
