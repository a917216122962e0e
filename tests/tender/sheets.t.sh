#!/bin/bash
# Tables of prices (XLSX) and bills of quantities (GAEB DA XML): rows stay rows.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
. "$top/tests/tender/reads.sh"

# book SHEETS - the parts of a spreadsheet around its sheets: workbook, relations, strings, styles
book()
{
	mkdir -p "$dir/parts/xl/worksheets" "$dir/parts/xl/_rels"
	echo "<workbook xmlns:r=\"r\"><workbookPr/><sheets>$1</sheets></workbook>" >"$dir/parts/xl/workbook.xml"
	{
		echo '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
		echo '<Relationship Id="r2" Target="/xl/worksheets/sheet2.xml"/></Relationships>'
	} >"$dir/parts/xl/_rels/workbook.xml.rels"
	cat >"$dir/parts/xl/sharedStrings.xml" <<-'END'
		<sst><si><t>Pos.</t></si><si><t>Bezeichnung</t></si><si><t>Menge</t></si><si><t>Einzelpreis</t></si><si><t>Gesamt</t></si>
		<si><r><t>Reinigung </t></r><r><rPr><b/></rPr><t>der Straßen</t></r><rPh><t>Ignore 1</t></rPh></si><si><t>Abgabe bis</t></si><si><t>Gewicht</t></si></sst>
	END
	cat >"$dir/parts/xl/styles.xml" <<-'END'
		<styleSheet><numFmts><numFmt numFmtId="164" formatCode="#,##0.00\ &quot;€&quot;"/><numFmt numFmtId="165" formatCode="[$-407]dd/mm/yyyy\ hh:mm"/>
		<numFmt numFmtId="166" formatCode="#,##0.00\ [$EUR];[Red]-#,##0.00\ [$EUR]"/></numFmts>
		<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/><xf numFmtId="9"/><xf numFmtId="20"/><xf numFmtId="166"/></cellXfs></styleSheet>
	END
}

book '<sheet name="Preisblatt" sheetId="1" r:id="r1"/><sheet name="Fristen" sheetId="2" r:id="r2"/><sheet name="Listen" sheetId="3" state="hidden" r:id="r3"/>'
cat >"$dir/parts/xl/worksheets/sheet1.xml" <<'END'
<worksheet><dimension ref="A1:XFD1048576"/><cols><col min="7" max="7" hidden="1"/><col min="20" max="16384" hidden="1"/></cols><sheetData>
<row r="1"><c r="B1" t="inlineStr"><is><t>Alle Preise sind netto anzugeben.</t></is></c></row>
<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v>2</v></c><c r="E3" t="s"><v>3</v></c><c r="F3" t="s"><v>4</v></c><c r="G3" t="str"><v>Ignore 2</v></c></row>
<row r="4"><c r="A4"><v>1.1</v></c><c r="B4" t="s"><v>5</v></c><c r="C4"><v>52</v></c><c r="E4" s="1"><v>1250.5</v></c><c r="F4" s="6"><f>C4*E4</f><v>65026</v></c></row>
<row r="5" hidden="1"><c r="A5" t="str"><v>Ignore 3</v></c></row>
<row r="6"><c r="A6"><v>0.30000000000000004</v></c><c r="C6" t="b"><v>1</v></c><c r="E6" t="e"><v>#REF!</v></c></row>
</sheetData></worksheet>
END
cat >"$dir/parts/xl/worksheets/sheet2.xml" <<'END'
<worksheet><sheetData><row><c t="s"><v>6</v></c><c s="3"><v>46521.458333333336</v></c></row><row><c t="s"><v>6</v></c><c s="2"><v>46521</v></c><c s="5"><v>0.4583333</v></c></row>
<row><c t="s"><v>7</v></c><c s="4"><v>0.3</v></c><c t="s"><v>99</v></c></row></sheetData></worksheet>
END
ok 'an XLSX is read, a page for a sheet' 'pack a.xlsx && reads "$dir/a.xlsx" && sees "== a.xlsx application/vnd.openxmlformats-officedocument.spreadsheetml.sheet 2" &&
	grep -xA1 -- "-- a.xlsx 1" "$dir/seen" | grep -qx "  Preisblatt" && grep -xA1 -- "-- a.xlsx 2" "$dir/seen" | grep -qx "  Fristen"'
ok 'its rows are rows' 'sees "  Pos. | Bezeichnung | Menge | Einzelpreis | Gesamt" && sees "  1.1 | Reinigung der Straßen | 52 | 1250.50 € | 65026.00 EUR"'
ok 'what stands alone in its row is a paragraph' 'sees "  Alle Preise sind netto anzugeben."'
ok 'numbers, dates and shares are as they are shown' 'sees "  0.3 | TRUE | #REF!" && sees "  Abgabe bis | 2027-05-14 11:00" && sees "  Abgabe bis | 2027-05-14 | 11:00" && sees "  Gewicht | 30%"'
ok 'what is hidden is left out and named' 'sees_not Ignore && warns "sheet .Listen. of a.xlsx is hidden" && warns "sheet .Preisblatt. of a.xlsx has 2 hidden rows or columns"'
book '<sheet name="Lang" r:id="r1"/>'
{
	echo '<worksheet><sheetData>'
	for ((i = 1; i <= 250; i++)); do
		echo "<row><c><v>$i</v></c><c t=\"inlineStr\"><is><t>Posten $i</t></is></c></row>"
	done
	echo '</sheetData></worksheet>'
} >"$dir/parts/xl/worksheets/sheet1.xml"
ok 'a long sheet runs over pages, its name on each' 'pack long.xlsx && reads "$dir/long.xlsx" && same 3 "$(grep -cx "  Lang" "$dir/seen")" && sees "  250 | Posten 250" && sees "-- long.xlsx 3"'
book '<sheet name="Kaputt" r:id="r1"/>'
echo '<worksheet><sheetData><row><c t="str"><v>Vor dem Schaden</v></c></row><row><c' >"$dir/parts/xl/worksheets/sheet1.xml"
ok 'a sheet that breaks off is read up to there' 'pack cut.xlsx && reads "$dir/cut.xlsx" && sees "  Vor dem Schaden" && warns "sheet .Kaputt. of cut.xlsx is damaged"'
book '<sheet name="Leer" r:id="r1"/>'
ok 'one without a sheet is refused' 'pack none.xlsx && refuses damaged "$dir/none.xlsx"'
book '<sheet name="Fern" r:id="r1"/>'
echo '<worksheet><sheetData><row><c r="XFD1" t="str"><v>rechts</v></c><c r="ZZZZZZZZZZ1" t="str"><v>jenseits</v></c><c s="4294967295"><v>1e400</v></c><c s="-1"><v>-99999999999999999999</v></c></row></sheetData></worksheet>' \
	>"$dir/parts/xl/worksheets/sheet1.xml"
ok 'places that do not exist do no harm' 'pack far.xlsx && reads "$dir/far.xlsx" && grep -q "rechts" "$dir/seen" && grep -q "1e400" "$dir/seen"'
book '<sheet name="Bombe" r:id="r1"/>'
{
	printf '<!DOCTYPE x [<!ENTITY a0 "lol">'
	for ((i = 1; i < 12; i++)); do
		printf "<!ENTITY a$i \"%s\">" "$(yes "&a$((i - 1));" | head -n 10 | tr -d '\n')"
	done
	printf ']><worksheet><sheetData><row><c t="str"><v>Vorher</v></c></row><row><c t="str"><v>&a11;</v></c></row></sheetData></worksheet>'
} >"$dir/parts/xl/worksheets/sheet1.xml"
ok 'entities are not unfolded' 'pack laughs.xlsx && refuses damaged "$dir/laughs.xlsx" && sees_not lollol'
book '<sheet name="Groß" r:id="r1"/>'
{
	printf '<worksheet><sheetData>'
	head -c 100000000 /dev/zero | tr '\0' ' '
	printf '</sheetData></worksheet>'
} >"$dir/parts/xl/worksheets/sheet1.xml"
ok 'what is packed to fill memory is not unpacked' 'pack bomb.xlsx && refuses damaged "$dir/bomb.xlsx" && warns "sheet .Groß. of bomb.xlsx is too large when unpacked"'

cat >"$dir/lv.x83" <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<GAEB xmlns="http://www.gaeb.de/GAEB_DA_XML/DA83/3.2"><GAEBInfo><Version>3.2</Version></GAEBInfo>
<PrjInfo><NamePrj>67.2-2027/11</NamePrj><LblPrj>Sanierung der Friedhofsmauer</LblPrj><Cur>EUR</Cur></PrjInfo>
<Award><DP>83</DP><AwardInfo><OpenDate>2027-06-14</OpenDate><OpenTime>11:00:00</OpenTime><EvalEnd>2027-07-30</EvalEnd></AwardInfo>
<OWN><Address><Name1>Stadt Musterstadt</Name1><Street>Markt 1</Street><PCode>12345</PCode><City>Musterstadt</City><Email>bau@musterstadt.example</Email></Address></OWN>
<BoQ ID="B"><BoQInfo><Name>LV 1</Name><LblBoQ>Mauerwerk</LblBoQ></BoQInfo><BoQBody>
<Remark><Description><CompleteText><DetailTxt><Text><p><span>Die ZTV-ING ist zu beachten.</span></p></Text></DetailTxt><OutlineText><OutlTxt><TextOutlTxt><p><span>Vorbemerkungen</span></p></TextOutlTxt></OutlTxt></OutlineText></CompleteText></Description></Remark>
<BoQCtgy RNoPart="01"><LblTx><p><span>Abbruch</span></p></LblTx><BoQBody><BoQCtgy RNoPart="02"><LblTx><p><span>Mauer</span></p></LblTx><BoQBody><Itemlist>
<Item RNoPart="0010"><Qty>120.5</Qty><QU>m²</QU><Description><CompleteText><DetailTxt><Text><p><span>Putz ist</span><span> vollständig</span></p><p><span>abzuschlagen.</span><br/><span>Schutt ist zu entsorgen.</span></p><image>AAAA</image></Text></DetailTxt>
<OutlineText><OutlTxt><TextOutlTxt><p><span>Putz
abschlagen</span></p></TextOutlTxt></OutlTxt></OutlineText></CompleteText></Description></Item>
<Item RNoPart="0020" RNoIndex="a"><Provis>WithTotal</Provis><Qty>5</Qty><QU>h</QU><UP>48.50</UP><Description><CompleteText><DetailTxt><Text><p><span>Facharbeiter</span></p></Text></DetailTxt></CompleteText></Description></Item>
</Itemlist></BoQBody></BoQCtgy></BoQBody></BoQCtgy>
<BoQCtgy RNoPart="02"><LblTx><p><span>Neubau</span></p></LblTx></BoQCtgy>
</BoQBody></BoQ></Award></GAEB>
END
ok 'a GAEB bill is read, a page for each of its main parts' 'reads "$dir/lv.x83" && sees "== lv.x83 application/x-gaeb-xml 2" && sees "  Sanierung der Friedhofsmauer" && grep -xA1 -- "-- lv.x83 2" "$dir/seen" | grep -q " 02 Neubau$"'
ok 'its head is labels and values' 'sees "  Auftraggeber | Stadt Musterstadt, Markt 1, 12345 Musterstadt" && sees "  Angebotsöffnung | 2027-06-14, 11:00:00" && sees "  Zuschlagsfrist | 2027-07-30"'
ok 'its remarks are read' 'sees "  Vorbemerkungen" && sees "  Die ZTV-ING ist zu beachten."'
ok 'its items are rows with number, text, quantity and unit' 'grep -q "^. 01 Abbruch$" "$dir/seen" && grep -q "^. 01.02 Mauer$" "$dir/seen" && grep -q "^. 01.02.0010 | Putz abschlagen$" "$dir/seen" && grep -q "120.5 | m²$" "$dir/seen" &&
	grep -q "01.02.0020a | Facharbeiter" "$dir/seen" && grep -q "Bedarfsposition" "$dir/seen" && grep -q "Einheitspreis 48.50 EUR" "$dir/seen"'
ok 'their long texts follow, sentences whole' 'grep -q "Putz ist vollständig abzuschlagen." "$dir/seen" && grep -q "Schutt ist zu entsorgen." "$dir/seen" && sees_not AAAA'
ok 'one of another character set is read' 'sed "s/UTF-8/ISO-8859-1/" "$dir/lv.x83" | iconv -f UTF-8 -t ISO-8859-1 >"$dir/latin.x83" && reads "$dir/latin.x83" && grep -q "120.5 | m²$" "$dir/seen"'
ok 'one that breaks off is read up to there' 'printf "<GAEB><PrjInfo><LblPrj>Vorher</LblPrj></PrjInfo><Award><BoQ>" >"$dir/cut.x83" && reads "$dir/cut.x83" && sees "  Vorher" && warns "cut.x83 is damaged"'
ok 'one in which nothing can be read is refused' 'echo "<GAEB><" >"$dir/none.x83" && refuses damaged "$dir/none.x83"'
ok 'parts in parts end somewhere' '{ printf "<GAEB><PrjInfo><LblPrj>Vorher</LblPrj></PrjInfo><Award><BoQ>"; yes "<BoQBody><BoQCtgy RNoPart=\"1\">" | head -n 5000; } >"$dir/deep.x83" && reads "$dir/deep.x83" && sees "  Vorher" && warns "deep.x83 is damaged"'
done_testing
