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

LOG="$ROOT/var/install.log"

# quietly WHAT COMMAND...: one line with what is done and its seconds.  What
# the command prints goes to the log, of which the end is shown if it fails.
quietly() {
    what=$1
    shift
    mkdir -p "${LOG%/*}"
    printf '\n== %s\n' "$what" >> "$LOG"
    printf '%s ...' "$what"
    began=$(date +%s)
    ticking=
    if [ -t 1 ]; then
        tick "$what" &
        ticking=$!
    fi
    status=0
    "$@" >> "$LOG" 2>&1 || status=$?
    if [ -n "$ticking" ]; then
        kill "$ticking" 2>/dev/null || :
        printf '\r%s ...' "$what"
    fi
    if [ "$status" -ne 0 ]; then
        say " failed"
        tail -n 20 "$LOG" >&2
        die "$what failed.  The whole of it is in $LOG"
    fi
    say " $(($(date +%s) - began)) s"
}

# tick WHAT: show each second that it goes on, until this shell has ended
tick() {
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        printf '\r%s ... %s s' "$1" "$(($(date +%s) - began))"
    done
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
    # Asked for here, since nothing shows while a step goes on
    [ "$(id -u)" -eq 0 ] || sudo -v
    quietly "Reading Debian's list of packages" as_root apt-get update -q
    # shellcheck disable=SC2086
    quietly "Installing $(say "$missing" | wc -w) packages of Debian" \
        as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends $missing
}

# make_venv EXTRAS: the project in editable mode, again when pyproject.toml or
# the versions changed
make_venv() {
    if ! "$PYTHON" -c 'import pip' >/dev/null 2>&1; then
        python=$(find_python) || die "No Python 3.11 or newer with venv found."
        rm -rf "$VENV"
        quietly "Making the virtual environment" "$python" -m venv "$VENV"
    fi
    stamp="$VENV/.installed-$(say "$1" | tr ',' '-')"
    versions="$ROOT/docker/constraints.txt"
    wanted=$(cat "$ROOT/pyproject.toml" "$versions" | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        quietly "Installing the modules and what they need" \
            "$PYTHON" -m pip install --progress-bar off \
            --constraint "$versions" --editable "${ROOT}[$1]"
        say "$wanted" > "$stamp"
    fi
}

SAO="$ROOT/var/sao"
SAO_SERIES=8.0

# make_sao: the web client, only what its page refers to, and what we add
make_sao() {
    [ -f "$SAO/.complete" ] \
        || quietly "Fetching the web client" fetch_sao
    cat "$ROOT"/script/sao/*.js > "$SAO/custom.js"
    cp "$ROOT/script/sao/custom.css" "$SAO/"
    for words in "$ROOT"/script/sao/*.json; do
        cp "$words" "$SAO/locale/suite_${words##*/}"
    done
}

fetch_sao() {
    rm -rf "$SAO"
    build=$(mktemp -d)
    build_sao "$build" && pick_sao "$build/package" && : > "$SAO/.complete"
    status=$?
    rm -rf "$build"
    return "$status"
}

# build_sao DIRECTORY
build_sao() (
    cd "$1" \
        && npm pack --silent "tryton-sao@$SAO_SERIES" \
        && tar -xzf tryton-sao-*.tgz \
        && cd package \
        && npm install --silent --omit=dev --legacy-peer-deps \
            --ignore-scripts --no-audit --no-fund
)

# pick_sao DIRECTORY
pick_sao() (
    mkdir -p "$SAO" && cd "$1" && {
        find index.html COPYRIGHT LICENSE dist images locale sounds -type f
        grep -o 'node_modules/[^"]*' index.html
        find node_modules/bootstrap/fonts -type f
    } | tar -cf - -T - | tar -xf - -C "$SAO"
)

DESKTOP="$ROOT/var/desktop"

# make_desktop: Tryton's GTK client on Debian's own Python, for its gi
make_desktop() {
    [ -f "$DESKTOP/.complete" ] \
        || quietly "Fetching the desktop client" fetch_desktop
}

fetch_desktop() {
    rm -rf "$DESKTOP"
    /usr/bin/python3 -m venv --without-pip --system-site-packages "$DESKTOP" \
        && "$PYTHON" -m pip --python "$DESKTOP/bin/python" install --quiet \
            --no-deps 'tryton >= 8.0, < 8.1' python-dateutil six \
        && : > "$DESKTOP/.complete"
}
