// The check of CByteScan.c for vectors of any size. It is included once for each size; macros name the operations.

// Not zero if something is wrong with `bytes`, which follow `previous`.
TARGET static VECTOR ERRORS(VECTOR bytes, VECTOR previous) {
    const VECTOR low_half = OP(set1_epi8)(0x0F);
    VECTOR before = BEFORE(bytes, previous, 1);
    VECTOR first_high = OP(shuffle_epi8)(TABLE(FIRST_HIGH), AND(OP(srli_epi16)(before, 4), low_half));
    VECTOR first_low = OP(shuffle_epi8)(TABLE(FIRST_LOW), AND(before, low_half));
    VECTOR second_high = OP(shuffle_epi8)(TABLE(SECOND_HIGH), AND(OP(srli_epi16)(bytes, 4), low_half));
    // The pairs of bytes that are impossible, apart from missing third and fourth bytes.
    VECTOR wrong = AND(AND(first_high, first_low), second_high);
    // The second byte after E0 and above, and the third after F0 and above, must be continuations: there two in a row
    // are correct.
    VECTOR third = OP(subs_epu8)(BEFORE(bytes, previous, 2), OP(set1_epi8)(0xE0 - 0x80));
    VECTOR fourth = OP(subs_epu8)(BEFORE(bytes, previous, 3), OP(set1_epi8)(0xF0 - 0x80));
    return XOR(wrong, AND(OR(third, fourth), OP(set1_epi8)((char)0x80)));
}

TARGET static int NAME(const uint8_t *bytes, size_t count) {
    VECTOR previous = ZERO(), wrong = ZERO();
    // Zeros after the end: if the last code point is incomplete, it lacks its continuation.
    uint8_t last[sizeof(VECTOR)] = {0};
    for (size_t at = 0; at <= count; at += sizeof(VECTOR)) {
        const uint8_t *from = bytes + at;
        if (count - at < sizeof(VECTOR)) {
            memcpy(last, from, count - at);
            from = last;
        }
        VECTOR loaded = LOAD(from);
        wrong = OR(wrong, ERRORS(loaded, previous));
        previous = loaded;
    }
    return OP(movemask_epi8)(OP(cmpeq_epi8)(wrong, ZERO())) == OP(movemask_epi8)(OP(cmpeq_epi8)(ZERO(), ZERO()));
}

#undef NAME
#undef ERRORS
#undef TARGET
#undef VECTOR
#undef OP
#undef LOAD
#undef TABLE
#undef BEFORE
#undef OR
#undef AND
#undef XOR
#undef ZERO
