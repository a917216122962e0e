#!/bin/bash
# RTF, as word processors write it, and as nobody should.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
. "$top/tests/tender/reads.sh"

cat >"$dir/a.rtf" <<'END_RTF'
{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\froman\fcharset2 Symbol;}{\f2\fswiss\fcharset238 Arial CE;}{\f3\fcharset204 Arial Cyr;}}
{\colortbl;\red0\green0\blue0;\red255\green255\blue255;\red0\green0\blue128;}
{\stylesheet{\s0 Normal;}{\s1 heading 1;}}{\info{\title Ignore 1}{\author Ignore 2}}
{\*\generator Ignore 3;}{\header \pard Running head\par}
{\*\listtable{\list\listtemplateid1{\listlevel\levelnfc0{\leveltext\'02\'00.;}}}}
\paperw11906\paperh16838\sectd
\pard\plain\fs32\b {\listtext\pard\plain 1.\tab}Gegenstand der Leistung\par
\pard\plain\fs22 Der Auftragnehmer {\b hat} die Anlagen j\'e4hrlich zu pr\'fcfen\'97\u8222?Regelpr\u252\'fcfung\ldblquote  \u8364 \'80\u-10179?\u-8704?.{\footnote\pard\plain{\super\chftn} Nach DGUV V3.}\par
\pard{\pntext\f1\'b7\tab}Pr\'fcfprotokoll,\par
{\listtext\pard\plain\f1 \'b7\tab}M\'e4ngelliste\par
\pard\plain\fs22 {\v Ignore 4}Sichtbar.{\cf2 Ignore 5}{\fs2 Ignore 6}{\cf2\cb3 Auf dunklem Grund}{\*\unknown Ignore 7}{\deleted Ignore 8}\par
\pard {\f2 P\'f8\'edloha} {\f3 \'c4\'ee\'e3\'ee\'e2\'ee\'f0}\par
\page\pard Zweite Seite.\par
\trowd\trgaph70\trleft-70\cellx2000\cellx9000\pard\intbl Frist\cell 03.05.2027, 11:00 Uhr\cell\row
\trowd\trgaph70\trleft-70\cellx2000\cellx9000\pard\intbl Ort\cell\pard\intbl Rathaus,\par Zimmer 12\cell\trowd\cellx2000\cellx9000\row
\pard\intbl Los\cell Nummer 2\cell\row
\pard Feld: {\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt Verweis}}\par
{\shp{\*\shpinst\shpleft0{\sp{\sn Ignore 9}{\sv 0}}{\shptxt\pard Im Kasten\par}}}Neben dem Kasten.\par
\pard\tqr\tldot\tx9000 Preis\tab 7\par
\sect\sectd\pard Dritte Seite\line neue Zeile\par
\sect\sectd\sbknone\pard Gleiche Seite\emdash Ende {\pict\pngblip 89504e470d}{\object{\*\objdata 0102}{\result Ergebnis}} \{x\}\~y\par
}
END_RTF
ok 'an RTF is read' 'reads "$dir/a.rtf" && sees "== a.rtf application/rtf 3"'
ok 'characters of all kinds are right' 'sees "  Der Auftragnehmer hat die Anlagen jährlich zu prüfen—„Regelprüfung“ €😀." && sees "  Příloha Договор" &&
	sees "  Gleiche Seite—Ende Ergebnis {x} y"'
ok 'numbers and bullets of lists are kept' 'sees "* 1. Gegenstand der Leistung" && grep -q "^[*] .* Prüfprotokoll,$" "$dir/seen" && grep -q "^[*] .* Mängelliste$" "$dir/seen"'
ok 'cells stand beside each other' 'sees "  Frist | 03.05.2027, 11:00 Uhr" && sees "  Ort | Rathaus," && sees "  Los | Nummer 2"'
ok 'pages and sections begin pages' 'grep -xA1 -- "-- a.rtf 2" "$dir/seen" | grep -qx "  Zweite Seite." && grep -xA1 -- "-- a.rtf 3" "$dir/seen" | grep -qx "  Dritte Seite neue Zeile"'
ok 'notes and boxes follow the paragraph' 'sees "  Nach DGUV V3." && sees "  Im Kasten" && sees "  Neben dem Kasten."'
ok 'fields show what they show' 'sees "  Feld: Verweis" && sees "  Preis ........ 7"'
ok 'white text on dark ground is read' 'sees "  Sichtbar.Auf dunklem Grund"'
ok 'what nobody sees says nothing' 'sees_not Ignore && sees_not "Running head" && sees_not HYPERLINK'

cat >"$dir/cyrillic.rtf" <<'END_RTF'
{\rtf1\ansi\ansicpg1251 \'c4\'ee\par}
END_RTF
cat >"$dir/mac.rtf" <<'END_RTF'
{\rtf1\mac Gr\'9a\'a7e\par}
END_RTF
printf '{\\rtf1\\ansi Gr\374\337e\\par}' >"$dir/raw.rtf"
printf '{\\rtf1\\ansi Vor{\\bin9 }}}}{{{\\x}nach\\par}' >"$dir/binary.rtf"
ok 'the code page of the document is used' 'reads "$dir/cyrillic.rtf" && sees "  До" && reads "$dir/mac.rtf" && sees "  Größe" && reads "$dir/raw.rtf" && sees "  Grüße"'
ok 'binary data is passed over' 'reads "$dir/binary.rtf" && sees "  Vornach"'

ok 'one that breaks off is read up to there, with a warning' 'head -c 1500 "$dir/a.rtf" >"$dir/cut.rtf" && reads "$dir/cut.rtf" && sees "* 1. Gegenstand der Leistung" && warns "cut.rtf breaks off"'
ok 'one without text is refused' 'printf "{\\\\rtf1" >"$dir/none.rtf" && refuses damaged "$dir/none.rtf" && printf "{\\\\rtf1{\\\\pict 89504e47}}" >"$dir/picture.rtf" && refuses damaged "$dir/picture.rtf" && sees_not "-- picture.rtf"'
ok 'a million groups are read, in each other and behind each other' '
	{ printf "{\\\\rtf1 Anfang\\\\par "; head -c 1000000 /dev/zero | tr "\\0" "{"; head -c 1000000 /dev/zero | tr "\\0" "}"
	yes "{}" | head -n 1000000; printf "Ende\\\\par}"; } >"$dir/deep.rtf" && reads "$dir/deep.rtf" && sees "  Anfang" && sees "  Ende" && warns "groups in more than"'
ok 'numbers that are too large do no harm' 'printf "{\\\\rtf1\\\\fs99999999999999999999\\\\u99999999999?\\\\cf-5\\\\uc99999\\\\f-1\\\\li99999999999\\\\trowd\\\\cellx-99999999999\\\\cellx1 a\\\\cell\\\\row b\\\\bin999999999 }" >"$dir/large.rtf" &&
	reads "$dir/large.rtf" && sees "  b"'
done_testing
