#!/bin/bash
# Nothing is missed: thousands of events go to endpoints that answer and to such as fail in every way, and the mount is
# killed again and again. Those that answer get every event, those of a task in their order; the others do not hold
# them up, and get theirs when they have healed.
# FS0711_EVENTS: how many events (2000); FS0711_KILLS: how often the mount is killed meanwhile (5).
# shellcheck disable=SC2016
events=${FS0711_EVENTS:-2000} kills=${FS0711_KILLS:-5}
patience=$((120 + events / 20))
[ "$events" -le 2000 ] || export FS0711_TEST_SECONDS="${FS0711_TEST_SECONDS:-$((300 + 3 * patience))}"
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq openssl
tasks=$mnt/engagements/default/tasks hooks=$mnt/webhooks ends=$mnt/webhooks/endpoints
live="live1 live2 live3 loose secure endless" # endless says 200 at once and then sends a gigabyte
bad="status500 status429 status410 status302 hang reset drip fields stall othername unknownca"
begin=$(date -u +%FT%TZ)
mkfifo "$dir/hold" && exec 8<>"$dir/hold"

# authority NAME - a certificate authority
authority()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$1.key" -out "$1.pem" \
		-subj "/CN=authority of a test" -addext basicConstraints=critical,CA:true
}

# certificate NAME AUTHORITY WHOSE - for a host or an address, as "DNS:a.example" or "IP:127.0.0.1"
certificate()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj /CN=host &&
	echo "subjectAltName=$3" >"$1.ext" &&
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial 1 -days 2 -extfile "$1.ext" -out "$1.pem"
}

# receive NAME [CERTIFICATE] - a receiver that ends with this test; its port is in $dir/NAME/port
receive()
{
	mkdir "$dir/$1"
	"$build/tests/webhook/receiver" "$dir/$1" ${2:+"$2.pem" "$2.key"} <"$dir/hold" &
	eventually "[ -s $dir/$1/port ]"
}

# url SCHEME RECEIVER NAME
url()
{
	echo "$1://127.0.0.1:$(cat "$dir/$2/port")/to/$3"
}

# endpoint NAME URL
endpoint()
{
	mkdir "$ends/$1" && put 127.0.0.0/8 "$ends/$1/allow" && put "$2" "$ends/$1/url" && put task.updated "$ends/$1/events" &&
	put "whsec_$(openssl rand -base64 32)" "$ends/$1/secret" && same active "$(cat "$ends/$1/state")"
}

# answer NAME PATH - how the receiver of bad ones answers to it
answer()
{
	echo "$2" >"$dir/bad/$1.new" && mv "$dir/bad/$1.new" "$dir/bad/$1"
}

# stir COUNT - make so many events by four writers, who stop when the mount dies
stir()
{
	local writer

	for writer in 0 1 2 3; do
		(
			for ((i = 0; i < $1 / 4; i++)); do
				word=high
				(((i / 10 + round) % 2)) || word=low
				echo "$word" >"$tasks/t$writer$((i % 10))/priority" || exit
			done
		) 2>/dev/null &
		writers+=("$!")
	done
}

requests()
{
	wc -l <"$dir/good/requests"
}

# until_at MOST - a number of requests, MOST more than there are now or fewer
until_at()
{
	until=$(($(requests) + (RANDOM * 32768 + RANDOM) % $1))
}

# stirred - the writers have ended
stirred()
{
	wait "${writers[@]}" 2>/dev/null
	writers=() round=$((round + 1))
}

# told - ids and tasks of the events, in their order; one look shows 10,000 of all types at most
told()
{
	local last=0

	while cat "$mnt/events.since/$last" >page && [ -s page ]; do
		jq -r 'select(.type == "task.updated") | "\(.id) \(.data.task_id)"' page
		last=$(tail -n 1 page | jq -r .id)
	done
}

# figure NAME COLUMN - of the endpoint in the table
figure()
{
	awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$hooks/status"
}

# all_have ENDPOINTS - each has all events, and no delivery of another kind
all_have()
{
	local name

	for name in $1; do
		[ "$(figure "$name" 3) $(figure "$name" 4) $(figure "$name" 5)" = "0 $made 0" ] || return 1
	done
}

# all_fail ENDPOINTS - none of them has got anything, and each is known to be bad
all_fail()
{
	local name

	for name in $1; do
		[ "$(figure "$name" 4)" = 0 ] && [ "$(figure "$name" 2)" != active ] || return 1
	done
}

# arrived - "ENDPOINT ID" of all requests, as they came
arrived()
{
	jq -r '"\(.path | ltrimstr("/to/")) \(."webhook-id")"' "$dir"/{good,bad,secure}/requests
}

# judge ENDPOINTS ORDERED - each of them was sent every event, and of no task an earlier one after a later one
judge()
{
	told >log
	arrived | awk -v names="$1" -v ordered="$2" '
		NR == FNR { place[$1] = NR; task[$1] = $2; n = NR; next }
		!($2 in place) { print "nobody knows the event " $2; wrong = 1; next }
		seen[$1, $2]++ { again[$1]++ }
		seen[$1, $2] == 1 { count[$1]++ }
		index(" " ordered " ", " " $1 " ") && place[$2] < last[$1, task[$2]] {
			print $1 " got event " place[$2] " of a task after event " last[$1, task[$2]]
			wrong = 1
		}
		{ last[$1, task[$2]] = place[$2] }
		END {
			for (i = split(names, name); i > 0; i--) {
				print name[i] ": " count[name[i]] + 0 " of " n ", " again[name[i]] + 0 " twice"
				if (count[name[i]] != n || n == 0)
					wrong = 1
			}
			exit wrong
		}' log - >judged
	local status=$?

	cat judged
	return "$status"
}

# heal NAME - it answers again, and somebody says so
heal()
{
	case $1 in
	othername | unknownca) put "$(url https secure "$1")" "$ends/$1/url" ;;
	*) answer "$1" /204 && put true "$ends/$1/enabled" ;;
	esac
}

{ authority ours && authority others && certificate here ours IP:127.0.0.1 && certificate away ours DNS:away.example &&
	certificate strange others IP:127.0.0.1; } >openssl.log 2>&1 || exit
receive good && receive bad && receive secure here && receive away away && receive strange strange || exit
mount_start -o "cafile=$dir/ours.pem" || exit
put 0,1,1,1,2,2,2,2,2,2 "$mnt/settings/webhook_retries" && put 5 "$mnt/settings/webhook_timeout_s" || exit
for n in 0 1 2 3; do
	for k in 0 1 2 3 4 5 6 7 8 9; do
		echo "task $n$k" >"$mnt/tasks/inbox/t$n$k.txt"
	done
done
writers=() round=0 made=0 until=0

ok 'endpoints, and how they fail' '
	for name in live1 live2 live3 loose; do endpoint $name "$(url http good $name)" || return 1; done &&
	put false "$ends/loose/ordered" && endpoint secure "$(url https secure secure)" &&
	for name in endless $bad; do endpoint $name "$(url http bad $name)" || return 1; done &&
	answer status500 /500 && answer status429 /slower/1 && answer status410 /410 && answer status302 /redirect &&
	for name in hang reset drip fields stall endless; do answer $name /$name || return 1; done &&
	put "$(url https away othername)" "$ends/othername/url" && put "$(url https strange unknownca)" "$ends/unknownca/url"'
ok 'tasks to tell of' 'eventually "[ -d $tasks/t39 ] && ! grep -lE \"todo|in_progress\" $tasks/t??/status" 120'
ok "the mount is killed $kills times" '
	for ((n = 0; n < kills; n++)); do
		until_at $((events * 3 / (kills + 1))) # of four for each, as some writes may change nothing
		stir $((events / (kills + 1)))
		eventually "[ \$(requests) -ge $until ]" "$patience" || return 1
		mount_kill
		stirred
		mount_start -o "cafile=$dir/ours.pem" || return 1
	done
	while made=$(told | wc -l) && [ "$made" -lt "$events" ]; do
		stir $((events - made + 3))
		stirred
	done
	[ "$made" -lt $((events + 4)) ]'
echo "# $made events, $kills kills, $SECONDS s"
ok 'who answers gets all, while the others fail' 'eventually "all_have \"$live\"" "$patience"'
ok 'nothing is missing, and nothing overtakes' 'judge "$live" "live1 live2 live3 secure endless"'
sed 's/^/# /' judged
ok 'the others did fail' '
	{ eventually "all_fail \"$bad\"" || { cat "$hooks/status"; return 1; }; } && same disabled "$(figure status410 2)"'
ok 'when they heal, they get theirs' '
	for name in $bad; do heal $name || return 1; done && put "$begin" "$ends/status410/replay" &&
	eventually "[ -z \"\$(awk \"\\\$2 == \\\"broken\\\"\" $hooks/status)\" ]" 60 &&
	find "$hooks/dead" -name "*.json" -exec mv -t "$hooks/pending" {} + &&
	{ eventually "all_have \"$live $bad\"" "$patience" || { cat "$hooks/status"; return 1; }; }'
ok 'all of it' 'judge "$live $bad" "live1 live2 live3 secure endless"'
sed 's/^/# /' judged
echo "# $SECONDS s in all"
sed -n 's/^VmHWM:[ \t]*/# most memory of the mount: /p' "/proc/$daemon/status"
ok 'and it ends well' mount_stop
done_testing
