#!/bin/bash
# Endpoints and deliveries in an archive, under another key file, and in health.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq getfattr
ends=$mnt/webhooks/endpoints
health=$mnt/health

ctl()
{
	"$build/0711ctl" "$@"
}

# ends STATUS COMMAND... - true when the command ends so
ends()
{
	local wanted=$1

	shift
	"$@"
	same "$wanted" $?
}

# endpoint NAME - one whose port nobody listens at
endpoint()
{
	mkdir "$ends/$1" && put 127.0.0.0/8 "$ends/$1/allow" && put http://127.0.0.1:1/ "$ends/$1/url" && put engagement.created "$ends/$1/events" &&
		put "$secret" "$ends/$1/secret"
}

# rows SOURCE DIR - what a dump has of webhooks
rows()
{
	rm -rf "$2" && mkdir "$2" && ctl dump "$1" "$2.tar" && tar -xf "$2.tar" -C "$2"
}

# answer NAME PATH - how the receiver answers to that endpoint
answer()
{
	echo "$2" >"$dir/got/$1.new" && mv "$dir/got/$1.new" "$dir/got/$1"
}

secret=whsec_$(head -c 32 /dev/urandom | base64)
mount_start || exit
put 0,3600 "$mnt/settings/webhook_retries"
ok 'no endpoint: health is well' 'json_is "$health" ".webhooks == {state: \"ok\", endpoints: {active: 0, throttled: 0, broken: 0, disabled: 0}, failing: {}}"'
ok 'an endpoint with a delivery on its way' '
	endpoint shop && printf "Authorization: Bearer hush\n" >"$ends/shop/headers" && mkdir "$mnt/engagements/one" &&
	eventually "[ -n \"\$(ls $mnt/webhooks/pending)\" ]" && eventually "json_is $mnt/webhooks/pending/*@shop.json \".attempts_made == 1\"" &&
	setfattr -n user.note -v "a note" "$ends/shop"'
ok 'it is no stranger to fsck, nor is the key' 'fsckd=$(ctl fsck "$src"); same 0 $? && grep -F ": 0 problems, 0 remains" <<<"$fsckd" && mount_stop && [ -f "$src/key" ] && ends 0 ctl fsck "$src"'
ok 'doctor tries the key' 'ctl doctor --json "$src" >said; json_is said "any(.checks[]; .check == \"key\" and .verdict == \"ok\" and (.text | test(\"1 endpoint\")))"'
ok 'a dump has them, and neither key nor secret' '
	rows "$src" "$dir/a" && same "1 1 1" "$(echo $(cat a/rows/endpoint.jsonl | wc -l) $(cat a/rows/delivery.jsonl | wc -l) $(cat a/rows/bookmark.jsonl | wc -l))" &&
	! grep -raF -e "$(cat "$src/key")" -e "${secret#whsec_}" -e hush a a.tar && ! find a -name "*key*" | grep . '
ok 'and so it is in the copy' 'ends 0 ctl load "$dir/copy" a.tar && rows "$dir/copy" "$dir/b" && diff -r a/rows b/rows && ends 0 ctl fsck "$dir/copy"'
ok 'neither fsck nor purge makes a key' 'ends 0 ctl fsck --repair "$dir/copy" && ends 0 ctl purge "$dir/copy" && [ ! -e "$dir/copy/key" ]'
ok 'without the key doctor says what to do' '
	ctl doctor --json "$dir/copy" >said; json_is said "any(.checks[]; .check == \"key\" and .verdict == \"less\" and (.text | test(\"is not there\")) and (.fix | test(\"keyfile\")))" && [ ! -e "$dir/copy/key" ]'
mv "$src" "$dir/first" && mv "$dir/copy" "$src"
ok 'under another key its state says so' '
	mount_start && grep "^disabled: the secrets of endpoint .shop.*another key file" "$ends/shop/state" && grep "^shop .* disabled .* key file" "$mnt/webhooks/status" &&
	same "a note" "$(getfattr --only-values -n user.note "$ends/shop")" && ls -l "$ends/shop" && same "" "$(cat "$ends/shop/headers" "$ends/shop/public_keys")"'
ok 'and health, and the log' '
	eventually "json_is $health \".webhooks | .state == \\\"failing\\\" and .endpoints.disabled == 1 and (.failing | keys) == [\\\"shop\\\"]\"" &&
	eventually "grep -q \"nothing is sent to\" $log" && ! grep -F -e "${secret#whsec_}" -e hush "$log"'
ok 'doctor says that the keys differ' 'ctl doctor --json "$src" >said; json_is said "any(.checks[]; .check == \"key\" and .verdict == \"less\" and (.text | test(\"does not open\")))"'
ok 'a new secret is not enough while headers are sealed' 'put "$secret" "$ends/shop/secret" && grep "^disabled: the headers of endpoint" "$ends/shop/state"'
ok 'with new headers it goes on' '
	printf "X-Own: yes\n" >"$ends/shop/headers" && same active "$(cat "$ends/shop/state" | cut -d : -f 1)" && eventually "json_is $health \".webhooks.endpoints.disabled == 0\"" && mount_stop'
ok 'with the first key nothing is lost' '
	mv "$src" "$dir/second" && ends 0 ctl load "$src" a.tar && mount_start -o keyfile="$dir/first/key" && same active "$(cat "$ends/shop/state" | cut -d : -f 1)" &&
	same "Authorization: ***" "$(cat "$ends/shop/headers")" && [ ! -e "$src/key" ]'

mkdir "$dir/got" && mkfifo "$dir/hold" && exec 8<>"$dir/hold"
"$build/tests/webhook/receiver" "$dir/got" <"$dir/hold" &
eventually '[ -s "$dir/got/port" ]'
ok 'health has a line for an endpoint that gave up' '
	endpoint gone && put "http://127.0.0.1:$(cat "$dir/got/port")/to/gone" "$ends/gone/url" && answer gone /410 && mkdir "$mnt/engagements/two" &&
	eventually "grep -q ^disabled $ends/gone/state" &&
	eventually "json_is $health \".webhooks | .state == \\\"failing\\\" and (.failing.gone | test(\\\"^disabled: .*410\\\"))\""'
ok 'not for one that a person switched off' '
	put true "$ends/gone/enabled" && put false "$ends/gone/enabled" && eventually "json_is $health \".webhooks | .failing.gone == null and .endpoints.disabled == 1\""'
ok 'replay also sends what was never a delivery' '
	answer gone /204 && put true "$ends/gone/enabled" && : >"$dir/got/requests" && put "$(date -u +%F)" "$ends/gone/replay" &&
	eventually "grep -q \"/to/gone\" $dir/got/requests && [ \$(jq -r \"select(.path == \\\"/to/gone\\\") | .body | fromjson.data.name\" $dir/got/requests | sort -u | wc -l) = \$(jq -c \"select(.type == \\\"engagement.created\\\")\" $mnt/events | wc -l) ]"'
ok 'a purge leaves deliveries, as it leaves events' '
	put "*" "$ends/shop/events" && sample "$mnt/tasks/inbox/one.pdf" one && wait_task one && before=$(ls "$mnt/webhooks/pending" | grep -c @shop) &&
	rm -r "$mnt/engagements/default/tasks/one" && rm -r "$mnt/.trash/one@default" && [ "$(ls "$mnt/webhooks/pending" | grep -c @shop)" -ge "$before" ] && mount_stop && ends 0 ctl fsck "$src"'
done_testing
