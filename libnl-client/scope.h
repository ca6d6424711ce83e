/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scope: clean up when a scope is left, whatever the way
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A callback may throw a C++ exception, and a thread may be cancelled in a
 * callback or while it waits for the kernel. Both unwind the stack through the
 * library, which is compiled with -fexceptions. Then the functions of ON_EXIT()
 * still run, but the code after the call does not.
 */
#ifndef DMSTAT_SCOPE_H
#define DMSTAT_SCOPE_H

#include <pthread.h>

/**
 * ON_EXIT() - call a function when a variable's scope is left
 * @function: takes the variable's address
 */
#define ON_EXIT(function)	__attribute__((cleanup(function), unused))

/**
 * scope_uncancelled() - disable cancellation until the scope is left
 *
 * For calls into libnl, which is not safe to cancel.
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
