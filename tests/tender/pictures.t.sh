#!/bin/bash
# Pictures of pages, as phones and scanners make them: read by OCR where there is tesseract, refused in a sentence else.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
. "$top/tests/tender/reads.sh"
need pdftoppm
sample=$top/samples/city-website-rfp.pdf

# bytes LENGTH BYTE - so many of them
bytes()
{
	head -c "$1" /dev/zero | tr '\0' "$2"
}

pdftoppm -r 150 -f 1 -l 1 -png -singlefile "$sample" "$dir/first" && pdftoppm -r 200 -gray -f 2 -l 2 -jpeg -singlefile "$sample" "$dir/second" &&
	pdftoppm -r 150 -f 1 -l 1 -tiff -singlefile "$sample" "$dir/third" && pdftoppm -scale-to 60 -f 1 -l 1 -png -singlefile "$sample" "$dir/logo" || exit 99
mv "$dir/first.png" "$dir/first.pdf"
if ! reads "$dir/first.pdf" && grep -q "OCR cannot be done" "$dir/seen"; then
	ok 'without OCR a picture is refused with the reason' 'refuses unknown_type "$dir/first.pdf" && refuses unknown_type "$dir/second.jpg"'
	pass_over 'a picture is read' 'tesseract is not installed'
	done_testing
fi
ok 'a PNG is read whatever its name says' 'sees "== first.pdf image/png 1" && sees "-- first.pdf 1 ocr" && sees "  Redesign and Hosting of the City Website"'
ok 'a JPEG is read' 'reads "$dir/second.jpg" && sees "== second.jpg image/jpeg 1" && grep -q "shall not exceed [$]240,000" "$dir/seen"'
ok 'a TIFF is read' 'reads "$dir/third.tif" && sees "== third.tif image/tiff 1" && sees "  Redesign and Hosting of the City Website"'
ok 'a logo is refused for its size' 'refuses_picture() { ! reads "$1" && grep -q "^unknown_type: .*${1##*/}.*too small" "$dir/seen"; } && refuses_picture "$dir/logo.png"'
cp "$dir/logo.png" "$dir/second.jpg" "$dir/parts/"
ok 'a scan in a package is a document of it, a logo is listed' 'pack package.zip && reads "$dir/package.zip" && sees "-- second.jpg 1 ocr" && warns "logo.png.*too small"'
ok 'one that was cut is refused' 'head -c 200 "$dir/first.pdf" >"$dir/cut.png" && ! reads "$dir/cut.png" && grep -q "cut.png" "$dir/seen" && sees_not "-- cut.png"'
{
	printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\1\206\240\0\1\206\240\10\2\0\0\0'
	bytes 100 x
} >"$dir/huge.png"
ok 'one of ten thousand million pixels is refused' 'refuses too_large "$dir/huge.png"'
{
	printf '\377\330\377\340\0\20JFIF\0'
	bytes 4000 x
} >"$dir/bad.jpg"
ok 'one that only begins as a JPEG is refused' 'refuses damaged "$dir/bad.jpg" && sees_not "-- bad.jpg"'
# A TIFF says where its next page stands, in the last four bytes of its table: here, where its first one stands.
at=$(od -An -tu4 -j4 -N4 "$dir/third.tif")
n=$(od -An -tu2 -j$((at)) -N2 "$dir/third.tif")
cp "$dir/third.tif" "$dir/loop.tif"
dd if="$dir/third.tif" of="$dir/loop.tif" bs=1 skip=4 seek=$((at + 2 + 12 * n)) count=4 conv=notrunc 2>"$dir/dd.err"
ok 'a TIFF whose pages go round ends' 'reads "$dir/loop.tif" && sees "  Redesign and Hosting of the City Website" && sees_not "-- loop.tif 3" && warns "loop.tif has more pages"'
done_testing
