# LibTorch with CUDA from PyPI's wheels, into the user's cache: for packaging/run --cuda. Sourced after common.sh.
# shellcheck shell=bash

# Whether an NVIDIA card answers that CUDA 13 runs on, and whose driver is new enough for it.
card_answers() {
  local driver capabilities capability
  driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1) || return 1
  [[ $driver =~ ^([0-9]+)\. ]] || return 1
  if [ "${BASH_REMATCH[1]}" -lt 580 ]; then
    say "The NVIDIA driver is $driver, and CUDA 13 needs 580 or newer: the network is built without CUDA."
    return 1
  fi
  # The driver knows older cards, CUDA 13 does not. Whole numbers: what a point means depends on the locale.
  capabilities=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null) || return 1
  for capability in $capabilities; do
    [[ $capability =~ ^([0-9]+)\.([0-9]+)$ ]] || continue
    if [ $((BASH_REMATCH[1] * 10 + BASH_REMATCH[2])) -ge 75 ]; then return 0; fi
  done
  say "The NVIDIA card has compute capability ${capability:-unknown}, and CUDA 13 needs 7.5 (Turing) or newer: the network is built without CUDA."
  return 1
}

# A python whose pip can be used: the system's, or that of an environment in the cache.
python_with_pip() {
  local environment="$1/pip"
  if python3 -m pip --version >/dev/null 2>&1; then
    echo python3
  elif [ -x "$environment/bin/python" ] || python3 -m venv "$environment" >/dev/null 2>&1; then
    echo "$environment/bin/python"
  else
    return 1
  fi
}

# Sets torch_folder, and puts what CMake has to know of it into cmake_options.
use_torch_cuda() {
  local list="$root/packaging/torch-cuda.txt"
  [ "$(uname -m)" = x86_64 ] || fail "LibTorch with CUDA is taken from wheels for x86-64, and this machine is $(uname -m). Leave --cuda out."
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/hbevocc-studio"
  # Another list is another folder: an update never mixes with what is there.
  local folder="$cache/libtorch-cuda-$(sha256sum "$list" | cut -c 1-12)"
  if [ ! -d "$folder" ]; then
    local python
    mkdir -p "$cache"
    python=$(python_with_pip "$cache") || fail "pip is missing. Install it: apt-get install -y python3-pip"
    say "Installing LibTorch with CUDA into $folder (about 2 GB to load, 4 GB on disk; --no-cuda does without)"
    local part
    part=$(mktemp -d "$cache/libtorch-cuda.part.XXXXXX")
    # pip takes the tags of the machine it is told of, one by one.
    local platforms=()
    local tag
    for tag in 2_28 2_27 2_25 2_18 2_17 2_12 2_5; do platforms+=(--platform "manylinux_${tag}_x86_64"); done
    for tag in 2014 2010 1; do platforms+=(--platform "manylinux${tag}_x86_64"); done
    "$python" -m pip install --quiet --target "$part" --require-hashes --no-deps --only-binary=:all: --no-compile --root-user-action=ignore \
      --no-cache-dir --disable-pip-version-check --python-version 3.11 --implementation cp "${platforms[@]}" \
      -r "$list" || { rm -rf "$part"; fail "pip could not install what packaging/torch-cuda.txt lists. Look at its words above; --no-cuda does without."; }
    # What linkers and CMake look for, which wheels leave out.
    local cuda="$part/nvidia/cu13"
    ln -sf libcudart.so.13 "$cuda/lib/libcudart.so"
    chmod +x "$cuda/bin/"* "$cuda/nvvm/bin/"*
    mv "$part" "$folder"
  fi
  # Also in a folder that an earlier version of this script has filled.
  ln -sf ../../nccl/include/nccl.h "$folder/nvidia/cu13/include/nccl.h"
  say "LibTorch with CUDA is in $folder"
  torch_folder="$folder/torch"
  cmake_options+=(-DHBEV_TORCH=ON "-DHBEV_TORCH_DIR=$torch_folder" -DHBEV_CUDA=ON
    "-DCMAKE_CUDA_COMPILER=$folder/nvidia/cu13/bin/nvcc" "-DCUDAToolkit_ROOT=$folder/nvidia/cu13")
  # A build folder of its own: going back and forth compiles nothing again.
  [ -n "${HBEV_BUILD_DIR:-}" ] || build="$root/build/release-cuda"
}
