#!/bin/bash
# Turns its own mount namespace into a notebook instance, runs the lifecycle script there as SageMaker does, and stays
# until its input ends. Prints the script's exit code, its duration in milliseconds, this session, and its output.
#
#   boot.sh MACHINE PYTHON_PREFIX STANDARD_LIBRARY SITE_PACKAGES
#
# MACHINE has etc/, ensurepip/, opt/, shims/ and home/; STANDARD_LIBRARY is relative to PYTHON_PREFIX.
set -eu

machine=$1
mount --bind "$2" "$machine/home/python"
mount --bind -o remount,ro "$machine/home/python"
mount --bind "$machine/ensurepip" "$machine/home/python/$3/ensurepip"
mount --bind "$4" "$machine/home/site-packages"
mount --bind "$machine/etc/passwd" /etc/passwd
mount --bind "$machine/etc/group" /etc/group
mount --bind "$machine/opt" /opt
mount --bind "$machine/shims" "$machine/home/shims"
mount --rbind "$machine/home" /home
cd /

started=$(date +%s%N)
# Like SageMaker's, this wait ends only when nobody holds the script's output open.
status=0
output=$(PATH=/home/shims:$PATH bash /home/on_create.sh 2>&1) || status=$?
echo "$status $((($(date +%s%N) - started) / 1000000)) $(cut -d ' ' -f 6 "/proc/$$/stat") $output"
cat >/dev/null
