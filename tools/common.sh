# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# Shared by the scripts here; sourced, with $root set to the top of the source tree.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# package_present PACKAGE[:COMMAND] - by the package system, or because the command is there anyway.
package_present()
{
    case $1 in
    *:*) if command -v "${1#*:}" >/dev/null 2>&1; then return 0; fi ;;
    esac
    [ "$(dpkg-query -W -f '${db:Status-Status}' "${1%%:*}" 2>/dev/null)" = installed ]
}

# need_packages PACKAGE[:COMMAND]... - installs what is missing; asks nothing of apt when all is there.
need_packages()
{
    if ! command -v dpkg-query >/dev/null 2>&1; then
        missing=
        for package; do
            case $package in
            *:*) command -v "${package#*:}" >/dev/null 2>&1 || missing="$missing ${package#*:}" ;;
            esac
        done
        [ -z "$missing" ] && return 0
        say "these programs are missing, and this is no Debian where they could be installed:$missing"
        return 1
    fi
    missing=
    for package; do
        package_present "$package" || missing="$missing ${package%%:*}"
    done
    [ -z "$missing" ] && return 0

    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root=none
        if command -v sudo >/dev/null 2>&1; then
            if [ -t 0 ]; then as_root=sudo; elif sudo -n true 2>/dev/null; then as_root='sudo -n'; fi
        fi
    fi
    if [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1; then
        say "installing$missing"
        apt_log=$(mktemp)
        # A stale mirror of something else must not stop us: what counts is the install.
        # shellcheck disable=SC2086
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -o DPkg::Lock::Timeout=600 update >"$apt_log" 2>&1 || :
        # shellcheck disable=SC2086
        if $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 \
            install -y --no-install-recommends $missing >>"$apt_log" 2>&1 </dev/null; then
            rm -f "$apt_log"
            return 0
        fi
        tail -n 20 "$apt_log" >&2
        rm -f "$apt_log"
        say "apt-get could not install what is missing. To try by hand:"
    else
        say "packages are missing, and installing them needs root. Please run:"
    fi
    say "    sudo apt-get update && sudo apt-get install$missing"
    return 1
}

# run_logged LOG COMMAND... - quiet, unless it fails.
run_logged()
{
    run_log=$1
    shift
    if "$@" >"$run_log" 2>&1; then return 0; fi
    cat "$run_log" >&2
    return 1
}

# forget_moved_build FOLDER - a build folder that was configured for another place is of no use.
forget_moved_build()
{
    [ -f "$1/CMakeCache.txt" ] || return 0
    if ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$1/CMakeCache.txt" ||
        ! grep -qxF "CMAKE_CACHEFILE_DIR:INTERNAL=$1" "$1/CMakeCache.txt"; then
        rm -rf "$1"
    fi
}

# generator FOLDER - options that choose Ninja for a new build folder where it is there.
generator()
{
    if [ ! -f "$1/CMakeCache.txt" ] && command -v ninja >/dev/null 2>&1; then echo -GNinja; fi
}

# One builder at a time; held until unlock_build or the end of the script.
lock_build()
{
    mkdir -p "$root/build"
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$root/build/.lock"
        flock 9
    fi
}
unlock_build() { exec 9>&-; }

cpus() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1; }

# source_files PATTERN... - the project's files, each ended by NUL; without git, all but the builds.
source_files()
{
    # Whoever owns the checkout: nothing of its configuration is run by ls-files.
    if git -c safe.directory='*' -C "$root" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git -c safe.directory='*' -C "$root" ls-files -z -- "$@"
    else
        for pattern; do
            (cd "$root" && find . -path ./build -prune -o -type f -path "./$pattern" -print0)
        done
    fi
}
