#!/bin/bash
# Documents that are no PDF: what the readers make of them, seen by tests/tender/dump-doc.
. "${FS0711_SRCDIR:-.}/tests/lib.sh"
need zip
dump=$build/tests/tender/dump-doc

# reads FILE... - what is read of them, in $dir/seen
reads()
{
	"$dump" "$@" >"$dir/seen"
}

# sees LINE - what was read last has that line
sees()
{
	grep -qxF -e "$1" "$dir/seen" || { echo "missing: $1"; cat "$dir/seen"; return 1; }
}

# sees_not TEXT - what was read last has it nowhere
sees_not()
{
	! grep -F -e "$1" "$dir/seen"
}

# pack NAME - a ZIP of what is in $dir/parts, which is emptied
pack()
{
	(cd "$dir/parts" && zip -qrD "$dir/$1" .) && rm -r "$dir/parts" && mkdir "$dir/parts"
}
mkdir "$dir/parts"

# docx NAME - a document of Word whose body comes by standard input
docx()
{
	mkdir -p "$dir/parts/word"
	cat >"$dir/parts/word/styles.xml" <<-END
		<w:styles xmlns:w="urn:w"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>
		<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:rPr><w:sz w:val="32"/></w:rPr></w:style>
		<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>
		<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="toc 1"/></w:style>
		<w:style w:type="table" w:styleId="Dark"><w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:fill="1F3864"/></w:tcPr></w:tblStylePr></w:style>
		</w:styles>
	END
	cat >"$dir/parts/word/numbering.xml" <<-END
		<w:numbering xmlns:w="urn:w"><w:abstractNum w:abstractNumId="0">
		<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
		<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
		<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl></w:abstractNum>
		<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
		</w:numbering>
	END
	echo '<w:footnotes xmlns:w="urn:w"><w:footnote w:id="2"><w:p><w:r><w:t>As amended.</w:t></w:r></w:p></w:footnote></w:footnotes>' \
		>"$dir/parts/word/footnotes.xml"
	echo '<w:hdr xmlns:w="urn:w"><w:p><w:r><w:t>Running head</w:t></w:r></w:p></w:hdr>' >"$dir/parts/word/header1.xml"
	{
		echo '<?xml version="1.0"?><w:document xmlns:w="urn:w"><w:body>'
		cat
		echo '</w:body></w:document>'
	} >"$dir/parts/word/document.xml"
	pack "$1"
}

ok 'a DOCX is made and read' '
	docx a.docx <<-END && reads "$dir/a.docx"
		<w:p><w:pPr><w:pStyle w:val="T1"/></w:pPr><w:r><w:t>Scope</w:t><w:tab/><w:t>2</w:t></w:r></w:p>
		<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>Scope</w:t></w:r></w:p>
		<w:p><w:pPr><w:pStyle w:val="H2"/></w:pPr><w:r><w:t>De</w:t></w:r><w:r><w:t xml:space="preserve">tails </w:t></w:r><w:r><w:t>here</w:t></w:r></w:p>
		<w:p><w:r><w:t>The contractor shall deliver.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>
		<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr></w:pPr><w:r><w:t>first item</w:t></w:r></w:p>
		<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>removed</w:delText></w:r></w:del><w:ins><w:r><w:t xml:space="preserve"> added</w:t></w:r></w:ins></w:p>
		<w:p><w:r><w:br w:type="page"/></w:r></w:p>
		<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:lastRenderedPageBreak/><w:t>Price</w:t></w:r></w:p>
		<w:tbl><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="6000"/></w:tblGrid>
			<w:tr><w:tc><w:p><w:r><w:t>Deadline</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>3 May 2027</w:t></w:r></w:p></w:tc></w:tr>
			<w:tr><w:tc><w:p><w:r><w:t>Budget</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>EUR 10,000</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
		<w:p><w:r><w:lastRenderedPageBreak/><w:t>Third page.</w:t></w:r></w:p>
	END'
ok 'its type and its pages are right' 'sees "== a.docx application/vnd.openxmlformats-officedocument.wordprocessingml.document 3"'
ok 'its headings are numbered' 'sees "* 1. Scope" && sees "* 1.1 Details here" && sees "* 2. Price"'
ok 'its footnote follows the paragraph' 'grep -xA1 "  The contractor shall deliver." "$dir/seen" | grep -qx "  As amended."'
ok 'its items are items' 'sees "* first item"'
ok 'what was deleted is gone, what was added is there' 'sees "  kept added" && sees_not removed'
ok 'its cells stand beside each other' 'sees "  Deadline | 3 May 2027" && sees "  Budget | EUR 10,000"'
ok 'its header is left out' 'sees_not "Running head"'
ok 'its table of contents looks like one' 'sees "  Scope ........ 2"'
ok 'a page that Word and the author began is one' 'sees "-- a.docx 2" && sees "-- a.docx 3" && sees_not "-- a.docx 4"'

ok 'hidden text of a DOCX says nothing, white text on dark ground does' '
	docx hidden.docx <<-END && reads "$dir/hidden.docx" && sees_not Ignore && sees "  On dark ground" && sees "  Row of a dark style" && sees "  Seen."
		<w:p><w:r><w:t>Seen.</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>Ignore 1</w:t></w:r></w:p>
		<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>Ignore 2</w:t></w:r></w:p>
		<w:p><w:r><w:rPr><w:sz w:val="2"/></w:rPr><w:t>Ignore 3</w:t></w:r></w:p>
		<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:fill="000080"/></w:tcPr><w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>On dark ground</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
		<w:tbl><w:tblPr><w:tblStyle w:val="Dark"/></w:tblPr><w:tr><w:tc><w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>Row of a dark style</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
	END'
ok 'a DOCX that breaks off is read up to there, with a warning' '
	mkdir -p "$dir/parts/word" && echo "<w:document xmlns:w=\"urn:w\"><w:body><w:p><w:r><w:t>Whole.</w:t></w:r></w:p><w:p><w:r>" >"$dir/parts/word/document.xml" &&
	pack broken.docx && reads "$dir/broken.docx" && sees "  Whole." && grep -q "^! broken.docx is damaged" "$dir/seen"'
ok 'one without any text is refused' '
	mkdir -p "$dir/parts/word" && echo "no XML" >"$dir/parts/word/document.xml" && pack none.docx &&
	! reads "$dir/none.docx" && grep -q "^damaged: .*none.docx" "$dir/seen"'
ok 'entities of XML are not unfolded' '
	mkdir -p "$dir/parts/word" && {
		echo "<!DOCTYPE d [<!ENTITY a \"Ignore Ignore\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
		echo "<w:document xmlns:w=\"urn:w\"><w:body><w:p><w:r><w:t>Text &b;&f;.</w:t></w:r></w:p></w:body></w:document>"
	} >"$dir/parts/word/document.xml" && pack entity.docx && reads "$dir/entity.docx" && sees_not Ignore && sees_not root'

printf 'Die Bieter m\374ssen bis 3. Mai \204liefern\223 \200.\n' >"$dir/latin.txt"
printf '\377\376A\0n\0g\0e\0b\0o\0t\0 \0\344\0\n\0' >"$dir/wide.txt"
printf '\357\273\277Angebot ä\n' >"$dir/bom.txt"
{
	echo 'The contractor shall deliver all of the goods that are named in the list below, and shall'
	echo 'repair what is broken at its own cost within ten days, as the buyer will tell it to do so'
	echo 'in writing.'
	echo
	echo 'Deadline:      3 May 2027'
	echo '- first item'
	echo '- second item'
	printf '\fSecond page\n\f'
} >"$dir/lines.txt"
ok 'text of Windows-1252 is read' 'reads "$dir/latin.txt" && sees "== latin.txt text/plain 1" && sees "  Die Bieter müssen bis 3. Mai „liefern“ €."'
ok 'text of UTF-16 is read' 'reads "$dir/wide.txt" && sees "  Angebot ä"'
ok 'text with a byte order mark is read' 'reads "$dir/bom.txt" && sees "  Angebot ä"'
ok 'lines become paragraphs, cells, items and pages' 'reads "$dir/lines.txt" && sees "== lines.txt text/plain 2" &&
	sees "  The contractor shall deliver all of the goods that are named in the list below, and shall repair what is broken at its own cost within ten days, as the buyer will tell it to do so in writing." &&
	sees "  Deadline: | 3 May 2027" && sees "* - first item" && sees "* - second item" && sees "-- lines.txt 2" && sees "  Second page"'

cat >"$dir/page.html" <<'END'
<!DOCTYPE html><html><head><title>Not shown</title><meta charset="utf-8">
<style>.x, #y { display : none } .z { font-size: 1px }</style><script>var a = "Ignore";</script></head>
<body><h1>Request for proposals</h1><p>The contractor <b>shall</b>
deliver<br>on time.</p><ul><li>one</li><li><p>two</p></li></ul>
<table><tr><th>Deadline</th><td>3 May 2027</td></tr><tr><td colspan=2>both &auml;&nbsp;b</td></tr></table>
<p class="a x">Ignore 1</p><p id=y>Ignore 2</p><p class=z>Ignore 3</p><p style="display: none">Ignore 4</p><p hidden>Ignore 5</p>
<p style="color:#FFF">Ignore 6</p><p style="background:navy;color:#fff">White on navy</p><span style="position:absolute;left:-9999px">Ignore 7</span>
<!-- Ignore 8 --></body></html>
END
ok 'a web page is read as it is seen' 'reads "$dir/page.html" && sees "== page.html text/html 1" && sees "  Request for proposals" &&
	sees "  The contractor shall deliver on time." && sees "* one" && sees "* two" && sees "  Deadline | 3 May 2027" &&
	sees "  both ä b" && sees "  White on navy"'
ok 'what is hidden in it is not' 'sees_not Ignore && sees_not "Not shown"'
ok 'its type is told by its content' 'cp "$dir/page.html" "$dir/page.pdf" && reads "$dir/page.pdf" && sees "== page.pdf text/html 1"'

mkdir -p "$dir/parts/annex" "$dir/parts/__MACOSX"
cp "$dir/a.docx" "$dir/parts/b.docx"
cp "$dir/page.html" "$dir/parts/annex/z.html"
cp "$top/samples/city-website-rfp.pdf" "$dir/parts/annex/rfp.pdf"
printf '\211PNG\r\n\032\n0000' >"$dir/parts/logo.png"
: >"$dir/parts/none.txt"
echo litter >"$dir/parts/__MACOSX/b.docx"
(cd "$dir/parts" && zip -qr "$dir/inner.zip" annex) && mv "$dir/inner.zip" "$dir/parts/inner.zip"
ok 'a package is read document by document' 'pack package.zip && reads "$dir/package.zip" && sees "== b.docx application/vnd.openxmlformats-officedocument.wordprocessingml.document 3" &&
	sees "== annex/z.html text/html 1" && sees "== annex/rfp.pdf application/pdf 4" && sees "-- annex/rfp.pdf 4"'
ok 'a package in it too' 'same 2 "$(grep -c "^== annex/z.html" "$dir/seen")"'
ok 'what cannot be read is listed' 'grep -q "^! .*package.zip.*logo.png.*PNG" "$dir/seen" && grep -q "^! .*package.zip.*none.txt.*empty" "$dir/seen"'
ok 'what a system leaves in archives is not' 'sees_not __MACOSX'
ok 'prose stands before what is less sure to be it' '
	awk "/^-- /{ print \$2 }" "$dir/seen" | uniq | sed "s/.*[.]//" | tr "\n" " " | grep -qx "\(docx \|pdf \)*\(html \)*"'
ok 'one of which nothing can be read is refused' 'printf "\211PNG" >"$dir/parts/a.png" && pack bad.zip && ! reads "$dir/bad.zip" && grep -q "^unknown_type: .*bad.zip" "$dir/seen"'
ok 'an encrypted one is refused' 'echo "Text of a tender" >"$dir/parts/a.txt" && (cd "$dir/parts" && zip -qP secret "$dir/locked.zip" a.txt) && rm "$dir/parts/a.txt" &&
	! reads "$dir/locked.zip" && grep -q encrypted "$dir/seen"'
ok 'a ZIP that was cut says so' 'head -c 3000 "$dir/package.zip" >"$dir/cut.zip" && { reads "$dir/cut.zip" || true; } && grep -q damaged "$dir/seen"'
done_testing
