# Sourced by try.sh and test.sh: makes `.venv` in the checkout and installs Gatehouse into it.
# shellcheck shell=bash
# Expects $root, the checkout. Sets $python, the interpreter of the environment.

python="$root/.venv/bin/python"
# Settings of the caller's Python would shadow what is installed here.
unset PYTHONHOME PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

is_usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# The first Python that can make environments, else the first that is new enough, else nothing.
find_python() {
    local candidate second=""
    for candidate in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
        is_usable "$candidate" || continue
        has_venv "$candidate" && { printf '%s' "$candidate"; return; }
        [ -n "$second" ] || second=$candidate
    done
    printf '%s' "$second"
}

# The packages that bring what is missing, as Debian and Ubuntu call them.
missing_packages() {
    if [ -n "$1" ]; then
        "$1" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))'
    else
        echo "python3 python3-venv"
    fi
}

install_packages() {
    local packages
    packages=$(missing_packages "$1")
    command -v apt-get >/dev/null || fail "Python 3.11 or newer with its venv module is needed; install it"
    [ "$(id -u)" = 0 ] || fail "packages are missing; install them with: sudo apt-get install $packages"
    echo "installing $packages" >&2
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q $packages >&2 ||
        { apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q $packages >&2; } ||
        fail "apt-get could not install $packages"
}

make_environment() {
    local base
    base=$(find_python)
    if [ -z "$base" ] || ! has_venv "$base"; then
        install_packages "$base"
        base=$(find_python)
        [ -n "$base" ] || fail "Python 3.11 or newer is needed; found $(python3 --version 2>&1 || echo none)"
    fi
    echo "making .venv with $("$base" --version)" >&2
    rm -rf "$root/.venv"
    "$base" -m venv "$root/.venv"
}

# What was asked for and what is there.
fingerprint() {
    "$python" - "$root" <<'PYTHON'
import hashlib, importlib.metadata, pathlib, sys
root = pathlib.Path(sys.argv[1])
installed = sorted(f"{found.name}=={found.version}" for found in importlib.metadata.distributions())
texts = [(root / name).read_bytes() for name in ("pyproject.toml", "deploy/constraints.txt")]
print(hashlib.sha256("\n".join([str(root), sys.version, *installed]).encode() + b"".join(texts)).hexdigest())
PYTHON
}

is_installed() { # extra
    [ "$(cat "$root/.venv/gatehouse-$1" 2>/dev/null)" = "$(fingerprint)" ]
}

is_sound() {
    (cd / && "$python" -c 'import services, shared, aiohttp, asyncpg, arq, click, msgspec, pyroaring, rich' 2>/dev/null)
}

install() { # extra
    echo "installing gatehouse[$1] into .venv" >&2
    cd "$root"
    "$python" -m pip install -qq -c deploy/constraints.txt hatchling editables
    # Without isolation the build uses the pinned tools just installed.
    "$python" -m pip install -qq -c deploy/constraints.txt --no-build-isolation -e ".[$1]"
    cd - >/dev/null
    fingerprint >"$root/.venv/gatehouse-$1"
}

prepare() { # extra
    # Two scripts at once must not make one environment.
    exec 9<"$root/deploy/constraints.txt"
    ! command -v flock >/dev/null || flock 9
    if ! is_usable "$python" || ! "$python" -m pip --version >/dev/null 2>&1; then
        make_environment
    elif [ -e "$root/.venv/gatehouse-root" ] && [ "$(cat "$root/.venv/gatehouse-root")" != "$root" ]; then
        # The checkout was moved, and the scripts in the environment still point to the old place.
        make_environment
    fi
    printf '%s' "$root" >"$root/.venv/gatehouse-root"
    # What the tests need contains everything else.
    is_installed test || is_installed "$1" || install "$1"
    # Files may be missing of what pip takes for installed.
    is_sound || { make_environment && install "$1" && is_sound; } || fail "the installation in .venv does not work"
    printf '%s' "$root" >"$root/.venv/gatehouse-root"
    exec 9>&-
}
