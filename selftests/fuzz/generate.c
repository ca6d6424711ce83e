// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages by the spec. Most are about things that exist, so that they pass the
 * first checks; other values are small, near a limit, or random.
 */
#include <string.h>

#include "../attribute.h"
#include "generate.h"

/* In a datagram, at most. */
#define MESSAGES 8
/* Repetitions of an attribute, elements of an array. */
#define REPETITIONS 6
#define NESTS 4
/* Bytes in an attribute, at most. */
#define ATTRIBUTE_ROOM (UINT16_MAX - NLA_HDRLEN)

/* State for making attributes. */
struct maker {
	struct datagram *datagram;
	struct random *random;
	const struct learnt_object *object;	/* or NULL */
	bool hostile;
	uint64_t rising;		/* the last of a row of integers, or 0 */
	unsigned int depth;
};

static void put_attribute(struct maker *maker, const struct spec_set *set,
			  uint16_t type);

/* ---------------------------------------------------------------- integers */

static size_t choose_size(struct random *random,
			  const struct spec_attribute *attribute,
			  uint64_t value)
{
	if (attribute->size)
		return attribute->size;
	return value > UINT32_MAX || random_one_in(random, 4) ? 8 : 4;
}

/* As many of each magnitude, most of them small. */
static uint64_t any_magnitude(struct random *random)
{
	unsigned int bits;

	switch (random_below(random, 8)) {
	case 0:
	case 1:
		bits = 1;
		break;
	case 2:
	case 3:
		bits = 1 + random_below(random, 64);
		break;
	default:
		bits = 1 + random_below(random, 16);
	}
	return random_next(random) >> (64 - bits);
}

static uint64_t near(struct random *random, uint64_t value)
{
	return value - 1 + random_below(random, 3);
}

static uint64_t hostile_integer(struct maker *maker,
				const struct spec_attribute *attribute)
{
	struct random *random = maker->random;
	uint64_t value;

	switch (random_below(random, 8)) {
	case 0:
		return random_below(random, 3);
	case 1:
		return near(random, attribute->min);
	case 2:
		return near(random, attribute->max);
	case 3:
		return near(random, 1ULL << random_below(random, 64));
	case 4:
		if (maker->object && random_one_in(random, 2) &&
		    learnt_any_integer(maker->object, random, &value))
			return near(random, -value);
		return near(random, UINT64_MAX);
	case 5:
		if (maker->object &&
		    learnt_integer(maker->object, attribute, &value))
			return near(random, value);
		return near(random, 1ULL << 63);
	case 6:
		return any_magnitude(random);
	default:
		return random_next(random);
	}
}

static uint64_t into_range(const struct spec_attribute *attribute,
			   uint64_t value)
{
	uint64_t span = attribute->max - attribute->min;

	if (value - attribute->min > span)
		value = attribute->min + value % (span + 1);
	return value;
}

static uint64_t sensible_integer(struct maker *maker,
				 const struct spec_attribute *attribute)
{
	struct random *random = maker->random;
	uint64_t value;

	if (!maker->object || maker->rising)
		return into_range(attribute, any_magnitude(random));
	if (!learnt_integer(maker->object, attribute, &value)) {
		if (random_one_in(random, 2) ||
		    !learnt_any_integer(maker->object, random, &value))
			value = any_magnitude(random);
		else if (random_one_in(random, 2))
			value = random_below(random, value);
		return into_range(attribute, value);
	}

	switch (random_below(random, 16)) {
	case 0:
		return into_range(attribute, near(random, value));
	case 1:
		return into_range(attribute, value / 2);
	case 2:
		return into_range(attribute,
				  value ? random_below(random, value) : 0);
	default:
		return value;
	}
}

static uint64_t choose_integer(struct maker *maker,
			       const struct spec_attribute *attribute)
{
	if (maker->hostile)
		return hostile_integer(maker, attribute);
	/* Repeated: mostly each greater than the one before. */
	if (maker->rising && !random_one_in(maker->random, 8))
		return maker->rising + 1 + any_magnitude(maker->random) % 4096;
	return sensible_integer(maker, attribute);
}

static void put_integer(struct maker *maker,
			const struct spec_attribute *attribute, uint16_t type)
{
	uint64_t value = choose_integer(maker, attribute);
	size_t size = choose_size(maker->random, attribute, value);

	if (maker->rising)
		maker->rising = value;
	datagram_put(maker->datagram, type, &value, size);
}

/* ------------------------------------------------------- strings and binary */

static void fill(struct random *random, void *data, size_t size)
{
	uint8_t *bytes = data;

	while (size--)
		*bytes++ = random_next(random);
}

static size_t hostile_length(struct random *random, uint64_t min, uint64_t max)
{
	uint64_t size;

	switch (random_below(random, 8)) {
	case 0:
		size = 0;
		break;
	case 1:
		size = min ? near(random, min) : 1;
		break;
	case 2:
	case 3:
		size = near(random, max);
		break;
	case 4:
		size = max + random_below(random, 1024);
		break;
	case 5:
		size = random_below(random, ATTRIBUTE_ROOM + 1);
		break;
	default:
		size = random_below(random, 64);
	}
	/* Long ones are slow, and all alike. */
	if (size > 4096 && !random_one_in(random, 16))
		size %= 4096;
	return size > ATTRIBUTE_ROOM ? ATTRIBUTE_ROOM : size;
}

/* With a zero byte inside, at the end, or without one. */
static void put_hostile_string(struct maker *maker,
			       const struct spec_attribute *attribute,
			       uint16_t type)
{
	static uint8_t data[ATTRIBUTE_ROOM + 1];
	size_t size = hostile_length(maker->random, attribute->min,
				     attribute->max);

	memset(data, 'a' + random_below(maker->random, 26), size);
	if (size < 512 && random_one_in(maker->random, 2))
		fill(maker->random, data, size);
	if (size && random_one_in(maker->random, 4))
		data[random_below(maker->random, size)] = 0;
	data[size] = 0;
	if (size < ATTRIBUTE_ROOM && random_one_in(maker->random, 2))
		size++;
	datagram_put(maker->datagram, type, data, size);
}

/* One of a few names, so that requests find what others made. */
static void put_name(struct maker *maker,
		     const struct spec_attribute *attribute, uint16_t type)
{
	char name[8] = "fuzz-a";
	size_t size = strlen(name);

	name[size - 1] += random_below(maker->random, 4);
	if (random_one_in(maker->random, 8))
		size = random_below(maker->random, size + 1);
	if (size > attribute->max)
		size = attribute->max;
	name[size] = 0;
	datagram_put(maker->datagram, type, name, size + 1);
}

static void put_string(struct maker *maker,
		       const struct spec_attribute *attribute, uint16_t type)
{
	const struct nlattr *known = NULL;

	if (maker->hostile) {
		put_hostile_string(maker, attribute, type);
		return;
	}
	if (maker->object && random_one_in(maker->random, 2))
		known = learnt_attribute(maker->object, attribute);
	if (known)
		datagram_put(maker->datagram, type, attribute_data(known),
			     attribute_size(known));
	else
		put_name(maker, attribute, type);
}

/* Integers of a size, mostly in rising order, also from one array to the next. */
static size_t fill_array(struct maker *maker, uint8_t *data, size_t size,
			 size_t element)
{
	uint64_t value = maker->rising, next;
	size_t at;

	for (at = 0; at + element <= size; at += element) {
		value += 1 + any_magnitude(maker->random);
		next = random_one_in(maker->random, 64) ?
		       random_next(maker->random) : value;
		memcpy(data + at, &next, element);
	}
	if (maker->rising)
		maker->rising = value;
	return at;
}

static void put_binary(struct maker *maker,
		       const struct spec_attribute *attribute, uint16_t type)
{
	static uint8_t data[ATTRIBUTE_ROOM];
	size_t element = attribute->size ?: 1;
	size_t size;

	if (maker->hostile)
		size = hostile_length(maker->random, attribute->min,
				      attribute->max);
	else
		size = attribute->min + element *
		       random_below(maker->random, REPETITIONS);
	if (!maker->hostile && size > attribute->max)
		size = attribute->max;

	if (attribute->size && !random_one_in(maker->random, 8))
		fill_array(maker, data, size, element);
	else
		fill(maker->random, data, size);
	datagram_put(maker->datagram, type, data, size);
}

/* -------------------------------------------------------------------- nests */

static void fill_nest(struct maker *maker, const struct spec_set *set)
{
	struct maker inner = *maker;
	uint16_t type;

	/* Nests may contain their own kind. */
	if (++inner.depth > NESTS)
		return;
	inner.rising = 0;
	for (type = 0; type < set->end; type++)
		if (spec_attribute(set, type) &&
		    !random_one_in(maker->random, 4))
			put_attribute(&inner, set, type);
}

static void put_nest(struct maker *maker,
		     const struct spec_attribute *attribute, uint16_t type)
{
	size_t nest = datagram_nest(maker->datagram, type);

	if (attribute->nest)
		fill_nest(maker, attribute->nest);
	datagram_nest_end(maker->datagram, nest);
}

/* --------------------------------------------------------------- attributes */

static void put_one(struct maker *maker, const struct spec_attribute *attribute,
		    uint16_t type)
{
	switch (attribute->kind) {
	case SPEC_INTEGER:
		put_integer(maker, attribute, type);
		break;
	case SPEC_STRING:
		put_string(maker, attribute, type);
		break;
	case SPEC_BINARY:
		put_binary(maker, attribute, type);
		break;
	case SPEC_NEST:
		put_nest(maker, attribute, type);
		break;
	default:
		datagram_put(maker->datagram, type, NULL, 0);
	}
}

/*
 * Each attribute has a random stream of its own, so that the known values of the
 * object do not change the rest of the message.
 */
static void put_attribute(struct maker *maker, const struct spec_set *set,
			  uint16_t type)
{
	const struct spec_attribute *attribute = spec_attribute(set, type);
	struct random random = { .state = random_next(maker->random) };
	struct maker own = *maker;
	uint64_t nr = 1;

	own.random = &random;
	own.rising = attribute->multi;
	if (attribute->multi)
		nr = random_below(&random, REPETITIONS) + 1;
	while (nr--)
		put_one(&own, attribute, type);
}

/* ----------------------------------------------------------------- messages */

/* Dumps are weighted, because a datagram has at most one. */
#define DO_WEIGHT 8
#define DUMP_WEIGHT 14

struct choice {
	const struct spec_operation *operation;
	int mode;
};

static unsigned int fill_choices(struct choice *choices)
{
	static const unsigned int weight[SPEC_MODES] = {
		[SPEC_DO] = DO_WEIGHT, [SPEC_DUMP] = DUMP_WEIGHT,
	};
	const struct spec_operation *operation = family.operations;
	unsigned int i, nr = 0;
	int mode;

	for (; operation < family.operations + SPEC_OPERATIONS; operation++) {
		for (mode = 0; mode < SPEC_MODES; mode++) {
			if (!operation->mode[mode].there)
				continue;
			for (i = 0; i < weight[mode]; i++)
				choices[nr++] = (struct choice){ operation,
								 mode };
		}
	}
	return nr;
}

static struct choice choose(struct random *random)
{
	static struct choice choices[SPEC_OPERATIONS *
				     (DO_WEIGHT + DUMP_WEIGHT)];
	static unsigned int nr;

	if (!nr)
		nr = fill_choices(choices);
	return choices[random_below(random, nr)];
}

static uint16_t choose_flags(struct random *random, int mode)
{
	uint16_t flags = NLM_F_REQUEST;

	if (mode == SPEC_DUMP)
		flags |= NLM_F_DUMP;
	if (!random_one_in(random, 16))
		flags |= NLM_F_ACK;
	if (random_one_in(random, 8))
		flags |= NLM_F_ECHO;
	return flags;
}

/* The types of the attributes in a request. */
static uint64_t choose_types(struct random *random,
			     const struct spec_operation *operation, int mode,
			     uint64_t needed)
{
	uint64_t types = operation->mode[mode].request;
	unsigned int density = random_below(random, 4);

	if (density == 0)
		types &= needed;
	else if (density == 1)
		types &= random_next(random) | needed;
	else if (density == 2)
		types &= (random_next(random) & random_next(random)) | needed;
	/* Now and then, leave out needed ones. */
	if (random_one_in(random, 32))
		types &= random_next(random);
	/* Or add one that belongs to other requests. */
	if (random_one_in(random, 32))
		types |= 1ULL << (1 + random_below(random,
						   operation->set->end - 1));
	return types;
}

static uint16_t nth_type(uint64_t types, uint64_t n)
{
	while (n--)
		types &= types - 1;
	return __builtin_ctzll(types);
}

static void generate_one(struct datagram *datagram, struct random *random,
			 const struct learnt *learnt, uint16_t id,
			 struct choice choice)
{
	struct maker maker = { .datagram = datagram, .random = random };
	const struct spec_operation *operation = choice.operation;
	uint64_t needed = learnt->needed[spec_index(operation)][choice.mode];
	uint64_t level = random_below(random, 8);
	uint64_t types, left, nr;
	uint16_t type, hostile = 0;
	size_t message;

	maker.object = learnt_choose(learnt, operation, choice.mode, random);
	if (random_one_in(random, 64))
		maker.object = NULL;
	types = choose_types(random, operation, choice.mode, needed);
	if (types && level < 2) {
		nr = __builtin_popcountll(types);
		hostile = nth_type(types, random_below(random, nr));
	}

	message = datagram_begin(datagram, id, operation->command,
				 choose_flags(random, choice.mode));
	spec_for_each_type(type, types, left) {
		if (!spec_attribute(operation->set, type))
			continue;
		maker.hostile = level == 2 || type == hostile;
		put_attribute(&maker, operation->set, type);
	}
	datagram_end(datagram, message);
}

void generate(struct datagram *datagram, struct random *random,
	      const struct learnt *learnt, uint16_t id)
{
	struct choice choice;
	bool dumps = false;
	uint64_t nr = 1;

	if (random_one_in(random, 2))
		nr = 1 + random_below(random, MESSAGES);
	datagram->size = 0;
	datagram->nr = 0;
	while (nr--) {
		/* A second dump is refused while the first one runs. */
		do {
			choice = choose(random);
		} while (dumps && choice.mode == SPEC_DUMP &&
			 !random_one_in(random, 16));
		dumps |= choice.mode == SPEC_DUMP;
		generate_one(datagram, random, learnt, id, choice);
	}
}

void generate_plain(struct datagram *datagram,
		    const struct spec_operation *operation, int mode,
		    uint64_t types, uint16_t id)
{
	uint16_t flags = NLM_F_REQUEST | NLM_F_ACK;
	const struct spec_attribute *attribute;
	uint64_t left, value;
	size_t message;
	uint16_t type;

	if (mode == SPEC_DUMP)
		flags = NLM_F_REQUEST | NLM_F_DUMP;
	datagram->size = 0;
	message = datagram_begin(datagram, id, operation->command, flags);
	spec_for_each_type(type, types, left) {
		attribute = spec_attribute(operation->set, type);
		value = attribute->min;
		datagram_put(datagram, type, &value, attribute->size ?: 8);
	}
	datagram_end(datagram, message);
}
