#!/bin/sh
# SPDX-License-Identifier: MIT
# What is fetched to be run is pinned: OpenSSL the same in both images, and by its hash; each action of a
# workflow by the hash of a commit; and no workflow may do more than it says.
# shellcheck disable=SC2015 # the last command of each chain only reports
set -u
cd "$(dirname "$0")/../.." || exit 1
status=0
bad()
{
    printf '%s\n' "$*"
    status=1
}

oss=fuzz/oss-fuzz/Dockerfile lite=.clusterfuzzlite/Dockerfile
for pin in OPENSSL OPENSSL_SHA256; do
    line=$(grep "^ARG $pin=" $oss)
    [ -n "$line" ] || bad "$oss pins no $pin"
    grep -qxF "$line" $lite || bad "$lite does not say '$line'"
done
grep -qE '^ARG OPENSSL_SHA256=[0-9a-f]{64}$' $oss || bad "$oss: OPENSSL_SHA256 is no hash"
grep -q 'sha256sum -c' $oss && grep -q 'sha256sum -c' $lite || bad 'the hash of OpenSSL is not checked'

for file in .github/workflows/*.yml; do
    loose=$(grep 'uses:' "$file" | grep -vE 'uses: [A-Za-z0-9/_.-]+@[0-9a-f]{40} # v[0-9.]+$')
    [ -z "$loose" ] || bad "$file does not pin: $loose"
    grep -qx 'permissions: {}' "$file" || bad "$file does not begin with no permissions"
    ! grep -nE ': write|write-all|read-all' "$file" || bad "$file takes more than it needs"
done
exit $status
