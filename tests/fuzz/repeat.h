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
    REPEAT_UNIT_MAX = 1000,
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

/* Moves *at back to the nearest opening (behind it: past) or to the start, and
 * returns how far it is from there to behind the nth closing, or to the end. */
static inline size_t
repeat_between(const uint8_t *data, size_t size, size_t *at, char opening,
    bool past, char closing, size_t nth)
{
    const uint8_t *p, *end = data + size;

    while (*at > 0 && data[past ? *at - 1 : *at] != (uint8_t)opening)
        --*at;
    for (p = data + *at; p < end && nth > 0; nth--) {
        p = memchr(p, closing, (size_t)(end - p));
        p = p != NULL ? p + 1 : end;
    }
    return (size_t)(p - data) - *at;
}

/* A tag without its attributes. */
static inline size_t
repeat_bare(uint8_t *unit, size_t n)
{
    uint8_t *blank = memchr(unit, ' ', n);

    if (blank == NULL)
        return n;
    *blank = '>';
    return (size_t)(blank - unit) + 1;
}

/* A few bytes, lines, or what stands in angle brackets, again and again before
 * themselves: up to 4,096 times, as far as there is room. */
static inline size_t
repeat(uint8_t *data, size_t size, size_t max, unsigned random)
{
    static uint8_t unit[REPEAT_UNIT_MAX];
    size_t seed = (size_t)random * 0x9E3779B97F4A7C15ULL >> 8;
    size_t at = repeat_draw(&seed, size), form = repeat_draw(&seed, 3);
    size_t n = size - at, more;

    if (form == 1)
        n = repeat_between(data, size, &at, '\n', true, '\n',
            1 + repeat_draw(&seed, REPEAT_LINES_MAX));
    else if (form == 2)
        n = repeat_between(data, size, &at, '<', false, '>', 1);
    else if (n > 1)
        n = 1 + repeat_draw(&seed, n < REPEAT_BYTES_MAX ? n : REPEAT_BYTES_MAX);
    if (n > sizeof unit)
        n = sizeof unit;
    memcpy(unit, data + at, n);
    if (form == 2)
        n = repeat_bare(unit, n);
    more = n << repeat_draw(&seed, REPEAT_DOUBLINGS_MAX);
    if (more > max - size)
        more = (max - size) / n * n;
    memmove(data + at + more, data + at, size - at);
    for (size_t i = 0; i < more; i += n)
        memcpy(data + at + i, unit, n);
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
