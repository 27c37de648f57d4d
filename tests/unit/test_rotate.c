/* What a rotation does next, and what its records may follow. */

#include "rotate/rotate_mark.h"
#include "rotate/rotate_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void table(void **state)
{
    (void)state;
    static const struct {
        struct rotate_state s;
        enum rotate_do next;
    } rows[] = {
        {{.step = ROTATION_NONE}, DO_READ},
        {{.step = ROTATION_NONE, .settings = true}, DO_INTEND},
        {{.step = ROTATION_CREATE, .settings = true}, DO_CREATE},
        {{.step = ROTATION_CREATE, .settings = true, .lost = true}, DO_SWEEP},
        {{.step = ROTATION_CREATE, .lost = true}, DO_SWEEP},
        {{.step = ROTATION_CREATE}, DO_READ},
        {{.step = ROTATION_CREATE, .settings = true, .give_up = true}, DO_FAIL},
        {{.step = ROTATION_CREATE, .settings = true, .give_up = true, .lost = true}, DO_SWEEP},
        {{.step = ROTATION_CREATED, .secret = true}, DO_DELIVER},
        {{.step = ROTATION_CREATED, .secret = true, .lost = true}, DO_DELIVER},
        {{.step = ROTATION_CREATED}, DO_REMOVE},
        {{.step = ROTATION_CREATED, .lost = true}, DO_REMOVE},
        {{.step = ROTATION_CREATED, .give_up = true}, DO_REMOVE},
        {{.step = ROTATION_REMOVED, .settings = true}, DO_INTEND},
        {{.step = ROTATION_REMOVED, .give_up = true}, DO_FAIL},
        {{.step = ROTATION_FOREIGN, .settings = true}, DO_INTEND},
        {{.step = ROTATION_FOREIGN, .give_up = true}, DO_FAIL},
        {{.step = ROTATION_REMOVED, .give_up = true, .lost = true}, DO_SWEEP},
        {{.step = ROTATION_DELIVERED, .lost = true}, DO_READ},
        {{.step = ROTATION_DELIVERED, .renamed = true}, DO_READ},
        {{.step = ROTATION_DELIVERED, .settings = true}, DO_RENAME},
        {{.step = ROTATION_DELIVERED, .settings = true, .lost = true}, DO_RENAME},
        {{.step = ROTATION_DELIVERED, .settings = true, .renamed = true, .lost = true}, DO_SWEEP},
        {{.step = ROTATION_DELIVERED, .settings = true, .renamed = true, .late = true}, DO_SWEEP},
        {{.step = ROTATION_DELIVERED, .settings = true, .renamed = true}, DO_DELETE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rotate_next(&rows[i].s) != rows[i].next)
            fail_msg("row %zu: %d", i, (int)rotate_next(&rows[i].s));
}

/* The promises of rotate_steps.h, over every state there is. */
static void promises(void **state)
{
    (void)state;
    for (unsigned n = 0; n < ROTATION_STEPS * 64u; n++) {
        const struct rotate_state s = {.step = (enum rotation_step)(n / 64),
                                       .settings = n & 1,
                                       .secret = n & 2,
                                       .lost = n & 4,
                                       .renamed = n & 8,
                                       .give_up = n & 16,
                                       .late = n & 32};
        enum rotate_do next = rotate_next(&s);
        bool none = s.step != ROTATION_CREATED && s.step != ROTATION_DELIVERED && !s.lost;
        if (next == DO_CREATE)
            assert_true(none && s.step == ROTATION_CREATE && s.settings && !s.give_up);
        if (next == DO_INTEND)
            assert_true(none && s.settings && !s.give_up);
        if (next == DO_DELETE)
            assert_true(s.step == ROTATION_DELIVERED && s.settings && s.renamed && !s.lost &&
                        !s.late);
        if (next == DO_FAIL)
            assert_true(none && s.give_up);
        if (next == DO_REMOVE)
            assert_true(s.step == ROTATION_CREATED && !s.secret);
        if (next == DO_DELIVER)
            assert_true(s.step == ROTATION_CREATED && s.secret);
    }
}

#define M "0123456789abcdef"

static void orders(void **state)
{
    (void)state;
    static const struct {
        enum rotation_step known, step;
        const char *marker, *successor;
        bool follows;
    } rows[] = {
        {ROTATION_NONE, ROTATION_CREATE, M, NULL, true},
        {ROTATION_NONE, ROTATION_CREATE, M, "new", false},
        {ROTATION_NONE, ROTATION_CREATE, "0123456789ABCDEF", NULL, false},
        {ROTATION_NONE, ROTATION_CREATE, "0123456789abcde", NULL, false},
        {ROTATION_NONE, ROTATION_CREATED, M, "new", false},
        {ROTATION_NONE, ROTATION_DELIVERED, M, "new", false},
        {ROTATION_CREATE, ROTATION_CREATE, M, NULL, false},
        {ROTATION_CREATE, ROTATION_CREATED, M, "new", true},
        {ROTATION_CREATE, ROTATION_CREATED, M, NULL, false},
        {ROTATION_CREATE, ROTATION_CREATED, M, "", false},
        {ROTATION_CREATE, ROTATION_CREATED, "ffffffffffffffff", "new", false},
        {ROTATION_CREATE, ROTATION_DELIVERED, M, "new", false},
        {ROTATION_CREATED, ROTATION_DELIVERED, M, "new", true},
        {ROTATION_CREATED, ROTATION_DELIVERED, M, "other", false},
        {ROTATION_CREATED, ROTATION_REMOVED, M, "new", true},
        {ROTATION_CREATED, ROTATION_REMOVED, M, "other", false},
        {ROTATION_CREATED, ROTATION_CREATE, M, NULL, false},
        {ROTATION_CREATED, ROTATION_CREATED, M, "new", false},
        {ROTATION_DELIVERED, ROTATION_CREATE, M, NULL, false},
        {ROTATION_DELIVERED, ROTATION_REMOVED, M, "new", false},
        {ROTATION_REMOVED, ROTATION_CREATE, "ffffffffffffffff", NULL, true},
        {ROTATION_REMOVED, ROTATION_DELIVERED, M, "new", false},
        {ROTATION_CREATE, ROTATION_FOREIGN, M, "other", true},
        {ROTATION_CREATE, ROTATION_FOREIGN, M, NULL, false},
        {ROTATION_CREATED, ROTATION_FOREIGN, M, "new", false},
        {ROTATION_DELIVERED, ROTATION_FOREIGN, M, "new", false},
        {ROTATION_FOREIGN, ROTATION_CREATE, "ffffffffffffffff", NULL, true},
        {ROTATION_FOREIGN, ROTATION_CREATED, M, "new", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rotation known = {.step = rows[i].known, .marker = M, .successor = "new"};
        bool follows = rotation_follows(rows[i].known ? &known : NULL, rows[i].step, rows[i].marker,
                                        rows[i].successor);
        if (follows != rows[i].follows)
            fail_msg("row %zu", i);
    }
}

static void kept(void **state)
{
    (void)state;
    struct rotations all = {0};
    assert_null(rotations_at(&all, 5));
    rotations_put(&all, 10, 5, ROTATION_CREATE, M, NULL);
    rotations_put(&all, 20, 19, ROTATION_CREATED, M, "new");
    assert_null(rotations_at(&all, 4));
    assert_null(rotations_at(&all, 20));
    assert_string_equal(rotations_at(&all, 5)->successor, "");
    assert_string_equal(rotations_at(&all, 19)->successor, "new");
    rotations_put(&all, 20, 19, ROTATION_REMOVED, M, "new");
    assert_int_equal(rotations_at(&all, 19)->step, ROTATION_REMOVED);
    enum rotation_step step;
    for (int i = ROTATION_CREATE; i < ROTATION_STEPS; i++) {
        assert_true(rotation_parse(rotation_word[i], &step));
        assert_int_equal(step, i);
    }
    assert_false(rotation_parse("", &step));
    assert_false(rotation_parse("creat", &step));
    rotations_free(&all);
}

static void marks(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t unmarked;
    } rows[] = {
        {"", 0},
        {"ci", 2},
        {"ci [rescind " M "]", 2},
        {"ci [rescind " M "] [rescind " M "]", 2},
        {" [rescind " M "]", 0},
        {"[rescind " M "]", 26},
        {"ci [rescind " M "] ", 30},
        {"ci [rescind 0123456789ABCDEF]", 29},
        {"ci [rescind 0123]", 17},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (mark_unmarked(rows[i].name) != rows[i].unmarked)
            fail_msg("%s: %zu", rows[i].name, mark_unmarked(rows[i].name));
    char one[ROTATION_MARKER + 1], other[ROTATION_MARKER + 1];
    struct buf name = {0};
    assert_int_equal(mark_new(one), 0);
    assert_int_equal(mark_new(other), 0);
    assert_string_not_equal(one, other);
    buf_puts(&name, "ci");
    mark_put(&name, one);
    assert_non_null(strstr(buf_text(&name), one));
    assert_int_equal(mark_unmarked(buf_text(&name)), 2);
    buf_free(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table), cmocka_unit_test(promises), cmocka_unit_test(orders),
        cmocka_unit_test(kept),  cmocka_unit_test(marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
