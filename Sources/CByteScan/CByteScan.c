// Checks UTF-8, sixteen or thirty-two bytes at a time, with the algorithm of Keiser and Lemire, "Validating UTF-8 in
// less than one instruction per byte" (2020). It needs SSSE3, which Intel processors have since 2006 and AMD's since
// 2011. With AVX2, which most have since 2013, it takes two thirds of the time. The baseline of x86-64 includes
// neither, so the processor is asked at run time.
#include "CByteScan.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

// The errors that a pair of bytes can have. An error is real only if all three tables show it for the pair.
enum {
    TOO_SHORT = 1 << 0,       // a lead byte, then no continuation
    TOO_LONG = 1 << 1,        // ASCII, then a continuation
    OVERLONG_3 = 1 << 2,      // E0, then less than A0
    TOO_LARGE = 1 << 3,       // F4, then more than 8F, and above
    SURROGATE = 1 << 4,       // ED, then more than 9F
    OVERLONG_2 = 1 << 5,      // C0 or C1
    TOO_LARGE_1000 = 1 << 6,  // F5 and above
    OVERLONG_4 = 1 << 6,      // F0, then less than 90
    TWO_CONTINUATIONS = 1 << 7,
    CARRY = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS,
};

#define FOUR(value) value, value, value, value
#define EIGHT(value) FOUR(value), FOUR(value)
#define LARGE (CARRY | TOO_LARGE | TOO_LARGE_1000)
#define CONTINUED (TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS)

// Tables for the high and the low half of the first byte of a pair, and for the high half of the second byte.
#define FIRST_HIGH \
    _mm_setr_epi8(EIGHT(TOO_LONG), FOUR((char)TWO_CONTINUATIONS), TOO_SHORT | OVERLONG_2, TOO_SHORT, \
                  TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4)
#define FIRST_LOW \
    _mm_setr_epi8((char)(CARRY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4), (char)(CARRY | OVERLONG_2), (char)CARRY, \
                  (char)CARRY, (char)(CARRY | TOO_LARGE), EIGHT((char)LARGE), (char)(LARGE | SURROGATE), (char)LARGE, \
                  (char)LARGE)
#define SECOND_HIGH \
    _mm_setr_epi8(EIGHT(TOO_SHORT), (char)(CONTINUED | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4), \
                  (char)(CONTINUED | OVERLONG_3 | TOO_LARGE), (char)(CONTINUED | SURROGATE | TOO_LARGE), \
                  (char)(CONTINUED | SURROGATE | TOO_LARGE), FOUR(TOO_SHORT))

#define NAME is_utf8_ssse3
#define ERRORS errors_ssse3
#define TARGET __attribute__((target("ssse3")))
#define VECTOR __m128i
#define OP(name) _mm_##name
#define LOAD(from) _mm_loadu_si128((const __m128i *)(from))
#define TABLE(table) (table)
// The vector that begins `count` bytes before `bytes`; its first `count` bytes are the last of `previous`.
#define BEFORE(bytes, previous, count) _mm_alignr_epi8(bytes, previous, 16 - (count))
#define OR _mm_or_si128
#define AND _mm_and_si128
#define XOR _mm_xor_si128
#define ZERO _mm_setzero_si128
#include "is_utf8.h"

#define NAME is_utf8_avx2
#define ERRORS errors_avx2
#define TARGET __attribute__((target("avx2")))
#define VECTOR __m256i
#define OP(name) _mm256_##name
#define LOAD(from) _mm256_loadu_si256((const __m256i *)(from))
#define TABLE(table) _mm256_broadcastsi128_si256(table)
// The instruction shifts within each half, so the half before the upper one is moved there first.
#define BEFORE(bytes, previous, count) \
    _mm256_alignr_epi8(bytes, _mm256_permute2x128_si256(previous, bytes, 0x21), 16 - (count))
#define OR _mm256_or_si256
#define AND _mm256_and_si256
#define XOR _mm256_xor_si256
#define ZERO _mm256_setzero_si256
#include "is_utf8.h"

int byte_scan_is_utf8_ssse3(const void *bytes, size_t count) {
    return __builtin_cpu_supports("ssse3") ? is_utf8_ssse3(bytes, count) : -1;
}

int byte_scan_is_utf8_avx2(const void *bytes, size_t count) {
    return __builtin_cpu_supports("avx2") ? is_utf8_avx2(bytes, count) : -1;
}

#else

static int unknown(const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return -1;
}

int byte_scan_is_utf8_ssse3(const void *bytes, size_t count) { return unknown(bytes, count); }
int byte_scan_is_utf8_avx2(const void *bytes, size_t count) { return unknown(bytes, count); }

#endif

int byte_scan_is_utf8(const void *bytes, size_t count) {
    int verdict = byte_scan_is_utf8_avx2(bytes, count);
    return verdict >= 0 ? verdict : byte_scan_is_utf8_ssse3(bytes, count);
}
