# shellcheck shell=bash
# Packages, for the two families of distributions in Google's images.

# os_release NAME: prints a field of the distribution's own description, such as ID.
os_release() {
  (
    # shellcheck source=/dev/null
    [[ ! -e $NODE_ROOT/etc/os-release ]] || . "$NODE_ROOT/etc/os-release"
    printf '%s\n' "${!1:-}"
  )
}

# package_family: prints apt or yum.
package_family() {
  case " $(os_release ID) $(os_release ID_LIKE) " in
    *" rhel "* | *" centos "* | *" fedora "*) echo yum ;;
    *) echo apt ;;
  esac
}

has_package() {
  if [[ $(package_family) == yum ]]; then
    rpm --query --quiet "$1"
  else
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
  fi
}

# install_packages PACKAGE...: from the repositories that the machine knows.
install_packages() {
  if [[ $(package_family) == yum ]]; then
    yum -q -y install "$@"
  else
    apt_install "$@"
  fi
}

# One of the image's repositories may no longer exist, which fails the update: others may have the packages.
apt_install() {
  apt_get update || echo "apt-get update failed; continuing with the present lists"
  apt_get -y install --no-install-recommends "$@"
}

# Another process, such as the machine's own upgrades, may hold the lock of packages.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q "$@"
}

# apt_install_apart SOURCES PACKAGE: installs it only from the repositories of that file (or folder), with lists and
# downloads in a folder of its own. The user's command may call apt-get at the same moment: then both need only dpkg's
# lock.
apt_install_apart() {
  local folder=$STATE_FOLDER/apt sources=$1 options
  shift
  mkdir -p "$folder/lists/partial" "$folder/archives/partial" || return 1
  options=(-o "Dir::State::lists=$folder/lists" -o "Dir::Cache::archives=$folder/archives")
  options+=(-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
  if [[ -d $sources ]]; then
    options+=(-o "Dir::Etc::sourceparts=$sources")
  else
    options+=(-o "Dir::Etc::sourcelist=$sources" -o Dir::Etc::sourceparts=-)
  fi
  apt_get "${options[@]}" update && apt_get "${options[@]}" -y install --no-install-recommends "$@"
}

# apt_waits_for_locks: makes every call of apt-get wait for dpkg's lock, also the user's own.
apt_waits_for_locks() {
  mkdir -p "$NODE_ROOT/etc/apt/apt.conf.d" "$NODE_ROOT/etc/apt/sources.list.d" "$NODE_ROOT/usr/share/keyrings" &&
    echo 'DPkg::Lock::Timeout "300";' >"$NODE_ROOT/etc/apt/apt.conf.d/90cluster-lock"
}

# fetch URL FILE
fetch() {
  curl --fail --silent --show-error --location --connect-timeout 10 --max-time 60 --output "$2" "$1"
}
