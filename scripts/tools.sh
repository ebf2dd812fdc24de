#!/usr/bin/env bash
# What the Makefile needs around the compilers: packages of the system, and the
# runner of the Rust tests.
#
#   tools.sh tests                    install what the tests need, or say what is missing
#   tools.sh run-tests <cargo args>   run Rust tests beside a throw-away PostgreSQL
#   tools.sh paced <command…>         run a command that knows how slow the machine is
set -euo pipefail
cd "$(dirname "$0")/.."

has() { command -v "$1" >/dev/null 2>&1; }

# The programs of a server, or a server that runs and the program to speak with it; as
# crates/testkit/src/programs.rs looks for them.
has_postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has initdb ||
        { [ -n "${BATTALA_TEST_POSTGRES_URL:-}" ] && has psql; }
}

has_venv() { has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }

has_fonts() { has fc-list && fc-list :lang=bn family | grep -q .; }

# Debian packages that are missing for the tests.
missing_packages() {
    has chromium || [ -n "${CHROMIUM_PATH:-}" ] || echo chromium
    has_postgres || echo postgresql
    has_venv || echo python3-venv
    has_fonts || echo fontconfig fonts-noto-core fonts-noto-color-emoji
}

require_builders() {
    local missing=()
    has cargo || missing+=("Rust, see https://rustup.rs")
    has node || missing+=("Node.js 20.19 or newer")
    has npm || missing+=("npm")
    has cc || missing+=("a C compiler")
    if [ ${#missing[@]} -gt 0 ]; then
        printf 'missing: %s\n' "${missing[@]}" >&2
        exit 1
    fi
}

install_packages() {
    local packages
    packages=$(missing_packages | tr '\n' ' ')
    [ -n "${packages// /}" ] || return 0
    if [ "$(id -u)" -ne 0 ] || ! has apt-get; then
        echo "the tests need these Debian packages, or the same by other names: $packages" >&2
        exit 1
    fi
    echo "installing $packages"
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
}

# Deadlines of tests are multiplied by what this finds; see crates/testkit/src/pace.rs.
measure_pace() {
    cargo build --locked -q -p battala-testkit --bin testkit
    [ -n "${BATTALA_TEST_SLOWNESS:-}" ] || BATTALA_TEST_SLOWNESS=$(target/debug/testkit slowness)
    export BATTALA_TEST_SLOWNESS
    echo "deadlines are multiplied by $BATTALA_TEST_SLOWNESS on this machine"
}

# nextest runs tests of all crates side by side, but no examples of documents.
run_tests() {
    measure_pace
    local beside=(target/debug/testkit postgres --)
    if has cargo-nextest; then
        "${beside[@]}" cargo nextest run --locked --no-fail-fast --status-level fail "$@"
        [[ "$*" != *--workspace* ]] || cargo test --locked -q --doc --workspace
    else
        "${beside[@]}" cargo test --locked --no-fail-fast "$@"
    fi
}

case "${1:-}" in
    tests)
        require_builders
        install_packages
        ;;
    run-tests)
        shift
        run_tests "$@"
        ;;
    paced)
        shift
        measure_pace
        # Wherever it was found.
        if [ -z "${CHROMIUM_PATH:-}" ] && has chromium; then
            CHROMIUM_PATH=$(command -v chromium)
            export CHROMIUM_PATH
        fi
        "$@"
        ;;
    *)
        sed -n '2,8p' "$0"
        exit 2
        ;;
esac
