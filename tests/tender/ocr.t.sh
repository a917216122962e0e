#!/bin/bash
# Scans: made from text, read back by OCR. Without tesseract the engine says that it cannot, and reads the rest.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
mkdoc=$build/tests/tender/docs/mkdoc dump=$build/tests/tender/dump-doc
need jq pdftotext
[ -x "$mkdoc" ] || skip "no documents can be made: libpango1.0-dev was not there"
ocr=
for data in /usr/share/tesseract-ocr/*/tessdata/eng.traineddata /usr/share/tessdata/eng.traineddata; do
	for library in /usr/lib/*/libtesseract.so.5 /usr/lib*/libtesseract.so.5; do
		[ ! -e "$data" ] || [ ! -e "$library" ] || ocr=yes
	done
done

# made NAME - a document whose source comes by standard input, what is read of it in $dir/seen
made()
{
	{ cat && printf '@labels\n{}\n'; } >"$dir/$1.txt" && "$mkdoc" "$dir/$1.txt" "$dir/$1.pdf" "$dir/$1.json" && "$dump" "$dir/$1.pdf" >"$dir/seen" 2>"$dir/complaints"
}

# sees LINE - what was read last has that line
sees()
{
	grep -qxF -e "$1" "$dir/seen" || { echo "missing: $1"; cat "$dir/seen"; return 1; }
}

ok 'text and a scan are one document' '
	made mixed <<-END
		# Supply of Salt
		Proposals must be received by 3 May 2027 at 11:00 a.m. in the office of the buyer.

		@page
		@scan 150 0.4
		The contractor shall deliver the salt within ten days after the order was placed.

		The price must hold for all of the winter and shall not be raised.

		@page
		@scan 0 0
		The last page is text again, and says that the buyer will pay within thirty days.
	END'
ok 'the pages with text are read as ever' 'sees "  Supply of Salt" && sees "-- mixed.pdf 1" && sees "-- mixed.pdf 3"'
if [ -z "$ocr" ]; then
	ok 'the scan is named, with why it was not read' 'sees "-- mixed.pdf 2 unreadable" && grep "^! page 2 of mixed.pdf has no text layer; OCR cannot be done, because" "$dir/seen"'
	for name in 'the scan is read' 'a German scan is read' 'a page on its side is read' 'the answer says which pages'; do
		pass_over "$name" 'tesseract is not installed'
	done
	done_testing
fi
ok 'the scan is read, and only the scan by OCR' 'sees "-- mixed.pdf 2 ocr" && same 1 "$(grep -c "^--.* ocr$" "$dir/seen")" &&
	sees "  The contractor shall deliver the salt within ten days after the order was placed." &&
	sees "  The price must hold for all of the winter and shall not be raised."'
ok 'nothing is warned of' '! grep "^!" "$dir/seen"'
ok 'a German scan is read' '
	made deutsch <<-END &&
		@scan 200 0
		# Lieferung von Streusalz
		Der Auftragnehmer muss das Salz frühestens am 3. Oktober 2027 und höchstens zehn Tage nach der Bestellung liefern. Für
		Verspätungen hat er eine Gebühr zu zahlen.
	END
	sees "-- deutsch.pdf 1 ocr" && grep -q "frühestens am 3. Oktober 2027 und höchstens zehn Tage" "$dir/seen"'
ok 'a page on its side is read' '
	made upright <<-END && sed "s,/Type /Page %,/Rotate 90 &," "$dir/upright.pdf" >"$dir/side.pdf" &&
		@scan 200 0
		The contractor shall deliver all of the salt within ten days after the order was placed by the buyer, and the price must
		hold for all of the winter.

		The buyer will pay within thirty days after the last delivery, and nothing before it.
	END
	! cmp -s "$dir/upright.pdf" "$dir/side.pdf" && "$dump" "$dir/side.pdf" >"$dir/seen" 2>"$dir/complaints" &&
	sees "-- side.pdf 1 ocr" && sees "  The buyer will pay within thirty days after the last delivery, and nothing before it." &&
	grep -q "shall deliver all of the salt within ten days" "$dir/seen"'
ok 'the answer says which pages OCR read' '
	jq -nc "{jsonrpc: \"2.0\", id: 1, method: \"tools/call\", params: {name: \"parse_rfp\", arguments: {documents: [\"$dir/mixed.pdf\"]}}}" |
		"$build/mcps/tender/tender" "$top/mcps/tender/manifest.json" 2>"$dir/complaints" >"$dir/answer" &&
	json_is "$dir/answer" ".result.structuredContent.document.ocr_pages == [2]" &&
	"$build/tests/tender/check-result" "$top/mcps/tender/manifest.json" "$dir/mixed.pdf" <"$dir/answer"'
done_testing
