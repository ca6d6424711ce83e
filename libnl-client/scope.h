/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scope: what is to be done when a scope is left, in whatever way
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A callback may throw a C++ exception, and a thread may be cancelled in a
 * callback or while it waits for the kernel. Both unwind the stack through the
 * library, which is compiled with -fexceptions: what is ON_EXIT is done then,
 * too. Code behind a call is not.
 */
#ifndef DMSTAT_SCOPE_H
#define DMSTAT_SCOPE_H

#include <pthread.h>

/**
 * ON_EXIT() - call a function with a variable's address when its scope is left
 * @function: returns nothing
 */
#define ON_EXIT(function)	__attribute__((cleanup(function), unused))

/**
 * scope_uncancelled() - cancel no thread in this scope
 *
 * For calls of libnl, which leaves things half done.
 */
#define scope_uncancelled()						\
	int cancel_state_ ON_EXIT(scope_restore_) = scope_disable_()

static inline int scope_disable_(void)
{
	int state = PTHREAD_CANCEL_ENABLE;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	return state;
}

static inline void scope_restore_(int *state)
{
	pthread_setcancelstate(*state, NULL);
}

#endif /* DMSTAT_SCOPE_H */
