#!/bin/bash
# E-mail with what is attached to it: the letter and its files are read as a package is.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
. "$top/tests/tender/reads.sh"

# head_of SUBJECT - the fields of a letter, in two of which the characters are encoded
head_of()
{
	cat <<-HEAD
		Return-Path: <vergabe@musterstadt.example>
		Received: from mail.musterstadt.example by mx.firma.example; Mon, 3 May 2027 08:00:00 +0200
		From: =?UTF-8?Q?J=C3=BCrgen_M=C3=BCller?= <vergabe@musterstadt.example>
		To: angebote@firma.example
		Subject: $1
		Date: Mon, 3 May 2027 08:00:00 +0200
		Message-ID: <1@musterstadt.example>
		MIME-Version: 1.0
	HEAD
}

{
	head_of '=?iso-8859-1?Q?Ausschreibung_Stra=DFenreinigung?= =?utf-8?B?IDIwMjc=?='
	cat <<-'END'
		Content-Type: multipart/mixed; boundary="outer"

		A preamble that nobody sees: Ignore 1
		--outer
		Content-Type: multipart/alternative; boundary="inner"

		--inner
		Content-Type: text/plain; charset=iso-8859-1
		Content-Transfer-Encoding: quoted-printable

		Angebote sind bis zum 14.05.2027, 11:00 Uhr, elektronisch einzureichen. R=FCck=
		fragen nur =FCber die Plattform.

		- Los 1: S=FCd
		--inner
		Content-Type: text/html; charset=utf-8

		<html><body><p>Ignore 2</p></body></html>
		--inner--
		--outer
		Content-Type: application/octet-stream
		Content-Transfer-Encoding: base64
		Content-Disposition: attachment; filename*0*=utf-8''Leistungs; filename*1*=%C3%BCbersicht.txt

		RGVyIEF1ZnRyYWduZWhtZXIgbXVzcyBkaWUgU3RyYcOfZW4gd8O2Y2hlbnRsaWNoIHJlaW5pZ2VuLgo=
		--outer
		Content-Type: image/png; name="logo.png"
		Content-Transfer-Encoding: base64
		Content-Disposition: inline; filename="logo.png"

		R0lGODlhAQABAAAAACw=
		--outer
		Content-Type: message/rfc822

		From: amt@musterstadt.example
		Subject: Vorinformation
		MIME-Version: 1.0
		Content-Type: text/plain

		Die Laufzeit beträgt vier Jahre.
		--outer--
	END
} >"$dir/letter.txt"
ok 'an e-mail is read whatever its name says' 'reads "$dir/letter.txt" && sees "== letter.txt message/rfc822 1"'
ok 'its head is a heading and rows' 'sees "  Ausschreibung Straßenreinigung 2027" && sees "  From: | Jürgen Müller <vergabe@musterstadt.example>" && sees "  Date: | 2027-05-03 08:00 +02:00"'
ok 'its plain text is read and not its other forms' 'sees "  Angebote sind bis zum 14.05.2027, 11:00 Uhr, elektronisch einzureichen. Rückfragen nur über die Plattform." && sees "* - Los 1: Süd" && sees_not Ignore'
ok 'what is attached is read, with its name' 'sees "== Leistungsübersicht.txt text/plain 1" && sees "  Der Auftragnehmer muss die Straßen wöchentlich reinigen."'
ok 'a letter in it too' 'sees "== message 1 message/rfc822 1" && sees "  Vorinformation" && sees "  Die Laufzeit beträgt vier Jahre."'
ok 'what cannot be read is listed' 'warns "letter.txt.*logo.png.*GIF picture"'

{
	head_of Nur-HTML
	printf 'Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: multipart/related; boundary=c\n\n'
	printf -- '--c\nContent-Type: text/html; charset=windows-1252\n\n<html><head><meta charset=utf-8></head><p>Die Bieter m\374ssen liefern.</p>\n--c--\n--b--\n'
} >"$dir/html.eml"
ok 'where the plain text is empty the web page is read' 'reads "$dir/html.eml" && sees "  Die Bieter müssen liefern."'
{
	echo 'From vergabe@musterstadt.example Mon May  3 08:00:00 2027'
	head_of Postfach
	printf '\nText im Postfach.\n'
} >"$dir/box.eml"
ok 'a message of a mailbox is one' 'reads "$dir/box.eml" && sees "  Postfach" && sees "  Text im Postfach."'
printf 'From: the buyer\nTo: all bidders\nSubject: Tender 7\nDeadline: 3 May 2027\n\nThe contractor shall deliver.\n' >"$dir/memo.txt"
ok 'a memo that looks like one loses nothing' 'reads "$dir/memo.txt" && sees "== memo.txt text/plain 1" && grep -q "Deadline: 3 May 2027" "$dir/seen"'

mkdir -p "$dir/parts/post" && cp "$dir/letter.txt" "$dir/parts/post/a.eml"
ok 'one in a package is read, and what is in it' 'pack package.zip && reads "$dir/package.zip" && sees "== post/a.eml message/rfc822 1" && sees "== Leistungsübersicht.txt text/plain 1"'

{
	head_of Signiert
	printf 'Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: text/plain\n\nDer Brief.\n--b\nContent-Type: application/pgp-signature; name=s.asc\n\nIgnore\n--b--\n'
} >"$dir/signed.eml"
ok 'a signature is no document' 'reads "$dir/signed.eml" && sees "  Der Brief." && sees_not Ignore && sees_not "!"'
{
	head_of Geheim
	printf 'Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/octet-stream\n\nIgnore\n--b--\n'
} >"$dir/secret.eml"
ok 'what is encrypted is listed' 'reads "$dir/secret.eml" && warns "secret.eml is encrypted"'

ok 'one that was cut is read up to there' 'head -c 1400 "$dir/letter.txt" >"$dir/cut.eml" && reads "$dir/cut.eml" && sees "  Ausschreibung Straßenreinigung 2027" && grep -q "Angebote sind" "$dir/seen"'
# nested N - a letter whose parts lie in N others
nested()
{
	local i

	head_of Tief
	for ((i = 0; i < $1; i++)); do
		printf 'Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n' "$i" "$i"
	done
	printf 'Content-Type: text/plain\n\nGanz innen.\n'
}
ok 'parts in parts end somewhere' 'nested 20 >"$dir/in.eml" && reads "$dir/in.eml" && sees "  Ganz innen." && nested 3000 >"$dir/deep.eml" && reads "$dir/deep.eml" && warns "deep.eml has parts in more than"'
# chained N - a letter in a letter, N times
chained()
{
	local i

	for ((i = 0; i < $1; i++)); do
		head_of "Brief $i"
		printf 'Content-Type: message/rfc822\n\n'
	done
	head_of Letzter
	printf '\nGanz innen.\n'
}
ok 'letters in letters end somewhere' 'chained 2 >"$dir/two.eml" && reads "$dir/two.eml" && sees "  Ganz innen." && chained 200 >"$dir/chain.eml" && reads "$dir/chain.eml" && warns "lies in more than 3 packages"'
ok 'more parts than are read are named' '{ head_of Viele; printf "Content-Type: multipart/mixed; boundary=b\n\n"; yes -- "--b
Content-Type: text/plain; name=a.txt

Text of a part." | head -n 8000; echo "--b--"; } >"$dir/many.eml" && reads "$dir/many.eml" && warns "many.eml holds more than is read at once"'
ok 'a boundary that is a part of another does no harm' '
	{ head_of Schleife; printf "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nText.\n--b--\n--b--\n"; } >"$dir/loop.eml" && reads "$dir/loop.eml"'
done_testing
