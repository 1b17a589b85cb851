// Whether bytes are UTF-8, sixteen at a time: the algorithm of Keiser and Lemire, "Validating UTF-8 in less than one
// instruction per byte" (2020). Needs SSSE3, which every x86-64 processor since 2006 has and the baseline does not
// promise: asked for when it runs.
#include "CByteScan.h"

#include <string.h>

#if defined(__x86_64__)
#include <tmmintrin.h>

// What a pair of bytes may do wrong. An error shows in all three tables that look at the pair.
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

__attribute__((target("ssse3"))) static __m128i high_halves(__m128i bytes) {
    return _mm_and_si128(_mm_srli_epi16(bytes, 4), _mm_set1_epi8(0x0F));
}

// The pairs of bytes that can't be, apart from missing third and fourth bytes.
__attribute__((target("ssse3"))) static __m128i wrong_pairs(__m128i bytes, __m128i before) {
    const __m128i first_high = _mm_setr_epi8(
        EIGHT(TOO_LONG), FOUR((char)TWO_CONTINUATIONS), TOO_SHORT | OVERLONG_2, TOO_SHORT,
        TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4);
    const __m128i first_low = _mm_setr_epi8(
        (char)(CARRY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4), (char)(CARRY | OVERLONG_2), (char)CARRY, (char)CARRY,
        (char)(CARRY | TOO_LARGE), EIGHT((char)LARGE), (char)(LARGE | SURROGATE), (char)LARGE, (char)LARGE);
    const __m128i second_high = _mm_setr_epi8(
        EIGHT(TOO_SHORT), (char)(CONTINUED | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4),
        (char)(CONTINUED | OVERLONG_3 | TOO_LARGE), (char)(CONTINUED | SURROGATE | TOO_LARGE),
        (char)(CONTINUED | SURROGATE | TOO_LARGE), FOUR(TOO_SHORT));
    __m128i wrong = _mm_shuffle_epi8(first_high, high_halves(before));
    wrong = _mm_and_si128(wrong, _mm_shuffle_epi8(first_low, _mm_and_si128(before, _mm_set1_epi8(0x0F))));
    return _mm_and_si128(wrong, _mm_shuffle_epi8(second_high, high_halves(bytes)));
}

// Not zero where something is wrong with `bytes`, which follow `previous`.
__attribute__((target("ssse3"))) static __m128i errors(__m128i bytes, __m128i previous) {
    __m128i wrong = wrong_pairs(bytes, _mm_alignr_epi8(bytes, previous, 15));
    // Two bytes behind E0 and above, and three behind F0 and above, are continuations: where two in a row are right.
    __m128i third = _mm_subs_epu8(_mm_alignr_epi8(bytes, previous, 14), _mm_set1_epi8((char)0xDF));
    __m128i fourth = _mm_subs_epu8(_mm_alignr_epi8(bytes, previous, 13), _mm_set1_epi8((char)0xEF));
    __m128i needed = _mm_cmpgt_epi8(_mm_or_si128(third, fourth), _mm_setzero_si128());
    return _mm_xor_si128(wrong, _mm_and_si128(needed, _mm_set1_epi8((char)0x80)));
}

__attribute__((target("ssse3"))) static int is_utf8(const uint8_t *bytes, size_t count) {
    __m128i previous = _mm_setzero_si128(), wrong = _mm_setzero_si128();
    // Zeros behind the end: a code point that is cut there lacks its continuation.
    uint8_t last[16] = {0};
    for (size_t at = 0; at <= count; at += 16) {
        const uint8_t *from = bytes + at;
        if (count - at < 16) {
            memcpy(last, from, count - at);
            from = last;
        }
        __m128i loaded = _mm_loadu_si128((const __m128i *)from);
        wrong = _mm_or_si128(wrong, errors(loaded, previous));
        previous = loaded;
    }
    return _mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) == 0xFFFF;
}

int byte_scan_is_utf8(const void *bytes, size_t count) {
    return __builtin_cpu_supports("ssse3") ? is_utf8(bytes, count) : -1;
}

#else

int byte_scan_is_utf8(const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return -1;
}

#endif
