// Functions that examine sixteen bytes at once. Swift has vectors, but it takes the results of their comparisons apart
// lane by lane. This is one instruction here; in Swift it costs more than a loop over the bytes (docs/decisions/0016).
//
// Each inline function reads the sixteen bytes at `bytes`, with any alignment, and returns a mask: bit i is for byte i.
#ifndef C_BYTE_SCAN_H
#define C_BYTE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Whether `count` bytes are complete UTF-8: 1 or 0. The result is -1 if the processor lacks the instructions.
int byte_scan_is_utf8(const void *bytes, size_t count);

// The same with one fixed instruction set each, for tests.
int byte_scan_is_utf8_ssse3(const void *bytes, size_t count);
int byte_scan_is_utf8_avx2(const void *bytes, size_t count);

// Whether `separator`, `"name":` and the first byte of a value that is not null are at `bytes`. Reads `count` + 5
// bytes.
//
// If the name is a constant, the compiler makes a few comparisons of constants; in Swift it would be a loop.
__attribute__((always_inline)) static inline bool byte_scan_begins_member(
    const void *bytes, uint16_t separator, const void *name, size_t count) {
    const uint8_t *at = (const uint8_t *)bytes;
    return at[0] == separator && at[1] == '"' && memcmp(at + 2, name, count) == 0 && at[count + 2] == '"' &&
           at[count + 3] == ':' && at[count + 4] > ' ' && at[count + 4] != 'n';
}

#if defined(__SSE2__)
#include <emmintrin.h>

static inline __m128i byte_scan_load(const void *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

// Whether the 64 bytes at `bytes` are ASCII.
static inline bool byte_scan_is_ascii(const void *bytes) {
    const uint8_t *at = (const uint8_t *)bytes;
    __m128i first = _mm_or_si128(byte_scan_load(at), byte_scan_load(at + 16));
    __m128i second = _mm_or_si128(byte_scan_load(at + 32), byte_scan_load(at + 48));
    return _mm_movemask_epi8(_mm_or_si128(first, second)) == 0;
}

static inline uint32_t byte_scan_high_bits(const void *bytes) {
    return (uint32_t)_mm_movemask_epi8(byte_scan_load(bytes));
}

static inline uint32_t byte_scan_equal(const void *bytes, uint8_t byte) {
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(byte_scan_load(bytes), _mm_set1_epi8((char)byte)));
}

static inline uint32_t byte_scan_json_stops(const void *bytes) {
    __m128i loaded = byte_scan_load(bytes);
    __m128i quotes = _mm_cmpeq_epi8(loaded, _mm_set1_epi8('"'));
    __m128i backslashes = _mm_cmpeq_epi8(loaded, _mm_set1_epi8('\\'));
    __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(loaded, _mm_set1_epi8(0x1F)), loaded);
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls));
}

// Control characters, DEL, and the first byte of U+0080 to U+00BF in UTF-8.
static inline uint32_t byte_scan_line_stops(const void *bytes) {
    __m128i loaded = byte_scan_load(bytes);
    __m128i deletes = _mm_cmpeq_epi8(loaded, _mm_set1_epi8(0x7F));
    __m128i leads = _mm_or_si128(
        _mm_cmpeq_epi8(loaded, _mm_set1_epi8((char)0xC2)),
        _mm_or_si128(_mm_cmpeq_epi8(loaded, _mm_set1_epi8((char)0xD8)), _mm_cmpeq_epi8(loaded, _mm_set1_epi8((char)0xE2))));
    __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(loaded, _mm_set1_epi8(0x1F)), loaded);
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(deletes, leads), controls));
}

#elif defined(__aarch64__)
#include <arm_neon.h>

static inline uint32_t byte_scan_mask(uint8x16_t lanes) {
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t bits = vandq_u8(lanes, vld1q_u8(weights));
    return (uint32_t)vaddv_u8(vget_low_u8(bits)) | (uint32_t)vaddv_u8(vget_high_u8(bits)) << 8;
}

static inline bool byte_scan_is_ascii(const void *bytes) {
    const uint8_t *at = (const uint8_t *)bytes;
    uint8x16_t first = vorrq_u8(vld1q_u8(at), vld1q_u8(at + 16));
    uint8x16_t second = vorrq_u8(vld1q_u8(at + 32), vld1q_u8(at + 48));
    return vmaxvq_u8(vorrq_u8(first, second)) < 0x80;
}

static inline uint32_t byte_scan_high_bits(const void *bytes) {
    return byte_scan_mask(vcgeq_u8(vld1q_u8((const uint8_t *)bytes), vdupq_n_u8(0x80)));
}

static inline uint32_t byte_scan_equal(const void *bytes, uint8_t byte) {
    return byte_scan_mask(vceqq_u8(vld1q_u8((const uint8_t *)bytes), vdupq_n_u8(byte)));
}

static inline uint32_t byte_scan_json_stops(const void *bytes) {
    uint8x16_t loaded = vld1q_u8((const uint8_t *)bytes);
    uint8x16_t quotes = vceqq_u8(loaded, vdupq_n_u8('"'));
    uint8x16_t backslashes = vceqq_u8(loaded, vdupq_n_u8('\\'));
    return byte_scan_mask(vorrq_u8(vorrq_u8(quotes, backslashes), vcltq_u8(loaded, vdupq_n_u8(0x20))));
}

static inline uint32_t byte_scan_line_stops(const void *bytes) {
    uint8x16_t loaded = vld1q_u8((const uint8_t *)bytes);
    uint8x16_t deletes = vceqq_u8(loaded, vdupq_n_u8(0x7F));
    uint8x16_t leads = vorrq_u8(
        vceqq_u8(loaded, vdupq_n_u8(0xC2)),
        vorrq_u8(vceqq_u8(loaded, vdupq_n_u8(0xD8)), vceqq_u8(loaded, vdupq_n_u8(0xE2))));
    return byte_scan_mask(vorrq_u8(vorrq_u8(deletes, leads), vcltq_u8(loaded, vdupq_n_u8(0x20))));
}

#else

static inline bool byte_scan_is_ascii(const void *bytes) {
    uint8_t all = 0;
    for (int index = 0; index < 64; index++) all |= ((const uint8_t *)bytes)[index];
    return all < 0x80;
}

static inline uint32_t byte_scan_high_bits(const void *bytes) {
    uint32_t mask = 0;
    for (int index = 0; index < 16; index++) mask |= (uint32_t)(((const uint8_t *)bytes)[index] >> 7) << index;
    return mask;
}

static inline uint32_t byte_scan_equal(const void *bytes, uint8_t byte) {
    uint32_t mask = 0;
    for (int index = 0; index < 16; index++) mask |= (uint32_t)(((const uint8_t *)bytes)[index] == byte) << index;
    return mask;
}

static inline uint32_t byte_scan_json_stops(const void *bytes) {
    uint32_t mask = byte_scan_equal(bytes, '"') | byte_scan_equal(bytes, '\\');
    for (int index = 0; index < 16; index++) mask |= (uint32_t)(((const uint8_t *)bytes)[index] < 0x20) << index;
    return mask;
}

static inline uint32_t byte_scan_line_stops(const void *bytes) {
    uint32_t mask = byte_scan_equal(bytes, 0x7F) | byte_scan_equal(bytes, 0xC2) | byte_scan_equal(bytes, 0xD8) |
                    byte_scan_equal(bytes, 0xE2);
    for (int index = 0; index < 16; index++) mask |= (uint32_t)(((const uint8_t *)bytes)[index] < 0x20) << index;
    return mask;
}

#endif

#endif
