#!/bin/bash
# The inference server that other tests stand on: does it speak as they believe, and misbehave as it is told?
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need curl jq
server="" port="" url=""

# serve OPTION... - start the server; $server is its process. With --port 0 $port is the port it got
serve()
{
	unserve
	: >"$dir/port"
	"$build/tests/model/server" "$@" >"$dir/port" 2>"$dir/said" &
	server=$!
	case " $* " in
	*' --port 0 '*)
		eventually '[ -s "$dir/port" ]' && port=$(cat "$dir/port") && url=http://127.0.0.1:$port
		;;
	esac
}

unserve()
{
	[ -z "$server" ] || kill -9 "$server" 2>/dev/null
	[ -z "$server" ] || wait "$server" 2>/dev/null
	server=
}

# status PATH [ARGUMENT...] - the status of an answer, its body in $dir/body
status()
{
	local path=$1

	shift
	curl -s -m 20 -o "$dir/body" -w '%{http_code}\n' "$@" "$url$path"
}

healthy()
{
	eventually '[ "$(status /health)" = 200 ]'
}

# chat TEXT [MEMBERS] - ask; MEMBERS are further members of the request
chat()
{
	status /v1/chat/completions -H 'Content-Type: application/json' -d "{\"model\": \"test-model\",
		\"messages\": [{\"role\": \"system\", \"content\": \"be short\"}, {\"role\": \"user\", \"content\": \"$1\"}]${2:+, $2}}"
}

resident_kb()
{
	awk '/^VmRSS/ { print $2 }' "/proc/$server/status"
}

# exits STATUS - the server ends, and so
exits()
{
	local got=0

	wait "$server" || got=$?
	server=
	same "$1" "$got"
}

serve --port 0
ok 'a question is answered with its echo and its tokens' '
	healthy && same 200 "$(chat "one two three")" &&
	json_is "$dir/body" ".choices[0].message.content == \"echo: one two three\" and .object == \"chat.completion\"" &&
	json_is "$dir/body" ".usage == {prompt_tokens: 5, completion_tokens: 4, total_tokens: 9}"'

ok 'the content of a message may be a list of parts' '
	same 200 "$(status /v1/chat/completions -d "{\"model\": \"test-model\", \"messages\": [
		{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"a\"}, {\"type\": \"text\", \"text\": \"b\"}]}]}")" &&
	json_is "$dir/body" ".choices[0].message.content == \"echo: ab\""'

ok 'a stream comes word by word and ends with [DONE]' '
	same 200 "$(chat "one two" "\"stream\": true, \"stream_options\": {\"include_usage\": true}")" &&
	same "data: [DONE]" "$(grep . "$dir/body" | tail -n 1)" &&
	sed -n "s/^data: {/{/p" "$dir/body" | jq -s . >"$dir/events" &&
	json_is "$dir/events" "map(.choices[0].delta.content // \"\") | add == \"echo: one two\"" &&
	json_is "$dir/events" "length == 6 and .[4].choices[0].finish_reason == \"stop\" and .[5].usage.total_tokens == 7"'

ok 'without being asked a stream tells no usage' '
	same 200 "$(chat one "\"stream\": true")" && ! grep -q usage "$dir/body"'

ok 'a JSON schema is kept to' '
	same 200 "$(chat x "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": {\"type\": \"object\",
		\"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"type\": \"array\", \"minItems\": 2, \"items\": {\"enum\": [7]}},
		\"c\": {\"type\": [\"null\", \"string\"]}, \"d\": {\"anyOf\": [{\"type\": \"number\", \"minimum\": 3}]}}}}}")" &&
	jq -r ".choices[0].message.content" "$dir/body" >"$dir/answer" &&
	json_is "$dir/answer" ". == {a: \"\", b: [7, 7], c: null, d: 3}"'

ok 'vectors have length 1, and are the same for the same text' '
	same 200 "$(status /v1/embeddings -d "{\"model\": \"test-model\", \"input\": [\"a b\", \"c\", \"a b\"]}")" &&
	json_is "$dir/body" ".data | length == 3 and .[0].embedding == .[2].embedding and .[0].embedding != .[1].embedding" &&
	json_is "$dir/body" "[.data[].embedding | map(. * .) | add | . > 0.999999 and . < 1.000001] | all" &&
	json_is "$dir/body" ".usage.total_tokens == 5" &&
	same 200 "$(status /v1/embeddings -d "{\"model\": \"test-model\", \"input\": \"c\"}")" && json_is "$dir/body" ".data | length == 1"'

ok 'it lists its model, and what it was asked last' '
	same 200 "$(status /v1/models)" && json_is "$dir/body" ".data[0].id == \"test-model\"" &&
	same 200 "$(status /last)" && json_is "$dir/body" ".path == \"/v1/embeddings\" and .body.input == \"c\""'

ok 'nonsense is refused' '
	same 400 "$(status /v1/chat/completions -d "{")" &&
	same 404 "$(status /v1/chat/completions -d "{\"model\": \"other\"}")" &&
	same 404 "$(status /nothing)" && same 404 "$(status /sleep -d "")" &&
	same 405 "$(status /v1/models -X DELETE)" && json_is "$dir/body" ".error.code == 405"'

cat >"$dir/answers" <<'END'
[{"contains": "color", "answer": "red"}, {"contains": "shape", "answer": {"sides": 4}},
 {"contains": "busy", "status": 503}]
END
serve --port 0 --answers "$dir/answers" --key secret --name my-model
ok 'answers come from a file, by what the question holds; a key is wanted' '
	healthy && same 401 "$(status /v1/models)" &&
	ask=(-H "Authorization: Bearer secret" -d) &&
	question="{\"model\": \"my-model\", \"messages\": [{\"content\": \"%s\"}]}" &&
	same 200 "$(status /v1/chat/completions "${ask[@]}" "$(printf "$question" "which color?")")" &&
	json_is "$dir/body" ".choices[0].message.content == \"red\"" &&
	same 200 "$(status /v1/chat/completions "${ask[@]}" "$(printf "$question" "which shape?")")" &&
	json_is "$dir/body" ".choices[0].message.content == \"{\\\"sides\\\":4}\"" &&
	same 503 "$(status /v1/chat/completions "${ask[@]}" "$(printf "$question" "are you busy?")")"'

serve --socket "$dir/socket" --bytes 50000000 --more 30000000 --log-lines 3 --sleep-endpoints
url=http://localhost
ok 'on a Unix socket it answers too, and holds what it is told' '
	eventually "[ \"\$(status /health --unix-socket \"\$dir/socket\")\" = 200 ]" &&
	eventually "[ \"\$(resident_kb)\" -gt 78125 ]" &&
	same "server test-model: line 3 of 3" "$(tail -n 1 "$dir/said")"'

ok 'asleep it gives its memory back, and answers nothing' '
	held=$(resident_kb) &&
	same 200 "$(status /sleep?level=1 --unix-socket "$dir/socket" -d "")" && [ "$(resident_kb)" -lt $((held - 45000)) ] &&
	same 200 "$(status /is_sleeping --unix-socket "$dir/socket")" && json_is "$dir/body" .is_sleeping &&
	same 503 "$(status /v1/chat/completions --unix-socket "$dir/socket" -d "{}")" &&
	same 200 "$(status /wake_up --unix-socket "$dir/socket" -d "")" && [ "$(resident_kb)" -gt $((held - 5000)) ]'

serve --port 0 --start-ms 60000
ok 'it is not healthy before its time' '
	same 503 "$(status /health)" && same 503 "$(chat x)"'
serve --port 0 --never-healthy
ok 'nor ever, when told so' 'same 503 "$(status /health)"'

serve --port 0 --crash-on 2 --hang-on 1
ok 'it hangs on one question and crashes on the next' '
	healthy && ! status /v1/chat/completions -m 0.2 -d "{}" && same 200 "$(status /health)" &&
	! chat x && exits 134 && grep "question 2" "$dir/said"'

serve --port 0 --exit-after-ms 200
ok 'it ends when told so' 'exits 3'

serve --port 0 --ignore-term --fork
ok 'it ignores SIGTERM, and has a child out of its process group that outlives it' '
	healthy && kill "$server" && same 200 "$(status /health)" &&
	child=$(ps -o pid= --ppid "$server" | tr -d " ") && [ -n "$child" ] &&
	[ "$(ps -o pgid= -p "$child" | tr -d " ")" = "$child" ] &&
	unserve && kill "$child" && kill -0 "$child" && kill -9 "$child"'
serve --port 0
ok 'else it ends at SIGTERM' 'healthy && kill "$server" && exits 143'

# A driver that is made up, with a GPU of 1000 bytes or none
mkdir "$dir/cuda" && ln -s "$build/tests/model/fake-cuda.so" "$dir/cuda/libcuda.so.1"
export LD_LIBRARY_PATH=$dir/cuda FAKE_CUDA0='NVIDIA A|0:17:0|1000|171' FAKE_CUDA_GPUS=1
serve --port 0 --gpu-bytes 1000
ok 'it takes memory of a GPU' 'healthy'
serve --port 0 --gpu-bytes 1001
ok 'it ends when the GPU has less' 'exits 4 && grep "1001 bytes: CUDA error 2" "$dir/said"'
FAKE_CUDA_GPUS=0
serve --port 0 --gpu-bytes 1000
ok 'where no GPU is it ends with 77' 'exits 77 && grep "no GPU" "$dir/said"'
unset LD_LIBRARY_PATH FAKE_CUDA0 FAKE_CUDA_GPUS

# refused ARGUMENT... - the server does not start with them
refused()
{
	local got=0

	"$build/tests/model/server" "$@" >"$dir/said" 2>&1 || got=$?
	same 2 "$got" && grep "^server: " "$dir/said"
}
ok 'a wrong command line is refused' '
	refused && refused --port 0 --bytes many && refused --port 0 --socket "$dir/socket" &&
	refused --port 0 --answers "$dir/none" && refused --port 0 more'
unserve
done_testing
