# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel log, for run-tests and soak.sh.

# What the kernel logs when something is wrong.
bad='WARNING:|BUG:|BUG |Oops|general protection|Call Trace|INFO: task|lockdep'
bad+='|possible recursive|KASAN|KCSAN|UBSAN|kmemleak: .*(disabled|Cannot)|refcount_t|stack-protector'
bad+='|Unable to handle|soft lockup|hard LOCKUP|rcu.*stall|dmstat: .*(leak|BUG)'

# The kernel log without what the allocator and the module loader log, with a stack
# dump, about allocations that were made to fail; what zonefs of some kernels logs
# for each append; that dm-stats has lost count of its own I/O; and that NVMe on 6.1
# does not tell lockdep that it walks a list under SRCU.
kernel_log()
{
	dmesg | sed -E '/^[^a-z]*kmem_cache_create_usercopy\(.*\) failed with error|vmalloc error: size/,/<\/TASK>/d
			/kmemleak: Cannot allocate a scan area/d
			/WARNING: .* dm_stats_cleanup\+/,/---\[ end trace/d
			/WARNING: suspicious RCU usage/{
				N;N;N
				/nvme\/host\/multipath\.c/{:more;N;/<\/TASK>/!bmore;d}
			}
			/zonefs .* WARNING: (Corrupted write pointer|inode .*: (invalid size|write access)|Zone ).*/d'
}

# bad_messages: what is wrong in the kernel log.
bad_messages()
{
	kernel_log | grep -E "$bad"
}
