#!/usr/bin/env bash
# Writes to each image that the files name the digest that its tag has now, so that what is built
# tomorrow is what was tested today. Needs the network and one of skopeo, crane or docker.
#
#   pin-images.sh [file…]
set -euo pipefail
cd "$(dirname "$0")/.."

list=$(mktemp)
trap 'rm -f "$list"' EXIT

digest_of() {
    if command -v skopeo >/dev/null; then
        # Of the list of all platforms, byte for byte, as the others say it.
        skopeo inspect --raw "docker://$1" >"$list" || return 1
        printf 'sha256:%s\n' "$(sha256sum <"$list" | cut -d ' ' -f 1)"
    elif command -v crane >/dev/null; then
        crane digest "$1"
    elif command -v docker >/dev/null; then
        docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}'
    else
        echo "one of skopeo, crane or docker is needed" >&2
        return 1
    fi
}

files=("$@")
[ ${#files[@]} -gt 0 ] || files=(deploy/Containerfile deploy/compose.yaml)

# `ARG X_IMAGE=<image>` and `${X_IMAGE:-<image>}`, with a digest or without.
images=$(sed -nE 's/^ARG [A-Z]+_IMAGE=([^@ ]+).*/\1/p; s/.*\$\{[A-Z]+_IMAGE:-([^@}]+).*/\1/p' "${files[@]}")
[ -n "$images" ] || {
    echo "no image is named in ${files[*]}" >&2
    exit 1
}

for image in $images; do
    digest=$(digest_of "$image")
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || {
        echo "$image has no digest: $digest" >&2
        exit 1
    }
    echo "$image@$digest"
    pattern=${image//./\\.}
    sed -i -E "s#([=-])$pattern(@sha256:[0-9a-f]{64})?(\}|\$)#\1$image@$digest\3#" "${files[@]}"
done
