# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat: I/O statistics of block devices. "make help" lists what can be made; all
# that is made goes to build/.

include version.mk

prefix ?= /usr/local
includedir ?= $(prefix)/include
datadir ?= $(prefix)/share

# The kernel that dmstat.ko is for: the running one or, with KERNEL=6.1 or 6.12,
# Debian's newest of that series (6.1-rt, 6.12-rt: with PREEMPT_RT) or, with
# KERNEL=newest, of all, fetched into a cache; or, with KERNEL=kasan, kcsan or rt,
# one for finding bugs, which is built there. With ARCH=arm64 or s390x, Debian's
# 6.1 or 6.12 for that, and its cross compiler.
ifdef KERNEL
KERNEL_FOLDER := $(shell selftests/vm/kernel $(addprefix --arch ,$(ARCH)) $(KERNEL) --with-tools)
ifeq ($(KERNEL_FOLDER),)
$(error dmstat: KERNEL=$(KERNEL) cannot be used, see above)
endif
KDIR := $(KERNEL_FOLDER)/build
else
KDIR ?= /lib/modules/$(shell uname -r)/build
endif

RELEASE := $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)
MODULE := build/kernel/$(RELEASE)
MODULE_FOLDER := /lib/modules/$(RELEASE)/updates

# Kernel makefiles have other names than Debian.
KBUILD_ARCH := $(patsubst %,ARCH=%,$(patsubst s390x,s390,$(patsubst amd64,x86,$(ARCH))))

# What kernels that find bugs check and count in this module alone, with the
# compiler that they were built by.
DEBUG_FLAGS := $(if $(filter kasan kcsan rt,$(KERNEL)),CC=gcc-12) \
	       $(if $(filter kasan,$(KERNEL)),GCOV_PROFILE=y UBSAN_SANITIZE=y)

DKMS_SOURCE := /usr/src/dmstat-$(DMSTAT_VERSION)
DKMS ?= dkms

# The netlink interface, for programs without libdmstat. A folder of that name
# is where the kernel's own client, ynl, looks for specifications.
UAPI_HEADER := $(includedir)/linux/dmstat.h
SPECIFICATION := $(datadir)/ynl/specs/dmstat.yaml

# Rules for Prometheus and a dashboard for Grafana.
MONITORING := $(datadir)/dmstat

# Where the Debian packages go.
DEB := build/deb

INSTALL ?= install
STRIP ?= strip

all: library tools $(if $(RELEASE),module,no-module)

library:
	$(MAKE) -C libnl-client

tools: library
	$(MAKE) -C tools

# Built in a folder of links to the sources, so that these stay clean and each
# kernel has its own objects. Two builds for one kernel wait for each other, and
# the module is replaced whole, because a virtual machine may be loading it.
module: headers
	@mkdir -p $(MODULE)/src
	@cp -rsf $(CURDIR)/kernel $(CURDIR)/uapi $(CURDIR)/version.mk $(MODULE)/src/
	flock $(MODULE)/lock $(MAKE) -C $(KDIR) $(KBUILD_ARCH) \
		M=$(CURDIR)/$(MODULE)/src/kernel $(DEBUG_FLAGS) modules
	@cp $(MODULE)/src/kernel/dmstat.ko $(MODULE)/dmstat.ko.$$$$ && \
		mv $(MODULE)/dmstat.ko.$$$$ $(MODULE)/dmstat.ko

headers:
	@$(if $(RELEASE),,echo "dmstat: no kernel headers in $(KDIR)" >&2; exit 1)

no-module:
	@echo "dmstat: no headers of the running kernel ($(KDIR)): dmstat.ko is not built"

# The uapi header, the policies and the description for syzkaller, from
# Documentation/netlink/specs/dmstat.yaml.
generate:
	@scripts/generate.py

# The virtual machine: nothing of this touches the host's kernel or disks.
run:
	@selftests/vm/demo

# The picture of the README, from a minute of the demonstration's load.
picture:
	@selftests/vm/demo --picture Documentation/heat.svg

# make test T='set.sh abi_set' KERNEL=6.12 ARCH=arm64
test:
	@selftests/vm/test $(addprefix --arch ,$(ARCH)) $(or $(KERNEL),6.1) $(T)

check:
	@selftests/check

check-debug:
	@selftests/check-debug

# The part of it that tries the Debian packages.
check-deb:
	@selftests/check-debug source-package packages-bookworm packages-trixie

# make soak TIME=10m KERNEL=6.12 CPUS=4 SEED=7
soak: library tools
	@$(MAKE) --no-print-directory module KERNEL=$(or $(KERNEL),6.1)
	@$(MAKE) --no-print-directory -C selftests
	@selftests/vm/soak $(or $(KERNEL),6.1) $(or $(CPUS),2) --time $(or $(TIME),3m) \
		$(if $(SEED),--seed $(SEED)) $(if $(LIMITED),--limited)

bench:
	@selftests/bench/run

install: install-user $(if $(RELEASE),install-module)
ifeq ($(RELEASE),)
	@echo "dmstat: the module is NOT installed: no kernel headers in $(KDIR)" >&2
	@echo "dmstat: install them (Debian: linux-headers-$$(uname -r)) and try again;" >&2
	@echo "dmstat: for library and command alone, make install-user" >&2
	@exit 1
endif

install-user: library tools
	$(MAKE) -C libnl-client install prefix=$(prefix)
	$(MAKE) -C tools install prefix=$(prefix)
	$(INSTALL) -D -m 644 uapi/linux/dmstat.h $(DESTDIR)$(UAPI_HEADER)
	$(INSTALL) -D -m 644 Documentation/netlink/specs/dmstat.yaml \
		$(DESTDIR)$(SPECIFICATION)
	$(INSTALL) -D -m 644 tools/monitoring/prometheus-rules.yml \
		$(DESTDIR)$(MONITORING)/prometheus-rules.yml
	$(INSTALL) -D -m 644 tools/monitoring/grafana-dashboard.json \
		$(DESTDIR)$(MONITORING)/grafana-dashboard.json
	$(if $(DESTDIR),,ldconfig)

install-module: module
	$(INSTALL) -D -m 644 $(MODULE)/dmstat.ko $(DESTDIR)$(MODULE_FOLDER)/dmstat.ko
	$(STRIP) --strip-debug $(DESTDIR)$(MODULE_FOLDER)/dmstat.ko
	$(if $(DESTDIR),,depmod $(RELEASE))
	@! ls $(DESTDIR)$(MODULE_FOLDER)/dkms/dmstat.ko* >/dev/null 2>&1 || \
		echo "dmstat: DKMS has a module for $(RELEASE), too: remove one," \
			"by make dkms-remove or make uninstall-module" >&2

# What install has put there, for each kernel that it was called for.
uninstall: uninstall-module
	$(MAKE) -C libnl-client uninstall prefix=$(prefix)
	$(MAKE) -C tools uninstall prefix=$(prefix)
	rm -f $(DESTDIR)$(UAPI_HEADER) $(DESTDIR)$(SPECIFICATION)
	rm -f $(DESTDIR)$(MONITORING)/prometheus-rules.yml \
		$(DESTDIR)$(MONITORING)/grafana-dashboard.json
	rmdir $(DESTDIR)$(MONITORING) 2>/dev/null || :
	$(if $(DESTDIR),,ldconfig)

uninstall-module:
	@set -e; for module in $(DESTDIR)/lib/modules/*/updates/dmstat.ko; do \
		test -e "$$module" || continue; \
		echo "rm $$module"; rm "$$module"; \
		release=$${module%/updates/dmstat.ko}; \
		$(if $(DESTDIR),:,depmod) "$${release##*/}"; \
	done

# What DKMS builds from, then DKMS itself: the module is built again by itself
# whenever a new kernel is installed. Once this version is built, all others go:
# those of DKMS, and what install has put there.
dkms-source:
	rm -rf $(DESTDIR)$(DKMS_SOURCE)
	$(INSTALL) -d $(DESTDIR)$(DKMS_SOURCE)
	cp -r kernel uapi version.mk LICENSES $(DESTDIR)$(DKMS_SOURCE)/
	sed 's/#MODULE_VERSION#/$(DMSTAT_VERSION)/' dkms.conf.in >$(DESTDIR)$(DKMS_SOURCE)/dkms.conf

dkms: dkms-source
	-$(DKMS) remove dmstat/$(DMSTAT_VERSION) --all >/dev/null 2>&1
	$(DKMS) build dmstat/$(DMSTAT_VERSION)
	$(call dkms_remove,grep -vFx '$(DMSTAT_VERSION)')
	$(MAKE) uninstall-module
	$(DKMS) install dmstat/$(DMSTAT_VERSION)

dkms-remove:
	$(call dkms_remove,cat)

# Those of the versions that DKMS has which a filter lets through. The sources
# are ours unless they are of a package.
dkms_remove = @$(DKMS) status dmstat | sed 's,^dmstat[/ \,]*,,; s,[:\, ].*,,' | sort -u | \
	$(1) | while read -r version; do \
		$(DKMS) remove "dmstat/$$version" --all </dev/null || exit; \
		dpkg -S "/usr/src/dmstat-$$version" >/dev/null 2>&1 || \
			rm -rf "$(DESTDIR)/usr/src/dmstat-$$version"; \
	done

# Debian packages, built from a copy of the sources, because that cleans its
# folder. What this make was called with is not for that one.
deb:
	@selftests/vm/packages build deb
	rm -rf $(DEB)
	mkdir -p $(DEB)/dmstat-$(DMSTAT_VERSION)
	tar -c --exclude=./build --exclude='./.*' . | \
		tar -x -C $(DEB)/dmstat-$(DMSTAT_VERSION) --no-same-owner
	cd $(DEB)/dmstat-$(DMSTAT_VERSION) && \
		env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
		dpkg-buildpackage --no-sign
	@echo "dmstat: the packages are in $(DEB):" && ls $(DEB)/*.deb

clean:
	rm -rf build

help:
	@echo "make               library, command, and module for the running kernel"
	@echo "make run           try it in a virtual machine, packages installed first"
	@echo "make picture       draw Documentation/heat.svg again, in a virtual machine"
	@echo "make test          some tests in a virtual machine: T='NAME...', KERNEL=6.1"
	@echo "                   (default), 6.12, newest, 6.1-rt, kasan, kcsan, rt; without T,"
	@echo "                   their names; ARCH=arm64 with 6.1 or 6.12: in an emulated"
	@echo "                   machine"
	@echo "make check         all tests, on kernels 6.1, 6.12 and newest in virtual machines"
	@echo "make check-debug   all tests and more, on kernels built for finding bugs"
	@echo "make check-deb     of these, the Debian packages on bookworm and trixie"
	@echo "make soak          all at once, for a time: TIME=3m (default), KERNEL, CPUS, SEED"
	@echo "make bench         instructions per I/O, dmstat and dm-stats"
	@echo "make install       as root; DESTDIR, prefix (now $(prefix))"
	@echo "make install-user  the same without the module"
	@echo "make uninstall     as root; what install has put there, no more"
	@echo "make dkms          as root; the module by DKMS, for each kernel to come"
	@echo "make dkms-remove   as root; every version of it from DKMS"
	@echo "make deb           Debian packages, into $(DEB)"
	@echo "make module        dmstat.ko alone; KERNEL=6.1, 6.12 or newest, or KDIR=headers;"
	@echo "                   ARCH=arm64 or s390x with KERNEL=6.1 or 6.12: cross-compiled"
	@echo "make generate      after a change of the netlink specification: its C code"
	@echo "make clean         remove build/"

.PHONY: all library tools module headers no-module generate run picture test check \
	check-debug check-deb soak bench install install-user install-module uninstall \
	uninstall-module dkms-source dkms dkms-remove deb clean help
