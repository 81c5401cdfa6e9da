#!/bin/sh
# Makes the locks anew from the wishes in pyproject.toml: `make lock`.
# One lock serves Python 3.10 to 3.14 on Linux and macOS; it names no index.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}

lock() {
    output=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.10 --no-python-downloads \
        --no-annotate --custom-compile-command "make lock" \
        --extra hub --group environment --group build "$@" pyproject.toml -o "requirements/$output"
}

lock run.txt
lock develop.txt --group test --group lint --constraint requirements/run.txt
lock hub55.txt --group test --constraint requirements/hub55.in
