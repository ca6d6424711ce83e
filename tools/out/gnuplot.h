/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gnuplot, the program: it reads a script from a pipe, and what it draws is in a
 * file without a name.
 */
#ifndef DMSTAT_NL_GNUPLOT_H
#define DMSTAT_NL_GNUPLOT_H

#include <stdio.h>
#include <sys/types.h>

/**
 * struct gnuplot - a gnuplot that runs
 * @script: what it reads: write to it
 * @drawing: what it has drawn
 * @messages: what it complained of
 * @pid: its process
 */
struct gnuplot {
	FILE *script;
	FILE *drawing;
	FILE *messages;
	pid_t pid;
};

/** gnuplot_is_there() - whether it is installed; says what to install if not */
int gnuplot_is_there(void);

/**
 * gnuplot_start() - run it
 * @gnuplot: set to it
 *
 * Return: 0, or 1 after saying why not.
 */
int gnuplot_start(struct gnuplot *gnuplot);

/**
 * gnuplot_finish() - end the script, and wait for the drawing
 * @gnuplot: it
 *
 * Says on stderr that it draws, if that takes long.
 *
 * Return: 0, and the drawing can be read from its start; 1 after saying what
 * went wrong.
 */
int gnuplot_finish(struct gnuplot *gnuplot);

/** gnuplot_end() - free what it left, after gnuplot_finish() */
void gnuplot_end(struct gnuplot *gnuplot);

#endif /* DMSTAT_NL_GNUPLOT_H */
