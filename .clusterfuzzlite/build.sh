#!/bin/bash -eu
# SPDX-License-Identifier: MIT
# The same build as for OSS-Fuzz.
exec bash -eu "$SRC/weir/fuzz/oss-fuzz/build.sh"
