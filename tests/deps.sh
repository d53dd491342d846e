#!/bin/sh
# SPDX-License-Identifier: ISC
# Installs what a task needs, by apt, with sudo when not root; asks nothing
# where everything is there already.  Servers are unpacked, never installed:
# an installed one would start as a service and replace the machine's own.
# usage: tests/deps.sh build|demo|check|lint...
set -eu

build="gcc g++ make pkg-config libc6-dev libcurl4-gnutls-dev libetpan-dev
 libctemplate-dev libsqlite3-dev libgnutls28-dev libmicrohttpd-dev
 libjansson-dev libconfuse-dev libcmark-dev libcsv-dev libgumbo-dev
 libssl-dev libc-ares-dev libidn2-dev libyaml-dev libbsd-dev libsystemd-dev
 libsodium-dev libseccomp-dev liblinear-dev ca-certificates"
demo="$build python3 python3-aiosmtpd openssl procps w3m"
check="$demo libcmocka-dev clang libclang-rt-14-dev python3-pytest python3-pytest-xdist
 chromium fonts-dejavu-core python3-dkim opendkim-tools sqlite3 man-db groff git"
lint="clang clang-format clang-tidy cppcheck shellcheck git"
servers_demo="dovecot-core dovecot-imapd dovecot-lmtpd"
servers_check="$servers_demo postfix"

cd "$(dirname "$0")/.."
unpacked=build/unpacked
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo

apt_ready() {
    [ -z "${apt_is_ready-}" ] || return 0
    $as_root apt-get -qq update
    apt_is_ready=1
}

install_missing() {
    missing=
    for p in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null |
            grep -qx installed || missing="$missing $p"
    done
    [ -n "$missing" ] || return 0
    echo "installing:$missing"
    apt_ready
    # shellcheck disable=SC2086 # one word per package
    DEBIAN_FRONTEND=noninteractive $as_root apt-get -qq -y \
        --no-install-recommends install $missing >/dev/null
}

# The libraries of the servers are installed, the servers only unpacked.
unpack() {
    for server in "$@"; do
        [ -e "$unpacked/.$server" ] && continue
        apt_ready
        # shellcheck disable=SC2046 # one word per package
        install_missing $(apt-cache depends "$server" |
            awk '/^ *Depends: lib/ { print $2 }')
        mkdir -p "$unpacked"
        (cd "$unpacked" &&
            apt-get -qq -o APT::Sandbox::User=root download "$server")
        dpkg -x "$unpacked/$server"_*.deb "$unpacked"
        rm -f "$unpacked/$server"_*.deb
        : > "$unpacked/.$server"
    done
}

for what in "$@"; do
    # shellcheck disable=SC2086 # one word per package
    case $what in
    build) install_missing $build ;;
    demo) install_missing $demo && unpack $servers_demo ;;
    check) install_missing $check && unpack $servers_check ;;
    lint) install_missing $build $lint ;;
    *) echo "deps.sh: build, demo, check or lint, not $what" >&2; exit 64 ;;
    esac
done
