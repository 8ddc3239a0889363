# shellcheck shell=bash
# The programs in /opt, which people run too: those that node/gcp/programs lists. Their texts are in the function
# `programs` of the joined script, which calls `program` with each (terraform/modules/gcp/startup_script).

place_programs() {
  programs
}

# program PATH: writes standard input to the file below /opt; a program that runs keeps the text that it has begun with.
program() {
  local file=$NODE_ROOT/opt/$1
  mkdir -p "$(dirname "$file")"
  cat >"$file.new"
  chmod 755 "$file.new"
  mv -f "$file.new" "$file"
}
