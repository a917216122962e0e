#!/bin/bash
# Experts and companies: records that people make and edit; and who is recorded as the one who acts.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
mount_start || exit
tasks=$mnt/engagements/default/tasks
anna=$mnt/experts/anna
acme=$mnt/companies/acme
pdf=$dir/rfp.pdf
sample "$pdf"
put 100 "$mnt/engagements/default/review_threshold"

# fill FILE JSON - write the document over FILE
fill()
{
	echo "$2" >"$dir/new.json" && cp "$dir/new.json" "$1"
}

ok 'an expert is a directory' '
	mkdir "$anna" && same anna "$(ls "$mnt/experts")" && same "error expert.json" "$(echo $(ls "$anna"))" &&
	json_is "$anna/expert.json" "
	.name == \"anna\" and (.id | length) == 36 and ([\"login\", \"email\", \"title\", \"domain\", \"certified_mcps\", \"hourly_rate_cents\",
		\"max_clients\", \"rating\", \"status\"] - keys == [])"'
ok 'its document is edited as a whole' '
	fill "$anna/expert.json" "{\"login\": \"anna\", \"email\": \"anna@example.org\", \"title\": \"Tender analyst\", \"domain\": \"tenders\",
		\"certified_mcps\": [\"TENDER\"], \"hourly_rate_cents\": 12000, \"max_clients\": 5, \"rating\": 4.5}" &&
	json_is "$anna/expert.json" ".email == \"anna@example.org\" and .certified_mcps == [\"TENDER\"] and .hourly_rate_cents == 12000 and .rating == 4.5"'
cp "$anna/expert.json" "$dir/anna.json"
# refused ERRNO WORD JSON - the document is refused, the reason has the word, the old one stays
refused()
{
	must_fail "$1" fill "$anna/expert.json" "$3" && grep -F -e "$2" "$anna/error" &&
	op getxattr "$anna" user.0711.error | grep -F -e "$2" &&
		cmp "$dir/anna.json" "$anna/expert.json"
}
ok 'an unknown field is refused' 'refused EINVAL salary "{\"salary\": 1}"'
ok 'an MCP that is not there' 'refused EINVAL NOBODY "{\"certified_mcps\": [\"NOBODY\"]}"'
ok 'a rate that is a text' 'refused EINVAL hourly_rate_cents "{\"hourly_rate_cents\": \"much\"}"'
ok 'a rate below nothing' 'refused ERANGE hourly_rate_cents "{\"hourly_rate_cents\": -1}"'
ok 'a status that is none' 'refused EINVAL status "{\"status\": \"asleep\"}"'

ok 'a company is a directory' '
	mkdir "$acme" && same "company.json error profile.json" "$(echo $(ls "$acme"))" &&
	fill "$acme/company.json" "{\"industry\": \"water\", \"country\": \"DE\", \"size\": \"50 to 249\", \"contact\": \"office@example.org\"}" &&
	json_is "$acme/company.json" ".name == \"acme\" and .industry == \"water\" and .country == \"DE\" and .contact == \"office@example.org\" and .size == \"50 to 249\""'
ok 'its profile is a document of its own' '
	same "{}" "$(cat "$acme/profile.json")" && fill "$acme/profile.json" "{\"employees\": 12, \"languages\": [\"de\"]}" &&
	json_is "$acme/profile.json" ".employees == 12" && json_is "$acme/company.json" ".profile.languages == [\"de\"] and .industry == \"water\"" &&
	fill "$acme/company.json" "{\"profile\": {\"employees\": 13}}" && json_is "$acme/profile.json" ". == {\"employees\": 13}" &&
	must_fail EINVAL fill "$acme/profile.json" "[]" && grep -q "profile must be a JSON object" "$acme/error" &&
	must_fail EINVAL fill "$acme/profile.json" "{" && json_is "$acme/profile.json" ".employees == 13"'
ok 'an engagement names both, by name or by id' '
	put anna "$mnt/engagements/default/expert_id" && put acme "$mnt/engagements/default/customer_id" &&
	same "$(jq -r .id "$anna/expert.json")" "$(cat "$mnt/engagements/default/expert_id")" &&
	put "$(jq -r .id "$acme/company.json")" "$mnt/engagements/default/customer_id" &&
	json_is "$mnt/engagements/default/engagement.json" ".expert_id == \"$(jq -r .id "$anna/expert.json")\" and .customer_id == \"$(jq -r .id "$acme/company.json")\""'
ok 'its tasks carry them' '
	cp "$pdf" "$mnt/tasks/inbox/" && wait_task rfp needs_review && json_is "$tasks/rfp/task.json" "
	.expert_id == \"$(jq -r .id "$anna/expert.json")\" and .customer_id == \"$(jq -r .id "$acme/company.json")\""'
ok 'who is named in an engagement cannot be removed' '
	must_fail ENOTEMPTY rmdir "$anna" && op getxattr "$anna" user.0711.error | grep -F engagement &&
	must_fail ENOTEMPTY rmdir "$acme" && [ -e "$anna/expert.json" ]'
ok 'renamed, he stays the same' '
	mv "$anna" "$mnt/experts/annika" && anna=$mnt/experts/annika &&
	json_is "$anna/expert.json" ".name == \"annika\" and .id == \"$(jq -r .expert_id "$tasks/rfp/task.json")\""'
ok 'no more named, he can be removed' '
	put "" "$mnt/engagements/default/expert_id" && same "" "$(cat "$mnt/engagements/default/expert_id")" &&
	mkdir "$mnt/experts/berta" && put berta "$mnt/engagements/default/expert_id" &&
	put "" "$mnt/engagements/default/expert_id" && rmdir "$mnt/experts/berta" && [ ! -e "$mnt/experts/berta" ]'
ok 'a record cannot go elsewhere' 'must_fail EPERM op rename "$anna" "$mnt/companies/anna"'

# Who acts: the owner of the mount, the expert with the caller's login, or -o as=
ok 'without an expert of his login, the owner of the mount acts' '
	json_is "$tasks/rfp/task.json" ".created_by == \"root\"" && put approve "$tasks/rfp/review" &&
	json_is "$tasks/rfp/task.json" ".reviewed_by == \"root\""'
ok 'with one, he does' '
	fill "$anna/expert.json" "{\"login\": \"$(id -un)\"}" && sample "$mnt/tasks/inbox/second.pdf" second &&
	wait_task second needs_review &&
	put approve "$tasks/second/review" &&
	json_is "$tasks/second/task.json" ".created_by == \"annika\" and .reviewed_by == \"annika\""'
ok 'in an engagement too' '
	mkdir "$mnt/engagements/e" && json_is "$mnt/engagements/e/engagement.json" ".created_by == \"annika\""'
if [ "$(id -u)" = 0 ] && chmod 755 "$dir" && as_nobody true 2>/dev/null; then
	ok 'each user of a shared mount is himself' '
		mkdir "$mnt/experts/otto" && fill "$mnt/experts/otto/expert.json" "{\"login\": \"nobody\"}" &&
		mount_stop && mount_start -o allow_other && chmod 644 "$pdf" &&
		as_nobody cp "$pdf" "$mnt/tasks/inbox/third.pdf" && wait_task third needs_review &&
		json_is "$tasks/third/task.json" ".created_by == \"otto\""'
else
	pass_over 'each user of a shared mount is himself' 'this needs root'
fi
ok '-o as= says who acts, whoever calls' '
	mkdir "$mnt/experts/vera" && mount_stop && mount_start -o as=vera &&
	sample "$mnt/tasks/inbox/fourth.pdf" fourth && wait_task fourth needs_review &&
	put "reject no" "$tasks/fourth/review" &&
	json_is "$tasks/fourth/task.json" ".created_by == \"vera\" and .reviewed_by == \"vera\"" &&
	grep "rejected by vera: no" "$tasks/fourth/error"'
ok 'an expert who is not there is refused' '
	mount_stop && ! "$build/0711fs" "$src" "$mnt" -f -o as=nobody-we-know >"$dir/said" 2>&1 &&
	grep -F nobody-we-know "$dir/said"'
done_testing
