// SPDX-License-Identifier: GPL-2.0-only
/*
 * Privileges: what the exporter keeps is CAP_SYS_ADMIN, which the module asks for.
 */
#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cap-ng.h>

#include "exporter/privilege.h"
#include "out/message.h"

#define DEFAULT_USER	"nobody"

/* Keep the capability for this program, and nothing for those that it starts. */
static void choose(void)
{
	capng_clear(CAPNG_SELECT_ALL);
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
		     CAP_SYS_ADMIN);
}

static int become(const struct passwd *user)
{
	int error;

	choose();
	error = capng_change_id(user->pw_uid, user->pw_gid,
				CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING |
				CAPNG_CLEAR_AMBIENT);
	if (!error)
		return 0;
	complain("cannot become user %s: %s (%d)", user->pw_name,
		 strerror(errno), error);
	return -1;
}

/* The bounding set can only be changed with CAP_SETPCAP. */
static int stay(void)
{
	const bool all = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	choose();
	if (!capng_apply(all ? CAPNG_SELECT_ALL :
			       CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT))
		return 0;
	complain("cannot drop capabilities: %s", strerror(errno));
	return -1;
}

static int drop_as_root(const char *name)
{
	const struct passwd *user = getpwnam(name ? name : DEFAULT_USER);

	if (!user && name) {
		complain("--user '%s': no such user", name);
		return -1;
	}
	return user && user->pw_uid ? become(user) : stay();
}

int privilege_drop(const char *user)
{
	int error;

	if (capng_get_caps_process()) {
		complain("cannot read the capabilities of this process");
		return -1;
	}
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN)) {
		complain("not permitted: needs CAP_SYS_ADMIN: run it as root, or by systemd");
		return -1;
	}
	if (user && geteuid() != 0) {
		complain("--user: only root can become another user");
		return -1;
	}
	error = geteuid() == 0 ? drop_as_root(user) : stay();
	if (!error && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		complain("cannot give up new privileges: %s", strerror(errno));
		error = -1;
	}
	return error;
}
