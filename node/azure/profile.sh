# shellcheck shell=sh
# As on the nodes of the old scripts, shells are in vi mode; put `set -o emacs` into your own ~/.bashrc to change that.
if [ -n "${BASH_VERSION-}" ]; then
  case $- in *i*) set -o vi ;; esac
fi
