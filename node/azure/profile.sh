# shellcheck shell=sh
# As on the nodes of the old scripts, shells are in vi mode; `set -o emacs` in your own ~/.bashrc ends that.
if [ -n "${BASH_VERSION-}" ]; then
  case $- in *i*) set -o vi ;; esac
fi
