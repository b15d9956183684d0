# SPDX-License-Identifier: MIT
# Install rules. (Filled in below.)
