# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
#
# What the commands of script/ and the images share.  POSIX sh, sourced with
# ROOT set.
#
# shellcheck shell=sh

export LANG=C.UTF-8 LC_ALL=C.UTF-8
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# Nothing of the caller's reaches the servers and tests by accident.
unset TRYTOND_CONFIG TRYTOND_DATABASE_URI TRYTOND_DATABASE_NAMES
unset PYTHONPATH PYTHONHOME PYTHONOPTIMIZE

VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"

say() {
    printf '%s\n' "$*"
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Prints the first Python that is new enough and can make environments.
find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 \
            /usr/bin/python3; do
        if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c '
import sys, venv, ensurepip
sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# is_present PACKAGE CHECK
is_present() {
    case "$2" in
        python) find_python >/dev/null && return 0 ;;
        /*) for path in $2; do [ -e "$path" ] && return 0; done ;;
        ?*) command -v "$2" >/dev/null 2>&1 && return 0 ;;
    esac
    status=$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) || return 1
    [ "$status" = "install ok installed" ]
}

# missing_packages USE
missing_packages() {
    grep -v '^#' "$ROOT/script/packages.txt" \
    | while read -r package uses check; do
        case ",$uses," in
            *",$1,"*) is_present "$package" "$check" || say "$package" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# install_packages USE
install_packages() {
    [ -z "${SKIP_PACKAGES:-}" ] || return 0
    missing=$(missing_packages "$1" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        die "This is not a Debian system.  Install what corresponds to these
Debian packages, then start again with SKIP_PACKAGES=1:
    $missing"
    fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        die "Neither root nor sudo.  Ask an administrator to run:
    apt-get update && apt-get install --no-install-recommends $missing"
    fi
    say "Installing Debian packages: $missing"
    as_root apt-get update -q
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends $missing
}

# make_venv EXTRAS: the project in editable mode, again when pyproject.toml or
# the versions changed
make_venv() {
    if ! "$PYTHON" -c 'import pip' >/dev/null 2>&1; then
        python=$(find_python) || die "No Python 3.11 or newer with venv found."
        say "Making the virtual environment with $python"
        rm -rf "$VENV"
        "$python" -m venv "$VENV"
    fi
    stamp="$VENV/.installed-$(say "$1" | tr ',' '-')"
    versions="$ROOT/docker/constraints.txt"
    wanted=$(cat "$ROOT/pyproject.toml" "$versions" | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        say "Installing the modules and what they need"
        "$PYTHON" -m pip install --quiet --constraint "$versions" \
            --editable "${ROOT}[$1]"
        say "$wanted" > "$stamp"
    fi
}

SAO="$ROOT/var/sao"
SAO_SERIES=8.0

# make_sao: the web client, only what its page refers to, and what we add
make_sao() {
    [ -f "$SAO/.complete" ] || fetch_sao
    cat "$ROOT"/script/sao/*.js > "$SAO/custom.js"
    cp "$ROOT/script/sao/custom.css" "$SAO/"
    for words in "$ROOT"/script/sao/*.json; do
        cp "$words" "$SAO/locale/suite_${words##*/}"
    done
}

fetch_sao() {
    say "Fetching the web client"
    rm -rf "$SAO"
    build=$(mktemp -d)
    (
        cd "$build" || exit
        npm pack --silent "tryton-sao@$SAO_SERIES" >/dev/null
        tar -xzf tryton-sao-*.tgz
        cd package || exit
        npm install --silent --omit=dev --legacy-peer-deps --ignore-scripts \
            --no-audit --no-fund >/dev/null
    ) || die "The web client could not be fetched."
    mkdir -p "$SAO"
    (
        cd "$build/package" || exit
        {
            find index.html COPYRIGHT LICENSE dist images locale sounds -type f
            grep -o 'node_modules/[^"]*' index.html
            find node_modules/bootstrap/fonts -type f
        } | tar -cf - -T - | tar -xf - -C "$SAO"
    )
    rm -rf "$build"
    : > "$SAO/.complete"
}

DESKTOP="$ROOT/var/desktop"

# make_desktop: Tryton's GTK client on Debian's own Python, for its gi
make_desktop() {
    [ ! -f "$DESKTOP/.complete" ] || return 0
    say "Fetching the desktop client"
    rm -rf "$DESKTOP"
    /usr/bin/python3 -m venv --without-pip --system-site-packages "$DESKTOP"
    "$PYTHON" -m pip --python "$DESKTOP/bin/python" install --quiet \
        --no-deps 'tryton >= 8.0, < 8.1' python-dateutil six
    : > "$DESKTOP/.complete"
}
