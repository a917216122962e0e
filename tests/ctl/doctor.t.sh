#!/bin/bash
# 0711ctl doctor: each line says what there is, or what is lacking and how to mend it.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq

# doctor ARGUMENT... - sets $status, and $dir/said to what it prints
doctor()
{
	"$build/0711ctl" doctor "$@" >"$dir/said" 2>"$dir/errors"
	status=$?
	cat "$dir/said" "$dir/errors"
}

# verdict CHECK - of the last doctor --json
verdict()
{
	jq -r ".checks[] | select(.check == \"$1\") | .verdict" "$dir/said"
}

# fix CHECK
fix()
{
	jq -r ".checks[] | select(.check == \"$1\") | .fix" "$dir/said"
}

ok 'it looks at the system' 'doctor; [ "$status" = 0 ] || [ "$status" = 4 ] || [ "$status" = 1 ] && ! grep -v "^OK  \|^less\|^LACK\|^      \|lacking$" said && [ ! -s errors ]'
ok 'its status is that of the worst line' '
	doctor --json; case $(jq "[.lack > 0, .less > 0] | index(true)" said) in 0) same 1 "$status" ;; 1) same 4 "$status" ;; *) same 0 "$status" ;; esac'
ok 'every lack has a fix' 'json_is said "all(.checks[]; (.verdict == \"ok\") == (.fix == null)) and (.checks | length) == .ok + .less + .lack"'
ok 'each part is named' '
	same "kernel fuse fusermount3 mounting allow_other mounts namespaces view landlock seccomp user cgroups limits clock" "$(echo $(jq -r ".checks[].check" said))"'
ok 'a source has lines of its own' 'doctor --json "$src" && same "source store key space" "$(echo $(jq -r ".checks[14:][].check" said))"; same ok "$(verdict store)"'
ok 'one that others may read is told' 'chmod 755 "$src" && doctor --json "$src"; same less "$(verdict source)" && fix source | grep "chmod 700" && chmod 700 "$src"'
ok 'one that is a file lacks' 'echo >file && doctor --json "$dir/file"; same 1 "$status" && same lack "$(verdict source)"'
ok 'one that is not there does not' 'doctor --json "$dir/new/er"; same ok "$(verdict source)" && same ok "$(verdict space)" && [ ! -e "$dir/new" ]'
ok 'a damaged store lacks' 'mkdir bad && echo x >bad/platform.db && doctor --json "$dir/bad"; same lack "$(verdict store)" && fix store | grep fsck'
ok 'few open files are told' '(ulimit -n 64; doctor --json); same less "$(verdict limits)" && fix limits | grep "ulimit -n"'
ok 'no fusermount3 is told' 'PATH=$dir doctor_path=1 "$build/0711ctl" doctor --json >said; [ "$(verdict fusermount3)" != ok ] && fix fusermount3 | grep "package fuse3"'
ok 'a key file that others may read lacks' 'mkdir keyed && echo x >keyed/key && chmod 644 keyed/key && doctor --json "$dir/keyed"; same 1 "$status" && same lack "$(verdict key)" && jq -r ".checks[] | select(.check == \"key\") | .text" said | grep 0644'
if [ -w /dev/fuse ]; then
	ok 'a platform in use is named with its process' 'mount_start && doctor --json "$src"; jq -r ".checks[] | select(.check == \"store\") | .text" said | grep -w "$daemon" && same ok "$(verdict mounts)"'
	ok 'a dead mount is found, with the way out' 'mount_kill; doctor --json; same 1 "$status" && same lack "$(verdict mounts)" && fix mounts | grep -F "fusermount3 -uz '\''$mnt'\''" && eval "$(fix mounts | sed "s/^run: //")" && doctor --json; same ok "$(verdict mounts)"'
	ok 'so is one whose daemon does not answer' 'mount_start && kill -STOP "$daemon" && doctor --json; kill -CONT "$daemon"; same lack "$(verdict mounts)" && mount_stop'
fi
if [ "$(id -u)" = 0 ] && type setpriv >/dev/null 2>&1; then
	ok 'without the right to mount, root is told so' 'setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$build/0711ctl" doctor --json >said; setpriv --bounding-set -sys_admin true && same lack "$(verdict mounting)" && fix mounting | grep SYS_ADMIN'
	ok 'another user is told of user_allow_other' 'chmod 755 "$dir" && cp "$build/0711ctl" ctl && as_nobody ./ctl doctor --json >said; [ -s said ] && case $(grep -cx user_allow_other /etc/fuse.conf) in 0) same less "$(verdict allow_other)" ;; *) same ok "$(verdict allow_other)" ;; esac'
fi
ok 'wrong words: 2' 'doctor --repair; same 2 "$status"; doctor a b; same 2 "$status"'
done_testing
