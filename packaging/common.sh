# What packaging/run and packaging/test share: installing what is missing, and building. Sourced, not run.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="${HBEV_BUILD_DIR:-$root/build/release}"

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Each script begins with what it does: --help shows that, before anything is installed or built.
for word in "$@"; do
  case "$word" in
    -h | --help)
      sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
  esac
done

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

# What this system is called, and whether it is the one whose packages packaging/packages.txt names.
# shellcheck source=/dev/null
system_name() { (. /etc/os-release 2>/dev/null; printf '%s' "${PRETTY_NAME:-an unknown system}"); }
# shellcheck source=/dev/null
system_is_supported() { (. /etc/os-release 2>/dev/null; [ "${ID:-} ${VERSION_ID:-}" = "debian 12" ]); }

# install ROLE...: installs what is missing of these roles, and says what and why.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    [ -n "${HBEV_ANY_SYSTEM:-}" ] || fail "this is $(system_name), and packages can be installed on Debian 12 only. Install what packaging/packages.txt lists by your own means, then set HBEV_ANY_SYSTEM=1 to go on without looking for packages."
    say "This is $(system_name): packages are not looked for."
    return
  fi
  local missing=()
  local package
  for package in $(packages "$@"); do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "All packages are installed."
    return
  fi
  system_is_supported || [ -n "${HBEV_ANY_SYSTEM:-}" ] || fail "this is $(system_name); Debian 12 is supported. Missing here: ${missing[*]}. Set HBEV_ANY_SYSTEM=1 to let apt look for them by these names."
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
  # A list that cannot be loaded matters only where a package is in no other.
  local network=""
  "${sudo[@]}" apt-get update -qq -o APT::Update::Error-Mode=any || network=" Package lists could not be loaded: is there a network?"
  local unknown=()
  for package in "${missing[@]}"; do apt-cache show "$package" >/dev/null 2>&1 || unknown+=("$package"); done
  [ ${#unknown[@]} -eq 0 ] || fail "apt does not know ${unknown[*]}.$network"
  # Stream 3 is opened behind sudo, which passes none on.
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
    'exec apt-get install -y --no-install-recommends -qq -o APT::Status-Fd=3 "$@" 3>&1 >/dev/null' sh "${missing[@]}" |
    show_apt_progress || fail "apt could not install the packages; its own words are above.$network"
}

# Shows how far apt is, from the lines of its APT::Status-Fd: "dlstatus:2:31.5:Retrieving file 2 of 6 (4min 2s remaining)",
# "pmstatus:cmake:40.1:Unpacking cmake", "pmerror:FILE:40.1:REASON". On a terminal one line that changes, elsewhere a
# line for every quarter.
show_apt_progress() {
  local kind package percent words before="" line=""
  while IFS=: read -r kind package percent words; do
    case "$kind" in
      dlstatus) kind=Downloading ;;
      pmstatus) kind=Installing ;;
      pmerror)
        printf '%s%s: %s\n' "$line" "$package" "$words" >&2
        continue
        ;;
      *) continue ;;
    esac
    percent=${percent%%.*}
    [[ $percent =~ ^[0-9]+$ ]] || continue
    case "$words" in *remaining\)) words=${words##*(} words=${words%)} ;; *) words="" ;; esac
    if [ -t 1 ]; then
      line=$'\r\033[K'
      printf '%s  %s, %s %%%s' "$line" "$kind" "$percent" "${words:+, $words}"
    elif [ "$kind $((percent / 25))" != "$before" ]; then
      before="$kind $((percent / 25))"
      printf '  %s, %s %%\n' "$kind" "$percent"
    fi
  done
  printf '%s' "$line"
}

# build TARGET...: configures once and builds; ninja shows the progress.
build_targets() {
  say "Building into ${build#"$root"/}"
  local begin=$SECONDS log="$build/configure.log"
  mkdir -p "$build" || fail "the build needs a folder that can be written. Name one in HBEV_BUILD_DIR."
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "${cmake_options[@]}" >"$log" 2>&1 ||
    { tail -30 "$log"; fail "CMake could not configure. The whole log: ${log#"$root"/}"; }
  cmake --build "$build" --target "$@"
  say "Built in $((SECONDS - begin)) s."
}

# Threads of the network that wait for each other shall leave the processor to those that work.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"

cmake_options=()
