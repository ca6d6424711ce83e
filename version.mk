# SPDX-License-Identifier: GPL-2.0-only
#
# The one place that has the version: module, library, command and DKMS read it.
DMSTAT_VERSION := 0.1.0
