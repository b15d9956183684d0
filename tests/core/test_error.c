/* SPDX-License-Identifier: MIT */
/* test_error.c - every result has facts that make sense together. */
#include "exact.h"

#include "weir/error.h"

static void every_code_finds_its_own_row(void **state)
{
    (void)state;
#define CHECK_ROW(code, fault_, status_, rfc_, sentence_)                   \
    assert_string_equal(weir_error_info(WEIR_##code)->name, #code);         \
    assert_string_equal(weir_error_info(WEIR_##code)->rfc, rfc_);           \
    assert_string_equal(weir_error_info(WEIR_##code)->sentence, sentence_); \
    assert_int_equal(weir_error_info(WEIR_##code)->status, status_);        \
    assert_int_equal(weir_error_info(WEIR_##code)->fault, WEIR_FAULT_##fault_);
    WEIR_ERRORS(CHECK_ROW)
#undef CHECK_ROW
}

static void five_results_are_no_errors(void **state)
{
    (void)state;
    const weir_error fine[] = {WEIR_OK, WEIR_MORE, WEIR_SPACE, WEIR_BLOCKED, WEIR_END};
    for (size_t i = 0; i < COUNT_OF(fine); i++) {
        assert_int_equal(fine[i], i);
        assert_false(weir_is_error(fine[i]));
        assert_int_equal(weir_error_info(fine[i])->fault, WEIR_FAULT_NONE);
        assert_int_equal(weir_error_info(fine[i])->status, 0);
    }
    for (int e = (int)COUNT_OF(fine); e < WEIR_ERROR_COUNT; e++) {
        assert_true(weir_is_error((weir_error)e));
        assert_int_not_equal(weir_error_info((weir_error)e)->fault, WEIR_FAULT_NONE);
        assert_memory_equal(weir_error_info((weir_error)e)->name, "ERR_", 4);
    }
}

static void names_are_unique_and_sentences_are_sentences(void **state)
{
    (void)state;
    for (int e = 0; e < WEIR_ERROR_COUNT; e++) {
        const weir_error_facts *facts = weir_error_info((weir_error)e);
        size_t len = strlen(facts->sentence);
        if (len < 5 || facts->sentence[len - 1] == '.') fail_msg("%s: sentence", facts->name);
        if (strstr(facts->sentence, "  ") != NULL) fail_msg("%s: two spaces", facts->name);
        if (facts->rfc[0] != '\0' && strncmp(facts->rfc, "RFC ", 4) != 0)
            fail_msg("%s: %s", facts->name, facts->rfc);
        for (int other = 0; other < e; other++)
            assert_string_not_equal(facts->name, weir_error_info((weir_error)other)->name);
    }
}

/* A peer can be answered; a caller's mistake is none of the peer's business. */
static void statuses_go_with_the_fault(void **state)
{
    (void)state;
    for (int e = 0; e < WEIR_ERROR_COUNT; e++) {
        const weir_error_facts *facts = weir_error_info((weir_error)e);
        bool answered = facts->status >= 400 && facts->status <= 599;
        if (facts->status != 0 && !answered) fail_msg("%s: %d", facts->name, facts->status);
        if (facts->fault == WEIR_FAULT_PEER && !answered) fail_msg("%s: none", facts->name);
        if (facts->fault == WEIR_FAULT_CALLER && answered) fail_msg("%s: one", facts->name);
    }
}

static void an_unknown_number_gets_facts_too(void **state)
{
    (void)state;
    const weir_error_facts *facts = weir_error_info(WEIR_ERR_CALL_ORDER);
    assert_ptr_equal(weir_error_info(WEIR_ERROR_COUNT), facts);
    assert_ptr_equal(weir_error_info((weir_error)(WEIR_ERROR_COUNT + 1)), facts);
    assert_ptr_not_equal(weir_error_info((weir_error)(WEIR_ERROR_COUNT - 1)), facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_finds_its_own_row),
        cmocka_unit_test(five_results_are_no_errors),
        cmocka_unit_test(names_are_unique_and_sentences_are_sentences),
        cmocka_unit_test(statuses_go_with_the_fault),
        cmocka_unit_test(an_unknown_number_gets_facts_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
