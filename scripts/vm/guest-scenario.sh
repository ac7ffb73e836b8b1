#!/bin/sh
# What the guest's systemd starts: what has to be there before Node runs, and the end of the machine after it in every case.
export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
mount -t tmpfs tmpfs /tmp
modprobe configfs
mount -t configfs configfs /sys/kernel/config
ip link set lo up
# Namespaces are found in any order, and their names with them: the number that was given to each is what stays.
for disk in /sys/block/nvme*n*; do
  ln -s "/dev/$(basename "$disk")" "/run/disk$(cat "$disk/nsid")"
done
mount -o ro /run/disk2 /opt/warmset
stty -F /dev/ttyS1 raw -echo
node /opt/warmset/dist/scenario.js </dev/null >/dev/ttyS1
sync
echo o >/proc/sysrq-trigger
sleep 30
