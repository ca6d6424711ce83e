// SPDX-License-Identifier: GPL-2.0-only
/*
 * text: what becomes of texts of others before they are printed
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "out/progress.h"
#include "out/text.h"
#include "test.h"

/* Characters of Unicode. */
#define TURNED		"\xe2\x80\xae"		/* U+202E */
#define ISOLATED	"\xe2\x81\xa6"		/* U+2066 */
#define NO_SPACE	"\xe2\x80\x8b"		/* U+200B */
#define ORDER_MARK	"\xef\xbb\xbf"		/* U+FEFF */
#define LINE_END	"\xe2\x80\xa8"		/* U+2028 */
#define TAG		"\xf3\xa0\x81\x81"	/* U+E0041 */
#define JOINER		"\xe2\x80\x8d"		/* U+200D */
#define NON_JOINER	"\xe2\x80\x8c"		/* U+200C */

static void expect(const char *text, bool json, const char *wanted)
{
	char *seen = text_escaped(text, json);

	EXPECT_STRING(seen, wanted);
	free(seen);
}

static void unchanged(const char *text)
{
	expect(text, false, text);
	expect(text, true, text);
}

static void what_turns_a_line_around_is_escaped(void)
{
	expect("vg-" TURNED "toor", false, "vg-\\xe2\\x80\\xaetoor");
	expect("vg-" TURNED "toor", true, "vg-\\u202etoor");
	expect(ISOLATED "a", false, "\\xe2\\x81\\xa6a");
	expect(ISOLATED "a", true, "\\u2066a");
	expect("\xe2\x80\x8f", true, "\\u200f");
	expect("\xd8\x9c", true, "\\u061c");
	expect("\xe2\x81\xa9", true, "\\u2069");
}

static void what_is_not_seen_is_escaped(void)
{
	expect("a" NO_SPACE "b", false, "a\\xe2\\x80\\x8bb");
	expect("a" NO_SPACE "b", true, "a\\u200bb");
	expect(ORDER_MARK "a", false, "\\xef\\xbb\\xbfa");
	expect(ORDER_MARK "a", true, "\\ufeffa");
	expect("a" LINE_END, false, "a\\xe2\\x80\\xa8");
	expect("a" LINE_END, true, "a\\u2028");
	expect("\xc2\xad", true, "\\u00ad");
	expect(TAG, false, "\\xf3\\xa0\\x81\\x81");
	expect(TAG, true, "\\udb40\\udc41");
}

static void control_characters_are_escaped(void)
{
	expect("a\033[31m\n\x7f", false, "a\\x1b[31m\\x0a\\x7f");
	expect("a\033[31m\n\x7f", true, "a\\u001b[31m\\u000a\\u007f");
	expect("\xc2\x9b", false, "\\xc2\\x9b");
	expect("\xc2\x9b", true, "\\u009b");
	expect("\"\\", false, "\"\\");
	expect("\"\\", true, "\\\"\\\\");
}

static void what_is_not_utf_8_is_escaped(void)
{
	expect("a\xff", false, "a\\xff");
	expect("a\xff", true, "a\\ufffd");
	expect("\xe2\x80", false, "\\xe2\\x80");	/* cut */
	expect("\xc0\xaf", false, "\\xc0\\xaf");	/* "/", too long */
	expect("\xed\xa0\x80", false, "\\xed\\xa0\\x80");	/* surrogate */
	expect("\xef\xbf\xbf", false, "\\xef\\xbf\\xbf");	/* U+FFFF */
	expect("\xf4\x90\x80\x80", false, "\\xf4\\x90\\x80\\x80");
}

static void other_scripts_stay_readable(void)
{
	unchanged("Grüße, e\xcc\x81");			/* combining */
	unchanged("قاعدة البيانات \xd8\x80٣");		/* U+0600 is seen */
	unchanged("מסד נתונים");
	unchanged("資料庫");
	unchanged("🗄");
}

static void joiners_stay_where_scripts_and_emoji_have_them(void)
{
	unchanged("می" NON_JOINER "خواهم");
	unchanged("क्" JOINER "ष");
	unchanged("👩" JOINER "💻");
	unchanged("❤\xef\xb8\x8f" JOINER "🔥");
}

static void joiners_beside_ascii_are_escaped(void)
{
	expect("a" JOINER "b", true, "a\\u200db");
	expect("ü" JOINER "b", true, "ü\\u200db");
	expect(JOINER "ü", true, "\\u200dü");
	expect("ü" NON_JOINER, true, "ü\\u200c");
	expect("ü" JOINER TURNED "ü", true, "ü\\u200d\\u202eü");
}

static void widths_are_those_of_what_is_shown(void)
{
	EXPECT_EQUAL(text_width("vg-" TURNED "toor"), 3 + 12 + 4);
	EXPECT_EQUAL(text_width(TAG), 16);
	EXPECT_EQUAL(text_width("資料"), 2);
	EXPECT_EQUAL(text_width("a\n"), 5);
}

static void a_shortened_text_has_no_part_of_an_escape(void)
{
	char *seen = text_shortened("ab" TURNED "cd" TURNED "ef", 10);

	EXPECT_STRING(seen, "ab...ef");
	free(seen);
}

static void a_shortened_text_has_no_joiner_beside_its_dots(void)
{
	char *seen = text_shortened("می" NON_JOINER "خواهمی" NON_JOINER "خو", 8);

	EXPECT_STRING(seen, "می...خو");
	free(seen);
}

static void how_far_it_is_with_a_file_is_escaped(void)
{
	FILE *before = stderr;
	struct progress progress = { 0 };
	char *said = NULL;
	size_t size;

	stderr = open_memstream(&said, &size);
	progress_say(&progress, "%s: %d %%", "file" TURNED, 7);
	fclose(stderr);
	stderr = before;
	EXPECT(strstr(said, "dmstat-nl: file\\xe2\\x80\\xae: 7 %"));
	free(said);
}

int main(void)
{
	static const struct test tests[] = {
		TEST(what_turns_a_line_around_is_escaped),
		TEST(what_is_not_seen_is_escaped),
		TEST(control_characters_are_escaped),
		TEST(what_is_not_utf_8_is_escaped),
		TEST(other_scripts_stay_readable),
		TEST(joiners_stay_where_scripts_and_emoji_have_them),
		TEST(joiners_beside_ascii_are_escaped),
		TEST(widths_are_those_of_what_is_shown),
		TEST(a_shortened_text_has_no_part_of_an_escape),
		TEST(a_shortened_text_has_no_joiner_beside_its_dots),
		TEST(how_far_it_is_with_a_file_is_escaped),
	};

	return test_run(tests, sizeof(tests) / sizeof(tests[0]));
}
