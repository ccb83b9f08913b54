# What packaging/run and packaging/test share: installing what is missing, and building. Sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="${HBEV_BUILD_DIR:-$root/build/release}"

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# packages ROLE...: the packages of these roles, one a line.
packages() {
  local roles=" $* "
  while read -r package role _; do
    case "$package" in '' | '#'*) continue ;; esac
    [[ $roles == *" $role "* ]] && printf '%s\n' "$package"
  done <"$root/packaging/packages.txt"
  return 0
}

reason() { sed -nE "s/^$1[[:space:]]+[a-z]+[[:space:]]+(\* )?//p" "$root/packaging/packages.txt"; }

# install ROLE...: installs what is missing of these roles, and says what and why.
install_packages() {
  command -v dpkg-query >/dev/null || fail "this script knows Debian's packages only. Install what packaging/packages.txt lists and run cmake --preset release."
  local missing=()
  local package
  for package in $(packages "$@"); do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "All packages are installed."
    return
  fi
  say "Installing what is missing:"
  for package in "${missing[@]}"; do printf '  %-22s %s\n' "$package" "$(reason "$package")"; done
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      sudo=(sudo)
    else
      fail "no right to install packages. Ask somebody who has it to run:

  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}

and start this script again."
    fi
  fi
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends -qq "${missing[@]}" >/dev/null
}

# build TARGET...: configures once and builds; ninja shows the progress.
build_targets() {
  say "Building into ${build#"$root"/}"
  local begin=$SECONDS
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "${cmake_options[@]}" >"$root/build/configure.log" 2>&1 ||
    { tail -30 "$root/build/configure.log"; fail "CMake could not configure. The whole log: build/configure.log"; }
  cmake --build "$build" --target "$@"
  say "Built in $((SECONDS - begin)) s."
}

# Threads of the network that wait for each other shall leave the processor to those that work.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"

mkdir -p "$root/build"
cmake_options=()
