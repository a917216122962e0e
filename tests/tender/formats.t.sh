#!/bin/bash
# Documents of word processors, web pages, text and packages.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
. "$top/tests/tender/reads.sh"

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

# odt NAME - an OpenDocument text whose body comes by standard input
odt()
{
	local names='xmlns:office="urn:o" xmlns:text="urn:t" xmlns:style="urn:s" xmlns:fo="urn:f" xmlns:table="urn:ta" xmlns:number="urn:n" xmlns:draw="urn:d" xmlns:svg="urn:g"'

	mkdir -p "$dir/parts/META-INF"
	printf 'application/vnd.oasis.opendocument.text' >"$dir/parts/mimetype"
	echo '<manifest/>' >"$dir/parts/META-INF/manifest.xml"
	cat >"$dir/parts/styles.xml" <<-END
		<office:document-styles $names><office:styles>
		<style:default-style style:family="paragraph"><style:text-properties fo:font-size="11pt"/></style:default-style>
		<style:style style:name="Heading_20_1" style:family="paragraph"><style:text-properties fo:font-size="16pt"/></style:style>
		<text:outline-style style:name="Outline">
		<text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>
		<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>
		</office:styles><office:master-styles><style:master-page><style:header><text:p>Running head</text:p></style:header></style:master-page></office:master-styles>
		</office:document-styles>
	END
	{
		cat <<-END
			<?xml version="1.0" encoding="UTF-8"?><office:document-content $names><office:automatic-styles>
			<number:date-style style:name="N1"><number:day/><number:text>.</number:text></number:date-style>
			<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_1" style:master-page-name="Standard"/>
			<style:style style:name="P2" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>
			<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>
			<style:style style:name="T2" style:family="text"><style:text-properties fo:color="#ffffff"/></style:style>
			<style:style style:name="T3" style:family="text"><style:text-properties fo:font-size="1pt"/></style:style>
			<style:style style:name="C1" style:family="table-cell"><style:table-cell-properties fo:background-color="#000080"/></style:style>
			<style:style style:name="W1" style:family="table-column"><style:table-column-properties style:column-width="4cm"/></style:style>
			<style:style style:name="W2" style:family="table-column"><style:table-column-properties style:column-width="12cm"/></style:style>
			<style:style style:name="S1" style:family="section"><style:section-properties text:display="none"/></style:style>
			<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="a" style:num-suffix=")"/>
			<text:list-level-style-number text:level="2" style:num-format="i" style:num-prefix="(" style:num-suffix=")"/></text:list-style>
			<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1" text:bullet-char="-"/></text:list-style>
			</office:automatic-styles><office:body><office:text>
		END
		cat
		echo '</office:text></office:body></office:document-content>'
	} >"$dir/parts/content.xml"
	pack "$1"
}

ok 'an ODT is made and read' '
	odt a.odt <<-END && reads "$dir/a.odt" && sees "== a.odt application/vnd.oasis.opendocument.text 4"
		<text:tracked-changes><text:changed-region><text:deletion><text:p>Ignore 1</text:p></text:deletion></text:changed-region></text:tracked-changes>
		<text:h text:style-name="P1" text:outline-level="1">Gegenstand</text:h>
		<text:table-of-content><text:table-of-content-source><text:index-title-template>Ignore 2</text:index-title-template></text:table-of-content-source>
		<text:index-body><text:p>Gegenstand<text:tab/>1</text:p></text:index-body></text:table-of-content>
		<text:h text:outline-level="2">Prüfung der<text:s text:c="2"/><text:span>Anlagen</text:span></text:h>
		<text:p>Der Auftragnehmer hat die Anlagen jährlich zu<text:soft-page-break/> prüfen.<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Nach DGUV V3.</text:p></text:note-body></text:note></text:p>
		<text:list text:style-name="L1"><text:list-item><text:p>Prüfprotokoll,</text:p><text:list><text:list-item><text:p>je Gerät</text:p></text:list-item></text:list></text:list-item>
		<text:list-item><text:p>Mängelliste</text:p><text:p>mit Fristen</text:p></text:list-item></text:list>
		<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:p>Rechnung</text:p></text:list-item></text:list>
		<text:list text:style-name="L2"><text:list-item><text:p>ein Punkt</text:p></text:list-item></text:list>
		<text:p text:style-name="P2">Neue Seite.</text:p>
		<table:table><table:table-column table:style-name="W1"/><table:table-column table:style-name="W2" table:number-columns-repeated="2"/>
		<table:table-header-rows><table:table-row><table:table-cell><text:p>Los</text:p></table:table-cell><table:table-cell table:number-columns-spanned="2"><text:p>Frist</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table-header-rows>
		<text:soft-page-break/>
		<table:table-row><table:table-cell table:style-name="C1"><text:p><text:span text:style-name="T2">Los 1</text:span></text:p></table:table-cell><table:table-cell><text:p>03.05.2027</text:p></table:table-cell><table:table-cell><text:p>11:00 Uhr</text:p></table:table-cell></table:table-row>
		</table:table>
		<text:h text:outline-level="1">Preis</text:h>
		<text:p><text:span text:style-name="T1">Ignore 3</text:span><text:span text:style-name="T2">Ignore 4</text:span><text:span text:style-name="T3">Ignore 5</text:span>Sichtbar.<office:annotation><text:p>Ignore 6</text:p></office:annotation></text:p>
		<text:section text:style-name="S1"><text:p>Ignore 7</text:p></text:section>
		<text:p><draw:frame><draw:text-box><text:p>Im Kasten</text:p></draw:text-box><svg:title>Ignore 8</svg:title></draw:frame>Neben dem Kasten.</text:p>
	END'
ok 'its headings and lists are numbered' 'sees "* 1. Gegenstand" && sees "* 1.1 Prüfung der Anlagen" && sees "* 2. Preis" && sees "* a) Prüfprotokoll," &&
	sees "* (i) je Gerät" && sees "* b) Mängelliste" && sees "  mit Fristen" && sees "* c) Rechnung" && sees "* ein Punkt"'
ok 'its pages are those of the author and of the layout' 'grep -xA3 -- "-- a.odt 2" "$dir/seen" | grep -qx "  prüfen." && grep -xA1 -- "-- a.odt 3" "$dir/seen" | grep -qx "  Neue Seite." &&
	grep -xA1 -- "-- a.odt 4" "$dir/seen" | grep -q "Los 1"'
ok 'its cells stand beside each other' 'sees "  Los | Frist" && sees "  Los 1 | 03.05.2027 | 11:00 Uhr"'
ok 'its notes and boxes follow the paragraph' 'sees "  Nach DGUV V3." && sees "  Im Kasten" && sees "  Neben dem Kasten."'
ok 'its table of contents looks like one' 'sees "  Gegenstand ........ 1"'
ok 'what nobody sees in an ODT says nothing' 'sees_not Ignore && sees_not "Running head"'
ok 'an encrypted ODT is refused' '
	mkdir -p "$dir/parts/META-INF" && echo "<m:file-entry><m:encryption-data/></m:file-entry>" >"$dir/parts/META-INF/manifest.xml" &&
	echo secret >"$dir/parts/content.xml" && pack locked.odt && ! reads "$dir/locked.odt" && grep -q "^encrypted: .*locked.odt" "$dir/seen"'
ok 'an ODT that breaks off is read up to there, with a warning' '
	mkdir -p "$dir/parts" && echo "<o:d xmlns:o=\"o\" xmlns:t=\"t\"><o:body><o:text><t:p>Whole.</t:p><t:p>" >"$dir/parts/content.xml" &&
	pack broken.odt && reads "$dir/broken.odt" && sees "  Whole." && grep -q "^! broken.odt is damaged" "$dir/seen"'

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
ok 'a page whose author closes nothing is read to its end' '
	{ echo "<html><body>"; yes "<font size=2><b>A line<br>" | head -n 2000; echo "<p>The end"; } >"$dir/open.html" && reads "$dir/open.html" && sees "  The end" && sees_not "!"'
ok 'one too deep to be read says so' '{ echo "<html><body>"; yes "<div>" | head -n 100000; echo "The end"; } >"$dir/deep.html" && reads "$dir/deep.html" && warns "deep.html has too many elements"'
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
