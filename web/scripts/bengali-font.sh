#!/bin/sh
# Makes src/styles/fonts/noto-sans-bengali.woff2 from the font that npm installs: only the weights and
# letters that the client uses, with every shaping rule (conjuncts, vowel signs, reph) kept.
# Run it after a new version of the font: `sh scripts/bengali-font.sh`, in web/.
# Needs Python 3. The result is the same for the same versions.
set -eu

source=node_modules/@fontsource-variable/noto-sans-bengali/files/noto-sans-bengali-bengali-wght-normal.woff2
target=src/styles/fonts/noto-sans-bengali.woff2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet install fonttools==4.68.0 brotli==1.2.1
# Body is 400, titles 650; no other weight is on a page.
"$work/venv/bin/fonttools" varLib.instancer --quiet --no-recalc-timestamp "$source" wght=400:700 --output "$work/weights.ttf"
# Vedic signs are left to the system's fonts.
"$work/venv/bin/pyftsubset" "$work/weights.ttf" \
	--unicodes=U+0951-0952,U+0964-0965,U+0980-09FE,U+200C-200D,U+20B9,U+25CC \
	--layout-features='*' --no-recalc-timestamp --no-hinting --no-glyph-names --notdef-outline \
	--flavor=woff2 --output-file="$target"
ls -l "$target"
