# Sourced by every script: where things are, and which compiler builds the runtime.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/tributary/target}
# Debian's OpenSSL instead of one compiled here.
export OPENSSL_NO_VENDOR=1

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "error: $*"
    exit 1
}

# Whether a compiler can compile for the target of the runtime: it has the target's libraries, and of its own version. Libraries that were
# made for an older compiler lie there as well after an upgrade, so it is tried.
has_wasm_target() {
    local folder code=0
    folder=$(mktemp -d)
    printf '#![no_std]\nextern crate alloc;\n' >"$folder/trial.rs"
    "$1" --crate-type lib --emit metadata --target wasm32v1-none --out-dir "$folder" "$folder/trial.rs" >/dev/null 2>&1 || code=1
    rm -rf "$folder"
    return $code
}

# The first rustc is used if it can build the runtime, else Debian's (see scripts/setup).
use_compiler() {
    if [ "${TRIBUTARY_COMPILER:-}" != debian ] && has_wasm_target rustc; then
        return 0
    fi
    has_wasm_target /usr/bin/rustc || return 1
    export PATH=/usr/bin:$PATH RUSTC=/usr/bin/rustc
}

# Cargo names what it compiles by paths relative to the workspace and tells by times whether it is current. Two checkouts that share a
# target directory would therefore take each other's crates for their own: the sources of the one that comes are made newer.
own_target_directory() {
    local marker=$CARGO_TARGET_DIR/last-checkout
    mkdir -p "$CARGO_TARGET_DIR"
    if [ "$(cat "$marker" 2>/dev/null)" != "$root" ]; then
        find "$root"/{client,node,pallets,runtime} -type f -exec touch {} +
        printf '%s' "$root" >"$marker"
    fi
}

# Node and client. The whole workspace always: a part by itself would ask for other features of the same dependencies, and compile
# them again.
build_programs() {
    own_target_directory
    (cd "$root" && cargo build --release --locked --workspace)
}
