#!/bin/bash
# The GPUs of this machine, held against what nvidia-smi says; skipped where there is none.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need nvidia-smi
holder=
gib=$((1 << 30))

# smi FIELD... - what nvidia-smi says, a GPU a line, fields with "|" between them
smi()
{
	local fields

	fields=$(IFS=,; echo "$*")
	nvidia-smi --query-gpu="$fields" --format=csv,noheader,nounits | sed 's/, */|/g'
}

# devices FIELDS [PID] - what we say; FIELDS as cut takes them: 1 name 2 title 3 uuid 4 total 5 free 6 used 7 of PID
devices()
{
	"$build/tests/model/devices" ${2:+"$2"} | cut -d '|' -f "$1"
}

# hold BYTES - a process that holds memory of the first GPU; $holder is its parent
hold()
{
	timeout 120 "$build/tests/model/hold" "$1" >"$dir/held" 2>&1 &
	holder=$!
	eventually '[ -s "$dir/held" ]' 60 && grep -q "holds $1" "$dir/held" && return 0
	cat "$dir/held"
	return 1
}

let_go()
{
	kill "$holder" && { wait "$holder"; true; }
}

# used_agrees - is what each GPU has used within 2 % of what nvidia-smi says, which counts whole MiB? One that is in use
# by others may change between the two looks: a later one may agree
used_agrees()
{
	paste -d ' ' <(devices 6) <(smi memory.used) | awk '
		{ theirs = $2 * 1048576; off = $1 - theirs; if (off < 0) off = -off }
		off > theirs * 0.02 + 1048576 { print "ours " $1 ", nvidia-smi " theirs; bad = 1 }
		END { exit bad || NR == 0 }'
}

nvidia-smi --query-gpu=name --format=csv >/dev/null 2>&1 || skip "nvidia-smi finds no GPU"

ok 'the GPUs are those of nvidia-smi, in its order' '
	same "$(smi name uuid)" "$(devices 2,3)" && same gpu0 "$(devices 1 | head -n 1)"'
ok 'so is how much memory they have' '
	same "$(smi memory.total)" "$(devices 4 | while read -r bytes; do echo $((bytes / 1048576)); done)"'
ok 'what is used is within 2 % of what nvidia-smi says' 'eventually used_agrees'
before=$(devices 6 | head -n 1)
free=$(devices 5 | head -n 1)
ok 'a process takes half of what is free' 'hold $((free / 2))'
ok 'what is used is still within 2 % of it' 'eventually used_agrees'
ok 'and has grown by what the process took' '[ "$(devices 6 | head -n 1)" -ge $((before + free / 2)) ]'
held=$(devices 7 "$holder" | head -n 1)
case $held in
- | 0) pass_over 'the process is known to hold that much' 'the driver hides processes from this namespace' ;;
*) ok 'the process is known to hold that much' '[ "$held" -ge $((free / 2)) ]' ;;
esac
ok 'when it ends the memory is free again' '
	let_go && eventually "[ \"\$(devices 6 | head -n 1)\" -le $((before + gib / 4)) ]"'
ok 'more than there is cannot be held' '
	! "$build/tests/model/hold" $((free + 64 * gib)) >"$dir/refused" 2>&1 && grep "does not give" "$dir/refused"'
done_testing
