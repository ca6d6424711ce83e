// SPDX-License-Identifier: GPL-2.0-only
/*
 * Characters of UTF-8, and which of them must not reach a terminal as they are.
 */
#include "out/character.h"

#define JOINER_FIRST	0x200c		/* zero width non-joiner */
#define JOINER_LAST	0x200d		/* zero width joiner */

/* Unicode, table 3-7: well-formed byte sequences. */
struct form {
	unsigned char lead_min, lead_max, second_min, second_max;
	size_t length;
};

static const struct form forms[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* The bits of the first byte of a character that are its own, by its length. */
static const unsigned char lead_bits[] = { 0, 0, 0x1f, 0x0f, 0x07 };

static const struct form *form_of(const unsigned char *bytes)
{
	const size_t count = sizeof(forms) / sizeof(forms[0]);
	const struct form *form;

	for (form = forms; form < forms + count; form++)
		if (bytes[0] >= form->lead_min && bytes[0] <= form->lead_max)
			return bytes[1] >= form->second_min &&
			       bytes[1] <= form->second_max ? form : NULL;
	return NULL;
}

size_t character_read(const char *text, uint32_t *code)
{
	const unsigned char *bytes = (const unsigned char *)text;
	const struct form *form;
	size_t i;

	*code = bytes[0];
	if (bytes[0] < 0x80)
		return 1;
	form = form_of(bytes);
	if (!form)
		return 0;
	*code = bytes[0] & lead_bits[form->length];
	for (i = 1; i < form->length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (bytes[i] & 0x3f);
	}
	/* U+FFFE and U+FFFF are no characters, and XML refuses them. */
	return *code == 0xfffe || *code == 0xffff ? 0 : form->length;
}

/*
 * Unicode's categories Cf, Zl and Zp, without those of Cf that are seen: signs of
 * Arabic, Syriac and Kaithi numbers, and what joins hieroglyphs.
 */
static bool is_format(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0xad, 0xad },		/* soft hyphen */
		{ 0x61c, 0x61c },	/* Arabic letter mark */
		{ 0x180e, 0x180e },	/* Mongolian vowel separator */
		{ 0x200b, 0x200f },	/* zero width, joiners, directions */
		{ 0x2028, 0x202e },	/* ends of lines, embeddings, overrides */
		{ 0x2060, 0x206f },	/* invisible operators, isolates */
		{ 0xfeff, 0xfeff },	/* byte order mark */
		{ 0xfff9, 0xfffb },	/* annotations */
		{ 0x1bca0, 0x1bca3 },	/* shorthand */
		{ 0x1d173, 0x1d17a },	/* music */
		{ 0xe0000, 0xe007f },	/* tags */
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

bool character_is_hidden(uint32_t before, uint32_t code, uint32_t after)
{
	if (!is_format(code))
		return false;
	return code < JOINER_FIRST || code > JOINER_LAST || before < 0x80 ||
	       after < 0x80 || is_format(after);
}
