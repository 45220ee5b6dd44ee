# shellcheck shell=bash
# Sourced by setup.sh: finds an Emscripten that is new enough, or unpacks one below .toolchain/.
#
# Debian 12 has 3.1.6, which is too old (docs/decisions/0001-house.md). The next release's package runs here
# once its binaryen is started with its own C library, so nothing of the machine is upgraded.

emscripten_oldest=3.1.69
emscripten_pinned=3.1.69
emscripten_prefix=$PWD/.toolchain/emscripten
emscripten_revision=2 # raise it when provision_emscripten changes

# Sets own_emscripten to the folder of the user's emcc, or to nothing.
find_emscripten() {
  own_emscripten=
  local candidate version
  for candidate in "$(command -v emcc || true)" "${EMSDK:+$EMSDK/upstream/emscripten/emcc}"; do
    if [ ! -x "$candidate" ]; then continue; fi
    candidate=$(dirname "$(readlink -f "$candidate")")
    version=$(tr -d '"[:space:]' <"$candidate/emscripten-version.txt" 2>/dev/null || true)
    if printf '%s\n%s\n' "$emscripten_oldest" "$version" | sort -V -C; then
      own_emscripten=$candidate
      return
    fi
    say "not using emcc ${version:-of unknown version} in $candidate: $emscripten_oldest or newer is needed"
  done
}

# The machine's own Debian source, with the suite changed. Its signature check stays on.
write_source() {
  local found
  found=$(awk 'FNR == 1 { print "" } !/^#/' /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '
    BEGIN { RS = ""; ORS = "\n\n" }
    /(^|\n)Enabled: *no/ { next }
    !/(^|\n)Types:[^\n]*deb([ \n]|$)/ { next }
    /(^|\n)Suites:([^\n]* )?(bookworm|stable|oldstable)( |\n|$)/ { print; exit }' |
    sed -E 's/^Suites:.*/Suites: trixie/; s/^Components:.*/Components: main/; s/^Types:.*/Types: deb/')
  if [ -n "$found" ]; then
    printf '%s\n' "$found" >"$1.sources"
    return
  fi
  found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -nE \
    's/^deb +(\[[^]]*\] +)?([^ ]+) +(bookworm|stable|oldstable) .*/deb \1\2 trixie main/p' | head -n 1)
  [ -n "$found" ] || fail "no Debian 12 source in /etc/apt to take Emscripten from." \
    "Install emsdk ($emscripten_oldest or newer), set EMSDK and run this again."
  printf '%s\n' "$found" >"$1.list"
}

# apt with folders of its own, so that neither its lists nor its state touch the machine's.
download_packages() {
  local apt=$1
  shift
  mkdir -p "$apt"/{etc,lists/partial,cache/archives/partial}
  : >"$apt/status"
  write_source "$apt/etc/next"
  cat >"$apt/apt.conf" <<CONF
Dir::Etc "$apt/etc";
Dir::Etc::main "/etc/apt/apt.conf";
Dir::Etc::parts "/etc/apt/apt.conf.d";
Dir::Etc::netrc "/etc/apt/auth.conf";
Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
Dir::Etc::trusted "/etc/apt/trusted.gpg";
Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";
Dir::Etc::sourcelist "$(echo "$apt"/etc/next.*)";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
APT::Sandbox::User "";
CONF
  (
    export APT_CONFIG="$apt/apt.conf"
    cd "$apt/cache"
    apt-get -q -o APT::Default-Release= update && apt-get -q -o APT::Default-Release= download "$@"
  ) >.toolchain/emscripten.log 2>&1 || {
    tail -n 10 .toolchain/emscripten.log >&2
    fail "Emscripten could not be downloaded (no network?)." \
      "Install emsdk ($emscripten_oldest or newer), set EMSDK and run this again."
  }
}

# Everything but what only other kinds of builds ask for: 376 MB instead of 1.6 GB. The debug stubs and
# libGL-getprocaddr must stay, links ask for them.
unpack_emscripten() {
  dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" \
    --exclude='*/tests/*' --exclude='*/docs/*' --exclude='./usr/share/doc/*' \
    --exclude='*/lib/wasm32-emscripten/pic/*' --exclude='*/lib/wasm32-emscripten/lto/pic/*' \
    --exclude='*/lib/wasm64-emscripten/*' --exclude='*/thinlto/*' \
    --exclude='*/libGL-*emu*' --exclude='*/libGL-*webgl*' \
    --exclude='*/libGL-*ofb*' --exclude='*/libGL-*full*' \
    --exclude='*-mt*.a' --exclude='*-ww*.a' --exclude='*asan*' --exclude='*ubsan*' --exclude='*lsan*'
}

# Each binaryen tool is started by its own release's loader; wrappers and programs lie in different folders.
wrap_binaryen() {
  local sys=$1 out=$2 loader libraries tool
  loader=$(find "$sys" -name 'ld-linux-*.so.*' | sort | head -n 1)
  libraries=$(echo "$sys"/usr/lib/*-linux-gnu)
  mkdir -p "$out/bin"
  for tool in "$sys"/usr/bin/wasm*; do
    printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" \
      "$libraries:$libraries/binaryen:$sys/usr/lib" "$tool" >"$out/bin/$(basename "$tool")"
  done
  chmod +x "$out"/bin/*
}

provision_emscripten() {
  local prefix=$emscripten_prefix apt=$emscripten_prefix/apt stamp
  stamp="$prefix $emscripten_pinned $emscripten_revision $(command -v node)"
  [ "$(cat "$prefix/stamp" 2>/dev/null)" = "$stamp" ] && return
  say "unpacking Emscripten $emscripten_pinned below .toolchain/ (about 380 MB)"
  rm -rf "$prefix"
  mkdir -p "$prefix"/{root,sys}
  download_packages "$apt" emscripten binaryen node-acorn libc6 libstdc++6 libgcc-s1
  local packages=("$apt"/cache/*.deb) package
  [ -f "$(echo "$apt/cache/emscripten_$emscripten_pinned"*)" ] ||
    fail "Emscripten $emscripten_pinned is expected but Debian offers: $(basename "$apt"/cache/emscripten_*)"
  for package in "${packages[@]}"; do
    case $(basename "$package") in
      emscripten_*) unpack_emscripten "$package" "$prefix/root" ;;
      node-acorn_*) dpkg-deb -x "$package" "$prefix/root" ;;
      *) dpkg-deb -x "$package" "$prefix/sys" ;;
    esac
  done
  wrap_binaryen "$prefix/sys" "$prefix/binaryen"
  local root=$prefix/root/usr/share/emscripten
  mkdir -p "$root/node_modules" # beside emcc: NODE_PATH does not count for ES imports
  ln -sfn "$prefix/root/usr/share/nodejs/acorn" "$root/node_modules/acorn"
  echo '{ "type": "commonjs" }' >"$prefix/package.json" # or its scripts take ours: "module"
  cat >"$prefix/config.py" <<CONF
LLVM_ROOT = '/usr/lib/llvm-19/bin'
BINARYEN_ROOT = '$prefix/binaryen'
NODE_JS = '$(command -v node)'
CLOSURE_COMPILER = '$(closure_compiler)'
FROZEN_CACHE = True
CONF
  # The entry points name the configuration themselves, so no EM_CONFIG of another installation is taken.
  sed -i "2i export EM_CONFIG='$prefix/config.py'" "$root"/{emcc,em++,emar,emranlib,emnm,emstrip,em-config}
  rm -rf "$apt" "$prefix/sys/usr/share"
  "$root/emcc" --version >>.toolchain/emscripten.log 2>&1 ||
    fail "the unpacked Emscripten does not run; see .toolchain/emscripten.log"
  echo "$stamp" >"$prefix/stamp"
}

closure_compiler() {
  local machine=
  [ "$(uname -m)" = aarch64 ] && machine=-arm64
  echo "$PWD/node_modules/google-closure-compiler-linux$machine/compiler"
}

# What CMakePresets.json names: the resolved Emscripten, whichever it is.
write_toolchain_file() {
  local file=.toolchain/emscripten.cmake root=${own_emscripten:-$emscripten_prefix/root/usr/share/emscripten}
  {
    echo "# Written by scripts/setup.sh."
    echo "include(\"$root/cmake/Modules/Platform/Emscripten.cmake\")"
  } >"$file.new"
  if cmp -s "$file" "$file.new"; then
    rm "$file.new"
  else # another compiler: nothing built by the last one is of use
    mv "$file.new" "$file"
    rm -rf build/wasm
  fi
}
