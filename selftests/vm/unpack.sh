# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts that keep Debian's kernels in the cache share: how the image and
# the modules are taken out of packages.

# Module folders for hardware that QEMU's machine lacks.
no_such_hardware=(sound drivers/{gpu,hid,iio,infiniband,media,staging,usb}
		  drivers/net/{can,ethernet,fddi,usb,wan,wireless})

unpack_image()
{
	local deb=$1 to=$2 folder exclude=()
	for folder in "${no_such_hardware[@]}"; do
		exclude+=(--exclude="./lib/modules/*/kernel/$folder"
			  --exclude="./usr/lib/modules/*/kernel/$folder")
	done
	dpkg-deb --fsys-tarfile "$deb" |
		tar -x -C "$to" "${exclude[@]}" --exclude=./usr/share
}

# Uncompressed modules load faster in the guest and make depmod quick.
prepare_modules()
{
	local to=$1 release=$2 modules=$1/lib/modules/$2
	[[ -d $modules ]] || { mkdir -p "$to/lib"; mv "$to/usr/lib/modules" "$to/lib/"; }
	rm -f "$modules/build" "$modules/source"
	find "$modules" -name '*.ko.xz' -print0 | xargs -0 -r -n 64 -P 2 xz -d
	depmod -b "$to" "$release"
}

# A little-endian number of an image's boot header (Documentation/x86/boot.rst).
header_field()
{
	local image=$1 offset=$2 bytes=$3
	od -An --endian=little -t "u$bytes" -j "$((offset))" -N "$bytes" "$image" | tr -d ' '
}

# The payload starts after the boot sectors; its last 4 bytes are its size.
uncompress_image()
{
	local image=$1 to=$2 start length
	start=$((($(header_field "$image" 0x1f1 1) + 1) * 512 +
		 $(header_field "$image" 0x248 4)))
	length=$(($(header_field "$image" 0x24c 4) - 4))
	dd if="$image" of="$to.packed" bs=1M iflag=skip_bytes,count_bytes \
		skip="$start" count="$length" status=none
	xz -dc <"$to.packed" >"$to" 2>/dev/null ||
		zstd -qdc <"$to.packed" >"$to" || die "cannot uncompress $image"
	rm "$to.packed"
}
