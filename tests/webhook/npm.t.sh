#!/bin/bash
# Receivers that others wrote take what is signed here, and refuse what was changed: the npm packages of Standard
# Webhooks and of Svix, and node's own cryptography. They are installed for the test alone.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need node npm

mkdir "$dir/npm"
(cd "$dir/npm" && timeout 120 npm install --ignore-scripts --no-audit --no-fund --fetch-retries=0 \
	standardwebhooks@1 svix@1) >"$dir/npm.out" 2>&1 ||
	skip "npm could not install standardwebhooks and svix: $(grep -m 1 'npm error' "$dir/npm.out")"
export NODE_PATH=$dir/npm/node_modules

hmac=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
hmac2=whsec_c2hhcmVkLXNlY3JldC1zaW5jZS0yMDE5 # the characters "shared-secret-since-2019"
pair=whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=
public=whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=

printf '{"type":"task.completed","timestamp":"2027-01-15T08:00:00.000Z","data":{"title":"Brücke – 日本"}}' >body
printf '{"type":"task.completed","timestamp":"2027-01-15T08:00:00.000Z","data":{"title":"Brucke – 日本"}}' >changed
jq -cn '{type: "task.created", data: {pad: ("x" * 20000)}}' | tr -d '\n' >large

# signed BODY SECONDS SECRET... - sign a body as if sent so many seconds from now; the headers go to ./signed
signed()
{
	local body=$1 time=$(($(date +%s) + $2))

	shift 2
	"$build/tests/webhook/sign" "01920000-0000-7000-8000-00000000beef" "$time" "$@" <"$body" >signed
}

# takes RECEIVER KEY BODY - true when the receiver takes ./signed
takes()
{
	node "$top/tests/webhook/verify.cjs" "$1" "$2" signed "$3"
}

# refuses RECEIVER KEY BODY REASON - true when it does not, for that reason
refuses()
{
	local said

	if said=$(takes "$1" "$2" "$3"); then
		echo "should have been refused"
		return 1
	fi
	[[ $said == *"$4"* ]] || same "$4" "$said"
}

# change_header NAME FILTER - ./signed with another value of a header
change_header()
{
	jq ".headers[\"$1\"] |= ($2)" signed >other && mv other signed
}

unknown='No matching signature'
for package in standardwebhooks svix; do
	ok "$package takes what is signed, large bodies too" '
		signed body 0 $hmac && takes $package $hmac body &&
		signed large 0 $hmac && takes $package $hmac large'
	ok "$package takes a secret that was generated" '
		signed body 0 generate && takes $package "$(jq -r ".secrets[0]" signed)" body'
	ok "$package takes both secrets while one is rotated, and no third" '
		signed body 0 $hmac2 $pair $hmac &&
		takes $package $hmac body && takes $package $hmac2 body &&
		refuses $package whsec_$(printf "%032d" 0) body "$unknown"'
	ok "$package refuses the former secret after a rotation" '
		signed body 0 $hmac2 && refuses $package $hmac body "$unknown"'
	ok "$package refuses another body, id or time" '
		signed body 0 $hmac && refuses $package $hmac changed "$unknown" &&
		change_header webhook-id ". + \"0\"" && refuses $package $hmac body "$unknown" &&
		signed body 0 $hmac && change_header webhook-timestamp "tonumber - 1 | tostring" &&
		refuses $package $hmac body "$unknown"'
	ok "$package refuses an old delivery, and one from the future" '
		signed body -400 $hmac && refuses $package $hmac body "too old" &&
		signed body 400 $hmac && refuses $package $hmac body "too new"'
done

ok 'who has the public key takes v1a' '
	signed body 0 $pair && same "$public" "$(jq -r ".public[0]" signed)" && takes ed25519 $public body &&
	signed large 0 $hmac $pair && takes ed25519 $public large'
ok 'and refuses another body, id, time or key' '
	signed body 0 $pair && refuses ed25519 $public changed "$unknown" &&
	refuses ed25519 whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= body "$unknown" &&
	change_header webhook-id ". + \"0\"" && refuses ed25519 $public body "$unknown" &&
	signed body 0 $pair && change_header webhook-timestamp "tonumber - 1 | tostring" &&
	refuses ed25519 $public body "$unknown"'
ok 'older receivers take the newest HMAC secret by its characters' '
	signed body 0 $pair $hmac2 $hmac && takes older shared-secret-since-2019 body &&
	refuses older shared-secret-since-2019 changed "$unknown" &&
	signed body 0 $pair && [ "$(jq ".headers | has(\"x-webhook-signature\")" signed)" = false ]'
done_testing
