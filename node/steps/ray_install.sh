# shellcheck shell=bash
# Installs Ray into a virtual environment of its own, in the versions of ray_packages, with the image's own Python;
# and makes the user that it runs as.

RAY_VENV=$NODE_ROOT/opt/ray
RAY_FOLDER=/var/lib/ray

# install_ray: does nothing if Ray is installed already, as after a reboot.
install_ray() {
  local python want
  python=$(ray_python)
  if [[ -z $python ]]; then
    echo "Ray needs one of Python 3.10 to 3.13, and this image has none; use another image"
    return 1
  fi
  want="$python $(ray_packages | sha256sum)"
  if [[ $(cat "$RAY_VENV/.installed" 2>/dev/null) == "$want" ]]; then
    echo "Ray is in $RAY_VENV already"
  else
    rm -rf "$RAY_VENV"
    make_ray_venv "$python"
    ray_packages_for "$python" >"$STATE_FOLDER/ray-packages.txt"
    retry "$INSTALL_LIMIT" "$RAY_VENV/bin/python3" -m pip install --quiet --disable-pip-version-check --no-input \
      --require-hashes --only-binary :all: -r "$STATE_FOLDER/ray-packages.txt"
    join_packages "$python"
    printf '%s' "$want" >"$RAY_VENV/.installed"
  fi
  mkdir -p "$NODE_ROOT/usr/local/bin"
  ln -sfn "$RAY_VENV/bin/ray" "$NODE_ROOT/usr/local/bin/ray"
}

# ray_python: prints the Python for Ray: the image's Python with PyTorch or TensorFlow, so that tasks can use
# them; else the first that Ray supports; nothing for none. It tries each as the user that Ray runs as, since
# not every user can run every one.
ray_python() {
  local candidate kind first=''
  while read -r candidate; do
    kind=$(as_ray_user "$candidate" -c '
import sys
from importlib.util import find_spec
if (3, 10) <= sys.version_info < (3, 14):
    print("framework" if find_spec("torch") or find_spec("tensorflow") else "plain")' </dev/null 2>/dev/null) || continue
    [[ $kind != framework ]] || first=$candidate
    [[ -z $kind ]] || : "${first:=$candidate}"
    [[ $kind != framework ]] || break
  done < <(ray_python_candidates)
  [[ -z $first ]] || echo "$first"
}

# ray_python_candidates: a login's Python, the notebook's, and the places in Google's images.
ray_python_candidates() {
  { as_ray_user bash -lc 'command -v python3' </dev/null 2>/dev/null || true; } | tail -n 1
  { systemctl cat jupyter.service 2>/dev/null || true; } |
    sed -n "s|^ExecStart=.*[ \"'=]\(/[^ \"']*\)/jupyter.*|\1/python3|p"
  echo /opt/conda/bin/python3
  echo /usr/bin/python3
}

# make_ray_venv PYTHON: on Debian and Ubuntu the module venv is a package of its own.
make_ray_venv() {
  "$1" -m venv "$RAY_VENV" && return
  retry "$INSTALL_LIMIT" install_packages python3-venv
  rm -rf "$RAY_VENV"
  "$1" -m venv "$RAY_VENV"
}

# ray_packages_for PYTHON: without numpy if the image has it, since its other packages are built for that version.
ray_packages_for() {
  if "$1" -c 'import numpy' 2>/dev/null; then
    ray_packages | grep -v '^numpy=='
  else
    ray_packages
  fi
}

# join_packages PYTHON: Ray's environment finds the image's packages behind its own, and the image's Python, which
# notebooks run on, finds Ray's behind all of its own: neither replaces a package of the other.
join_packages() {
  "$1" - "$RAY_VENV" <<'PYTHON'
import site
import sys
from pathlib import Path

(ray,) = Path(sys.argv[1]).glob("lib/python3.*/site-packages")
image = [folder for folder in site.getsitepackages() if Path(folder).is_dir()]
(ray / "image.pth").write_text("".join(f"{folder}\n" for folder in image))
if image:
    Path(image[-1], "cluster-ray.pth").write_text(f"{ray}\n")
PYTHON
}

# The notebook's own user, where the image has one: Ray makes parts of its session writable for its own user alone,
# whatever the umask (2.60.0: logs/events), so that no other but root can connect to it; and tasks find the files of the
# notebook's user, with no more rights than the notebook has.
ray_user() {
  if id jupyter >/dev/null 2>&1; then echo jupyter; else echo ray; fi
}

make_ray_user() {
  local user
  user=$(ray_user)
  id "$user" >/dev/null 2>&1 ||
    useradd --system --user-group --create-home --shell /usr/sbin/nologin "$user"
  # Ray itself opens its folder to everybody: this folder around it keeps everybody else out.
  mkdir -p "$NODE_ROOT$RAY_FOLDER/$user"
  chown "$user:" "$NODE_ROOT$RAY_FOLDER/$user"
  chmod 700 "$NODE_ROOT$RAY_FOLDER/$user"
}

# as_ray_user COMMAND...
as_ray_user() {
  local user home
  user=$(ray_user)
  home=$(getent passwd "$user" | cut -d : -f 6)
  setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
    env HOME="$home" USER="$user" LOGNAME="$user" "$@"
}
