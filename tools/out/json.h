/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON on stdout.
 */
#ifndef DMSTAT_NL_JSON_H
#define DMSTAT_NL_JSON_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct json - the JSON that is being printed
 * @comma: the next value needs a comma before it
 */
struct json {
	bool comma;
};

/** json_open() - begin a list or an object; @key is NULL outside an object */
void json_open(struct json *json, const char *key, char bracket);

/** json_close() - end a list or an object */
void json_close(struct json *json, char bracket);

/** json_open_row() - begin an object of a list, on a line of its own */
void json_open_row(struct json *json);

/* Values; @key is NULL outside an object. */
void json_number(struct json *json, const char *key, uint64_t value);
void json_real(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
void json_string(struct json *json, const char *key, const char *value);
void json_raw(struct json *json, const char *key, const char *value);

#endif /* DMSTAT_NL_JSON_H */
