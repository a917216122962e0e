# What the tests beside this file share: a source on a file system of its own, and a daemon whose calls on it are
# recorded, or fail. Sourced after tests/lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154

# recorder_start [SIZE] - a file system of that size (64m) for $src; $record is what is done to it, $fault fails it
recorder_start()
{
	[ -z "${FS0711_TEST_REPORTS:-}" ] || skip "the recorder cannot stand before a sanitizer"
	ram_disk "$dir/disk" "${1:-64m}" || skip "no file system can be mounted here"
	src=$dir/disk/store record=$dir/record fault=$dir/fault
	printf '%-31s\n' '000000 000 -' >"$fault"
	daemon_env=(LD_PRELOAD="$build/tests/power/record.so" FS0711_RECORD_ROOT="$dir/disk"
		FS0711_RECORD_FAULT="$fault" ${recording:+FS0711_RECORD_LOG="$record"})
}
