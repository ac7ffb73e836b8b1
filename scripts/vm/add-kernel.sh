#!/bin/sh
# Puts the newest kernel that the release has into the root $1: cachestat(2) came with 6.5, and Debian 12's own is 6.1.
# Only unpacked: its package would build an initramfs, and none is needed, since ext4 and NVMe are built in.
set -eu
root=$1
PATH=$PATH:/usr/sbin:/sbin
for meta in linux-image-6.12-cloud-amd64 linux-image-cloud-amd64; do
  name=$(chroot "$root" apt-cache depends "$meta" | sed -n 's/^ *Depends: *\(linux-image-[0-9].*\)$/\1/p' | head -n 1)
  if [ -n "$name" ]; then break; fi
done
mkdir "$root/tmp/kernel"
chroot "$root" sh -c 'cd /tmp/kernel && apt-get download -qq -o APT::Sandbox::User=root "$1"' sh "$name"
# Beside the root and not over it: a package's /lib would replace the link to /usr/lib.
dpkg-deb -x "$root"/tmp/kernel/*.deb "$root/tmp/kernel"
mv "$root"/tmp/kernel/boot/vmlinuz-* "$root/boot/"
mkdir -p "$root/usr/lib/modules"
mv "$root"/tmp/kernel/lib/modules/* "$root/usr/lib/modules/"
rm -r "$root/tmp/kernel"
chroot "$root" depmod "$(basename "$root"/usr/lib/modules/*)"
