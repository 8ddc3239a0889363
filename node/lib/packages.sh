# shellcheck shell=bash
# Packages, of the two families of distributions that Google's images have.

# package_family: prints apt or yum.
package_family() {
  local ID='' ID_LIKE=''
  if [[ -e $NODE_ROOT/etc/os-release ]]; then
    # shellcheck source=/dev/null
    . "$NODE_ROOT/etc/os-release"
  fi
  case " $ID $ID_LIKE " in
    *" rhel "* | *" centos "* | *" fedora "*) echo yum ;;
    *) echo apt ;;
  esac
}

# install_packages PACKAGE...: from the repositories that the machine knows.
install_packages() {
  if [[ $(package_family) == yum ]]; then
    yum_install "$@"
  else
    apt_install "$@"
  fi
}

# Another process, such as the machine's own upgrades, may hold the lock of packages.
apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q update &&
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y install --no-install-recommends "$@"
}

yum_install() {
  yum -q -y install "$@"
}
