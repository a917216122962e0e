#!/bin/bash
# The manual pages as mandoc reads them. What it cannot look up in the database of this system does not count.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need mandoc

for page in "$top"/man/*.[1-9]; do
	ok "${page##*/} is clean" '! mandoc -T lint "$page" | grep -v "mandoc\.db lacks\|referenced manual not found"'
done
done_testing
