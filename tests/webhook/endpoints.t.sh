#!/bin/bash
# Endpoints and deliveries through a mount: what is set, what is sent, what is refused, what happens when it fails.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq openssl getfattr sqlite3
inbox=$mnt/tasks/inbox
hooks=$mnt/webhooks
ends=$hooks/endpoints
mkdir "$dir/got"

# receive - a receiver that ends with this test
receive()
{
	rm -f "$dir/got/port"
	"$build/tests/webhook/receiver" "$dir/got" <"$dir/hold" &
	eventually '[ -s "$dir/got/port" ]' && port=$(cat "$dir/got/port")
}

# endpoint NAME [PATTERN...] - one for the receiver's /to/NAME, with a secret in $secret
endpoint()
{
	local name=$1

	shift
	secret=whsec_$(openssl rand -base64 32)
	mkdir "$ends/$name" && put 127.0.0.0/8 "$ends/$name/allow" && put "http://127.0.0.1:$port/to/$name" "$ends/$name/url" &&
	printf '%s\n' "${@:-task.*}" >"$ends/$name/events" && put "$secret" "$ends/$name/secret" &&
	same active "$(cat "$ends/$name/state")"
}

# answer NAME PATH - how the receiver answers to that endpoint from now on
answer()
{
	echo "$2" >"$dir/got/$1.new" && mv "$dir/got/$1.new" "$dir/got/$1"
}

# got NAME [FILTER] - the requests to that endpoint
got()
{
	jq -c "select(.path == \"/to/$1\") | ${2:-.}" "$dir/got/requests"
}

# arrives NAME TYPE [TIMES] - that many requests with events of that type came
arrives()
{
	eventually "[ \"\$(got $1 '.body | fromjson | select((.type // .event) == \"$2\") | 1' | wc -l)\" -ge ${3:-1} ]"
}

# why NAME WORDS - the last refusal has the words, in error and in the attribute alike
why()
{
	grep -F -e "$2" "$ends/$1/error" && getfattr --only-values -n user.0711.error "$ends/$1" | grep -F -e "$2"
}

# in_state STATE NAME - the names of the deliveries of that endpoint in that state
in_state()
{
	ls "$hooks/$1" | grep "@$2\.json$"
}

# hmac SECRET FILE - the signature of the file's bytes, in base64
hmac()
{
	openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(base64 -d <<<"${1#whsec_}" | od -An -tx1 | tr -d ' \n')" -binary "$2" | base64
}

mkfifo "$dir/hold" && exec 8<>"$dir/hold"
receive || exit
mount_start || exit
put 0,0,0,0 "$mnt/settings/webhook_retries"

ok 'a new endpoint is disabled and says what it lacks' '
	mkdir "$ends/new" && same "disabled: it has no url" "$(cat "$ends/new/state")" &&
	put 127.0.0.0/8 "$ends/new/allow" && put "http://127.0.0.1:$port/to/new" "$ends/new/url" &&
	grep -F "disabled: it has no secret" "$ends/new/state" &&
	put "whsec_$(openssl rand -base64 32)" "$ends/new/secret" && same active "$(cat "$ends/new/state")" &&
	put "" "$ends/new/secret" && grep -F "disabled: it has no secret" "$ends/new/state" && rmdir "$ends/new"'
ok 'an event arrives' '
	endpoint shop && sample "$inbox/one.pdf" one && wait_task one completed &&
	arrives shop task.created && arrives shop task.started && arrives shop task.completed'
ok 'its body is type, timestamp and data, as in events' '
	got shop ".body | fromjson" | jq -c "{type, timestamp, data}" | sort >sent &&
	jq -c "select(.type | startswith(\"task.\")) | {type, timestamp, data}" "$mnt/events" | sort | diff - sent &&
	same "data,timestamp,type" "$(got shop ".body | fromjson | keys | join(\",\")" | jq -r . | sort -u)"'
ok 'its id is the event'\''s, its time now, its type JSON' '
	got shop ".\"webhook-id\"" | sort | diff - <(jq -c "select(.type | startswith(\"task.\")) | .id" "$mnt/events" | sort) &&
	time=$(got shop ".\"webhook-timestamp\" | tonumber" | tail -n 1) && now=$(date +%s) &&
	[ "$time" -le "$now" ] && [ "$time" -gt $((now - 60)) ] &&
	same application/json "$(got shop ".\"content-type\"" | jq -r . | sort -u)"'
ok 'it is signed' '
	request=$(got shop | tail -n 1) &&
	{ jq -j ".\"webhook-id\" + \".\" + .\"webhook-timestamp\" + \".\"" <<<"$request"; jq -j .body <<<"$request"; } >signed &&
	same "v1,$(hmac "$secret" signed)" "$(jq -r ".\"webhook-signature\"" <<<"$request")"'
ok 'no header of older receivers' 'same "null null null" "$(got shop "\"\(.\"x-webhook-signature\") \(.\"x-idempotency-key\") \(.\"x-webhook-secret\")\"" | jq -r . | sort -u)"'
ok 'what arrived is in delivered/, with its attempt' '
	eventually "[ \$(in_state delivered shop | wc -l) = 3 ]" && same "" "$(in_state pending shop)" &&
	file=$(in_state delivered shop | head -n 1) &&
	json_is "$hooks/delivered/$file" ".state == \"delivered\" and .endpoint == \"shop\" and .attempts_made == 1 and .attempts[0].status == 204 and .ended_at != null" &&
	same "$(wc -c <"$hooks/delivered/$file")" "$(stat -c %s "$hooks/delivered/$file")"'
ok 'the order of a task is kept' '
	same "task.created task.started task.completed" "$(echo $(got shop ".body | fromjson | .type" | jq -r .))"'
ok 'only what its patterns name' '
	endpoint picky task.completed "engagement.*" && mkdir "$mnt/engagements/pick" && sample "$inbox/two.pdf" two &&
	wait_task two completed && arrives picky task.completed && arrives picky engagement.created &&
	same "engagement.created task.completed" "$(echo $(got picky ".body | fromjson | .type" | jq -r . | sort))"'

# What is kept from eyes
ok 'a secret cannot be read' '
	must_fail EACCES cat "$ends/shop/secret" && same 200 "$(stat -c %a "$ends/shop/secret")" &&
	! grep -rF "${secret#whsec_}" "$mnt" --exclude=secret && ! grep -aF "${secret#whsec_}" "$src"/*.db*'
ok 'generate makes one, readable on that descriptor only' '
	exec 3<>"$ends/shop/secret" && echo generate >&3 && made=$(cat <&3) && exec 3>&- &&
	grep -xE "whsec_[A-Za-z0-9+/]{43}=" <<<"$made" && must_fail EACCES cat "$ends/shop/secret"'
ok 'while it is rotated both secrets sign, the new one first' '
	sample "$inbox/three.pdf" three && wait_task three completed && arrives shop task.completed 3 && request=$(got shop | tail -n 1) &&
	{ jq -j ".\"webhook-id\" + \".\" + .\"webhook-timestamp\" + \".\"" <<<"$request"; jq -j .body <<<"$request"; } >signed &&
	same 2 "$(jq -r ".\"webhook-signature\"" <<<"$request" | wc -w)" &&
	same "v1,$(hmac "$made" signed)" "$(jq -r ".\"webhook-signature\"" <<<"$request" | cut -d " " -f 1)"'
ok 'retire ends that' '
	put retire "$ends/shop/secret" && sample "$inbox/four.pdf" four && wait_task four completed && arrives shop task.completed 4 &&
	same 1 "$(got shop ".\"webhook-signature\"" | tail -n 1 | jq -r . | wc -w)"'
ok 'at most eight sign' '
	endpoint many engagement.created && for n in 1 2 3 4 5 6 7 8 9; do put generate "$ends/many/secret" || return 1; done &&
	mkdir "$mnt/engagements/many" && arrives many engagement.created &&
	same 8 "$(got many ".\"webhook-signature\"" | jq -r . | wc -w)" && rm -r "$ends/many"'
ok 'an Ed25519 key signs with v1a, and its public half is shown' '
	put "generate ed25519" "$ends/shop/secret" && put retire "$ends/shop/secret" && grep -x "whpk_.*" "$ends/shop/public_keys" &&
	sample "$inbox/five.pdf" five && wait_task five completed && arrives shop task.completed 5 && request=$(got shop | tail -n 1) &&
	{ jq -j ".\"webhook-id\" + \".\" + .\"webhook-timestamp\" + \".\"" <<<"$request"; jq -j .body <<<"$request"; } >signed &&
	jq -r ".\"webhook-signature\"" <<<"$request" | sed -n "s/^v1a,//p" | base64 -d >signature && [ -s signature ] &&
	{ printf "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"; sed "s/^whpk_//" "$ends/shop/public_keys" | head -n 1 | base64 -d; } >key.der &&
	openssl pkeyutl -verify -pubin -inkey key.der -keyform DER -rawin -in signed -sigfile signature'
ok 'headers go along, and those that look like secrets are not shown' '
	printf "X-Own: yes\nAuthorization: Bearer hush\n" >"$ends/picky/headers" &&
	same "X-Own: yes;Authorization: ***" "$(paste -sd ";" "$ends/picky/headers")" &&
	mkdir "$mnt/engagements/heads" && arrives picky engagement.created 2 &&
	json_is <(got picky | tail -n 1) ".\"x-own\" == \"yes\" and .authorization == \"Bearer hush\"" &&
	! grep -aF hush "$src"/*.db*'
ok 'hidden values that are written back stay' '
	printf "X-Own: no\nAuthorization: ***\n" >"$ends/picky/headers" && mkdir "$mnt/engagements/heads2" && arrives picky engagement.created 3 &&
	json_is <(got picky | tail -n 1) ".\"x-own\" == \"no\" and .authorization == \"Bearer hush\""'

# Older receivers
ok 'headers of older receivers, by a setting' '
	endpoint old && secret=whsec_$(printf a-plain-secret-of-old-times | base64) && put "$secret" "$ends/old/secret" &&
	put retire "$ends/old/secret" && put 1 "$mnt/settings/webhook_older_headers" && sample "$inbox/six.pdf" six && wait_task six completed &&
	arrives old task.completed && put low "$mnt/engagements/default/tasks/six/priority" && put high "$mnt/engagements/default/tasks/six/priority" &&
	arrives old task.updated 2 && request=$(got old | tail -n 1) && jq -j .body <<<"$request" >signed &&
	same "sha256=$(hmac "$secret" signed | base64 -d | od -An -tx1 | tr -d " \n")" "$(jq -r ".\"x-webhook-signature\"" <<<"$request")" &&
	id=$(jq -r .id "$mnt/engagements/default/tasks/six/task.json") &&
	same "task.created.$id task.started.$id task.completed.$id task.updated.$id" "$(echo $(got old ".\"x-idempotency-key\"" | jq -r . | head -n 4))" &&
	same "task.updated.$(jq -r ".\"webhook-id\"" <<<"$request")" "$(jq -r ".\"x-idempotency-key\"" <<<"$request")" &&
	same null "$(jq -r ".\"x-webhook-secret\"" <<<"$request")"'
ok 'the older form' '
	put legacy "$ends/old/format" && put medium "$mnt/engagements/default/tasks/six/priority" && arrives old task.updated 3 &&
	same "data,event,timestamp" "$(got old | tail -n 1 | jq -r ".body | fromjson | keys | join(\",\")")" &&
	same a-plain-secret-of-old-times "$(got old | tail -n 1 | jq -r ".\"x-webhook-secret\"")" &&
	rm -r "$ends/old" && put "" "$mnt/settings/webhook_older_headers"'

# Refusals: the former value stays
ok 'what is no URL, or of another scheme' '
	must_fail EINVAL put "no url" "$ends/shop/url" && why shop "a space" &&
	must_fail EINVAL put ftp://a.example/ "$ends/shop/url" && why shop ftp &&
	must_fail EINVAL put "https://user:word@a.example/" "$ends/shop/url" &&
	same "http://127.0.0.1:$port/to/shop" "$(cat "$ends/shop/url")"'
ok 'a name that does not resolve' '
	must_fail EHOSTUNREACH put https://nobody.invalid/ "$ends/shop/url" && why shop nobody.invalid &&
	same "http://127.0.0.1:$port/to/shop" "$(cat "$ends/shop/url")"'
ok 'a secret that is too short, or none' '
	must_fail EINVAL put "whsec_$(head -c 8 /dev/urandom | base64)" "$ends/shop/secret" && why shop short &&
	must_fail EINVAL put secret "$ends/shop/secret"'
ok 'a pattern that no event has' '
	must_fail EINVAL put "tusk.*" "$ends/shop/events" && why shop "tusk.*" && same "task.*" "$(cat "$ends/shop/events")"'
ok 'a range that is none, a header that is none or not to be set' '
	must_fail EINVAL put 10.0.0.0/33 "$ends/shop/allow" && same 127.0.0.0/8 "$(cat "$ends/shop/allow")" &&
	must_fail EINVAL put "no header" "$ends/shop/headers" && must_fail EINVAL put "Host: x" "$ends/shop/headers" &&
	must_fail EINVAL put "Webhook-Id: x" "$ends/shop/headers" && same "" "$(cat "$ends/shop/headers")"'
ok 'other words' '
	must_fail EINVAL put perhaps "$ends/shop/enabled" && must_fail EINVAL put odd "$ends/shop/format" &&
	must_fail EINVAL put soon "$ends/shop/replay" && must_fail EINVAL put "1,x" "$mnt/settings/webhook_retries"'

# Addresses
ok 'a special address is refused unless it is allowed' '
	mkdir "$ends/inner" && put "engagement.*" "$ends/inner/events" && put "whsec_$(openssl rand -base64 32)" "$ends/inner/secret" &&
	put "http://127.0.0.1:$port/to/inner" "$ends/inner/url" && mkdir "$mnt/engagements/in1" && eventually "[ \$(in_state dead inner | wc -l) = 1 ]" &&
	json_is "$hooks/dead/$(in_state dead inner)" ".attempts | length == 4 and .[0].status == null and (.[0].error | test(\"127.0.0.1\"))" &&
	same "" "$(got inner)"'
ok 'by name too' '
	put "http://localhost:$port/to/inner" "$ends/inner/url" && mkdir "$mnt/engagements/in2" && eventually "[ \$(in_state dead inner | wc -l) = 2 ]" &&
	same "" "$(got inner)" && rm -r "$ends/inner"'

# When it fails
ok 'only 2xx is success: redirects are not followed, 500 is tried again' '
	endpoint bad engagement.created && answer bad /redirect && mkdir "$mnt/engagements/b1" && eventually "[ \$(in_state dead bad | wc -l) = 1 ]" &&
	json_is "$hooks/dead/$(in_state dead bad)" ".attempts_made == 4 and ([.attempts[].status] == [302, 302, 302, 302])" &&
	same 4 "$(got bad | wc -l)" && same 1 "$(got bad ".\"webhook-id\"" | sort -u | wc -l)"'
ok 'an answer is kept, its first kilobyte' '
	answer bad /body/5000 && mkdir "$mnt/engagements/b2" && eventually "[ \$(in_state delivered bad | wc -l) = 1 ]" &&
	json_is "$hooks/delivered/$(in_state delivered bad)" ".attempts[0].answer | length == 1024"'
ok 'mv dead/X pending/ sends it again' '
	answer bad /204 && mv "$hooks"/dead/*@bad.json "$hooks/pending/" && eventually "[ \$(in_state delivered bad | wc -l) = 2 ]" &&
	same "" "$(in_state dead bad)" && arrives bad engagement.created 6'
ok 'many at once' '
	n=$(in_state delivered bad | wc -l) && before=$(got bad | wc -l) && mv "$hooks"/delivered/*@bad.json "$hooks/pending/" &&
	eventually "[ \$(got bad | wc -l) = $((before + n)) ]" && eventually "[ \$(in_state delivered bad | wc -l) = $n ]"'
ok 'replay sends what happened since a time' '
	before=$(got bad | wc -l) && all=$(jq -c "select(.type == \"engagement.created\")" "$mnt/events" | wc -l) &&
	put "$(date -u +%F)" "$ends/bad/replay" && eventually "[ \$(got bad | wc -l) = $((before + all)) ]"'
ok 'what is pending can be given up, and forgotten' '
	put 0,3600 "$mnt/settings/webhook_retries" && answer bad /500 && mkdir "$mnt/engagements/b3" &&
	eventually "[ \$(in_state pending bad | wc -l) = 1 ]" && eventually "[ -n \"\$(jq -r .next_at $hooks/pending/*@bad.json)\" ]" &&
	mv "$hooks"/pending/*@bad.json "$hooks/dead/" && same 1 "$(in_state dead bad | wc -l)" && rm "$hooks"/dead/*@bad.json && same "" "$(in_state dead bad)"'
ok 'moves that make no sense' '
	file=$(in_state delivered bad | head -n 1) && must_fail EPERM mv "$hooks/delivered/$file" "$hooks/dead/" &&
	must_fail EPERM mv "$hooks/delivered/$file" "$hooks/delivered/other" && must_fail EPERM op create "$hooks/pending/x" &&
	must_fail EPERM op mkdir "$hooks/pending/x"'
ok '410 disables it, and that is told' '
	endpoint gone engagement.created && endpoint watcher "webhook.*" && answer gone /410 && mkdir "$mnt/engagements/g1" &&
	eventually "grep -q ^disabled $ends/gone/state" && grep 410 "$ends/gone/state" && same false "$(cat "$ends/gone/enabled")" &&
	arrives watcher webhook.disabled && json_is <(got watcher | tail -n 1) ".body | fromjson.data | .endpoint == \"gone\" and (.reason | test(\"410\"))"'
ok 'health says so' '
	eventually "jq -e \".webhooks.state == \\\"failing\\\" and (.webhooks.failing.gone | test(\\\"^disabled: .*410\\\"))\" $mnt/health" &&
	json_is "$mnt/health" ".webhooks.failing | keys == [\"gone\"]"'
ok 'written on again, it goes on; what happened meanwhile is not sent' '
	answer gone /204 && mkdir "$mnt/engagements/g2" && put true "$ends/gone/enabled" && same active "$(cat "$ends/gone/state")" &&
	mkdir "$mnt/engagements/g3" && eventually "got gone \".body | fromjson.data.name\" | grep -q g3" &&
	! got gone ".body | fromjson.data.name" | grep -q g2'
ok 'Retry-After is obeyed' '
	answer gone /retry/3600 && mkdir "$mnt/engagements/t1" && eventually "grep -q ^throttled $ends/gone/state" &&
	before=$(got gone | wc -l) && mkdir "$mnt/engagements/t2" && arrives watcher webhook.updated && same "$before" "$(got gone | wc -l)"'
ok 'ten failures break the circuit' '
	endpoint weak engagement.created && put false "$ends/weak/ordered" && answer weak /500 &&
	for n in 0 1 2 3 4 5 6 7 8 9; do mkdir "$mnt/engagements/w$n" || return 1; done &&
	eventually "grep -q ^broken $ends/weak/state" && before=$(got weak | wc -l) && mkdir "$mnt/engagements/w10" &&
	eventually "[ \$(in_state pending weak | wc -l) = 11 ]" && same "$before" "$(got weak | wc -l)"'
ok 'who writes a setting of it has it tried at once, once' '
	put true "$ends/weak/enabled" && eventually "[ \$(got weak | wc -l) = $((before + 1)) ]" &&
	eventually "grep -q ^broken $ends/weak/state" && same "$((before + 1))" "$(got weak | wc -l)" && before=$((before + 1))'
ok 'and who sends one again' '
	file=$(in_state pending weak | head -n 1) && mv "$hooks/pending/$file" "$hooks/dead/" && mv "$hooks/dead/$file" "$hooks/pending/" &&
	eventually "[ \$(got weak | wc -l) = $((before + 1)) ]" && eventually "grep -q ^broken $ends/weak/state"'
ok 'the others go on meanwhile' 'sample "$inbox/seven.pdf" seven && wait_task seven completed && arrives shop task.completed 7'

ok 'without order no event of a task waits for one that failed' '
	mkdir "$ends/loose" && put task.updated "$ends/loose/events" && put false "$ends/loose/ordered" && put 127.0.0.0/8 "$ends/loose/allow" &&
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		put low "$mnt/engagements/default/tasks/six/priority" && put high "$mnt/engagements/default/tasks/six/priority" || return 1
	done &&
	put "$(date -u +%F)" "$ends/loose/replay" && [ "$(in_state pending loose | wc -l)" -ge 40 ] && answer loose /500 &&
	put "http://127.0.0.1:$port/to/loose" "$ends/loose/url" && put "whsec_$(openssl rand -base64 32)" "$ends/loose/secret" &&
	eventually "grep -q ^broken $ends/loose/state" && jq -c "select(.attempts_made == 0)" "$hooks"/pending/*@loose.json >waiting &&
	[ -s waiting ] && jq -c "select(.next_at != .created_at)" waiting >delayed && [ ! -s delayed ] && rm -r "$ends/loose"'

# stir N - N events task.updated of task six
stir()
{
	local i words=(low high)

	for ((i = 0; i < $1; i++)); do
		put "${words[$((stirred++ % 2))]}" "$mnt/engagements/default/tasks/six/priority" || return 1
	done
}
stirred=0
put high "$mnt/engagements/default/tasks/six/priority"

ok 'switched off and on again with a request under way, nothing is sent twice' '
	endpoint blink task.updated && put false "$ends/blink/ordered" && answer blink /hang && stir 3 && arrives blink task.updated 3 &&
	put false "$ends/blink/enabled" && put true "$ends/blink/enabled" && stir 1 && arrives blink task.updated 4 &&
	same 4 "$(got blink | wc -l)" && rm -r "$ends/blink"'
ok 'eight that answered before and now hang take no place from others' '
	put 300 "$mnt/settings/webhook_timeout_s" && endpoint prompt task.updated && for n in 1 2 3 4 5 6 7 8; do
		endpoint hang$n task.updated && put false "$ends/hang$n/ordered" || return 1
	done && stir 40 && for n in 1 2 3 4 5 6 7 8; do arrives hang$n task.updated 40 || return 1; done && arrives prompt task.updated 40 &&
	for n in 1 2 3 4 5 6 7 8; do answer hang$n /hang; done && stir 60 && arrives prompt task.updated 100 &&
	for n in 1 2 3 4 5 6 7 8; do arrives hang$n task.updated 48 || return 1; done'
ok 'so do more of which nothing is known' '
	for n in {9..30}; do endpoint hang$n task.updated && put false "$ends/hang$n/ordered" && answer hang$n /hang || return 1; done &&
	endpoint fresh task.updated && stir 60 && arrives prompt task.updated 160 && arrives fresh task.updated 60 &&
	rm -r "$ends"/hang* "$ends/prompt" "$ends/fresh"'
ok 'another time for a request holds from the next one on' '
	put 1 "$mnt/settings/webhook_timeout_s" && put 0 "$mnt/settings/webhook_retries" && endpoint slow task.updated && answer slow /hang && stir 1 &&
	eventually "[ \$(in_state dead slow | wc -l) = 1 ]" && json_is "$hooks/dead/$(in_state dead slow)" ".attempts[0].error | test(\"time for a request\")" &&
	rm -r "$ends/slow" && put "" "$mnt/settings/webhook_timeout_s" && put 0,3600 "$mnt/settings/webhook_retries"'
ok 'what is told of endpoints has no path, which may be a secret' '
	eventually "jq -c \"select(.type == \\\"webhook.removed\\\") | .data\" $mnt/events | grep -qxF '\''{\"endpoint\":\"slow\",\"state\":\"active\"}'\''" &&
	arrives watcher webhook.removed && jq -r "select(.type | startswith(\"webhook.\")) | .data.url // empty" "$mnt/events" | sort -u >urls &&
	[ -s urls ] && ! grep -vE "^http://(127.0.0.1|localhost):$port$" urls'

# Figures, restarts, ends
ok 'status and metrics say how it goes' '
	eventually "grep -E \"^weak +broken +11 +0 +0 \" $hooks/status" && grep -E "^shop +active " "$hooks/status" &&
	eventually "grep -qx \"fs0711_webhook_deliveries{state=\\\"pending\\\"} [1-9][0-9]*\" $mnt/metrics" &&
	grep -qE "^fs0711_webhook_succeeded_total [1-9]" "$mnt/metrics" && grep -qE "^fs0711_webhook_failed_total [1-9]" "$mnt/metrics"'
ok 'after a restart all is as it was, and what was pending is sent' '
	answer weak /204 && before=$(got weak | wc -l) && put 0 "$mnt/settings/webhook_retries" && mount_stop && mount_start &&
	{ mv "$hooks"/pending/*@weak.json "$hooks/dead/" 2>/dev/null; mv "$hooks"/dead/*@weak.json "$hooks/pending/"; } &&
	eventually "[ \$(in_state delivered weak | wc -l) = 11 ]" && same active "$(cat "$ends/weak/state")"'
ok 'what arrived before delivered_days goes at the next start' '
	same 7 "$(cat "$mnt/settings/delivered_days")" && file=$(in_state delivered weak | head -n 1) && mount_stop &&
	sqlite3 "$src/platform.db" "UPDATE delivery SET ended_at = ended_at - 8 * 86400000 WHERE event_id = \"${file%@*}\"" && mount_start &&
	eventually "! in_state delivered weak | grep -qF $file" && same 10 "$(in_state delivered weak | wc -l)"'
ok 'an endpoint that is renamed keeps its deliveries' '
	mv "$ends/weak" "$ends/strong" && same 10 "$(in_state delivered strong | wc -l)" && same "" "$(in_state delivered weak)"'
ok 'one that is removed takes its deliveries along' '
	rm -r "$ends/strong" && same "" "$(in_state delivered strong)" && [ ! -e "$ends/strong" ]'
ok 'what would go after the longest wait of all goes at the next start' '
	put 0,3600,7200 "$mnt/settings/webhook_retries" && endpoint ahead "engagement.*" && answer ahead /500 &&
	mkdir "$mnt/engagements/a1" && eventually "[ -n \"\$(jq -r \"select(.attempts_made == 1) | .next_at\" $hooks/pending/*@ahead.json)\" ]" &&
	answer ahead /204 && mount_stop &&
	sqlite3 "$src/platform.db" "UPDATE delivery SET next_at = next_at + 30 * 86400000 WHERE state = '\''pending'\''" && mount_start &&
	arrives ahead engagement.created 2 && rm -r "$ends/ahead" && put 0 "$mnt/settings/webhook_retries"'
ok 'with another key file an endpoint says that its secrets are lost, and all of it can be read' '
	endpoint lost "engagement.*" && printf "Authorization: hush\n" >"$ends/lost/headers" && mount_stop &&
	mount_start -o "keyfile=$dir/other-key" && grep "^disabled: the secrets of endpoint .lost.*another key file" "$ends/lost/state" &&
	grep -E "^lost +disabled .*another key file" "$hooks/status" && cat "$ends/lost/headers" "$ends/lost/public_keys" &&
	must_fail EKEYREJECTED put retire "$ends/lost/secret" && mkdir "$mnt/engagements/l1"'
ok 'written again they hold, and what happened meanwhile is sent' '
	put "whsec_$(openssl rand -base64 32)" "$ends/lost/secret" && grep "^disabled: the headers of" "$ends/lost/state" &&
	put "Authorization: ***" "$ends/lost/headers"; why lost "no value to keep" &&
	put "Authorization: hush" "$ends/lost/headers" && same active "$(cat "$ends/lost/state")" && arrives lost engagement.created'
ok 'reading all of it changes nothing' '
	find "$hooks" -type f ! -name secret -exec cat {} + >/dev/null && ls -lR "$hooks" >/dev/null'
done_testing
