#!/usr/bin/env bash
# Finds or builds the klaviyolint that the action runs. It works with the bash 3.2 of macOS.
#
#   install.sh find    sets program=FILE: the release, or the one in PATH; or needs=go, if there is no Go to build one with
#   install.sh build   builds the action's own source, and sets program=FILE
set -euo pipefail

# What the release workflow publishes: klaviyolint_1.2.3_linux_amd64.tar.gz (.zip for Windows) and checksums.txt.
releases=${KLAVIYOLINT_RELEASES:-https://github.com/klaviyolint/klaviyolint/releases/download}
workflow='^https://github\.com/klaviyolint/klaviyolint/\.github/workflows/release\.yml@refs/tags/v'
temporary=${RUNNER_TEMP:-${TMPDIR:-/tmp}}

fail() {
  echo "::error title=klaviyolint::$*"
  exit 2
}

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# get URL FILE downloads a file. It returns 44 if there is none.
get() {
  local code status=0
  code=$(curl --silent --show-error --fail --location --retry 3 --connect-timeout 20 --max-time 300 \
    --proto '=https,file' --proto-redir '=https' --output "$2" --write-out '%{http_code}' "$1") || status=$?
  case $status:$code in
    0:*) ;;
    22:404 | 37:*) return 44 ;; # 37: file:// without a file
    *) fail "cannot download $1: curl ended with $status; run the job again, or set version: source" ;;
  esac
}

sum() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

# verify DIR checks who made checksums.txt, if there is cosign. Without it, that is left to TLS.
verify() {
  local flags=() help
  command -v cosign >/dev/null || { echo "cosign is not here: the signature of checksums.txt is not verified"; return; }
  # Bundles are those of cosign 3; 2.4 and later 2 read them if they are told to.
  help=$(cosign verify-blob --help 2>&1) || help=
  if [[ $help == *--new-bundle-format* ]]; then
    flags+=(--new-bundle-format)
  elif [[ $(cosign version 2>&1) =~ GitVersion:\ *v?([01]|2\.[0-3])\. ]]; then
    echo "cosign is older than 2.4: the signature of checksums.txt is not verified"
    return
  fi
  get "$2/checksums.txt.sigstore.json" "$1/checksums.txt.sigstore.json" || fail "release $3 has no signature for checksums.txt"
  cosign verify-blob ${flags[@]+"${flags[@]}"} --bundle "$1/checksums.txt.sigstore.json" --certificate-identity-regexp "$workflow" \
    --certificate-oidc-issuer https://token.actions.githubusercontent.com "$1/checksums.txt" ||
    fail "the signature of checksums.txt of release $3 is wrong: nothing of it was run"
}

# release VERSION installs a release. It returns 1 if it has nothing for this platform, and 44 if there is no such release.
release() {
  local os arch kind=tar.gz name program=klaviyolint dir want got url=$releases/$1
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    MINGW* | MSYS* | CYGWIN*) os=windows kind=zip program=klaviyolint.exe ;;
    *) return 1 ;;
  esac
  case ${RUNNER_ARCH:-$(uname -m)} in
    X64 | x86_64) arch=amd64 ;;
    ARM64 | aarch64 | arm64) arch=arm64 ;;
    *) return 1 ;;
  esac
  name=klaviyolint_${1#v}_${os}_$arch.$kind
  dir=$(mktemp -d "$temporary/klaviyolint.XXXXXX")
  get "$url/checksums.txt" "$dir/checksums.txt" || return
  verify "$dir" "$url" "$1"
  want=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$dir/checksums.txt")
  [[ -n $want ]] || return 1
  [[ $want =~ ^[0-9a-f]{64}$ ]] || fail "checksums.txt of release $1 does not have one SHA-256 for $name: nothing of it was run"
  get "$url/$name" "$dir/$name" || fail "release $1 has no $name, which its checksums.txt lists"
  got=$(sum "$dir/$name")
  [[ $got == "$want" ]] || fail "$name of release $1 has the SHA-256 $got, and checksums.txt says $want: nothing of it was run"
  case $kind in
    zip) unzip -q -o "$dir/$name" "$program" -d "$dir" ;;
    *) tar -xzf "$dir/$name" -C "$dir" "$program" ;;
  esac || fail "$name of release $1 has no $program"
  output program "$dir/$program"
  echo "klaviyolint $1, with the SHA-256 $want"
}

# go_is_here tells whether there is a Go that is new enough for the source.
go_is_here() {
  local need have
  command -v go >/dev/null || return 1
  need=$(awk '$1 == "go" { print $2; exit }' "$KLAVIYOLINT_ACTION/go.mod")
  have=$(cd "$KLAVIYOLINT_ACTION" && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || return 1
  have=${have#go}
  [[ $(printf '%s\n' "$need" "${have%% *}" | sort -V | head -n 1) == "$need" ]]
}

find_program() {
  local version=${KLAVIYOLINT_VERSION:-} ref=${KLAVIYOLINT_REF:-} program status=0
  if [[ -z $version ]]; then
    version=source
    # In an action that uses this one, the ref may be that action's; this one's is the end of its path (actions/runner#2473).
    [[ ! $ref =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ || $KLAVIYOLINT_ACTION != *[/\\]"$ref" ]] || version=$ref
  fi
  if [[ $version == installed ]]; then
    program=$(command -v klaviyolint) || fail "version: installed, but there is no klaviyolint in PATH"
    output program "$program"
    return
  fi
  if [[ $version != source ]]; then
    [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "version is none of v1.2.3, source, installed"
    release "$version" || status=$?
    case $status in
      0) return ;;
      44) [[ -z ${KLAVIYOLINT_VERSION:-} ]] || fail "there is no release $version: see https://github.com/klaviyolint/klaviyolint/releases" ;;
    esac
    echo "::notice title=klaviyolint::release $version has nothing for this platform: the action's own source is built"
  fi
  go_is_here || output needs go
}

build() {
  local dir program=klaviyolint
  case $(uname -s) in MINGW* | MSYS* | CYGWIN*) program=klaviyolint.exe ;; esac
  dir=$(mktemp -d "$temporary/klaviyolint.XXXXXX")
  (cd "$KLAVIYOLINT_ACTION" && GOWORK=off GOFLAGS='' GOOS='' GOARCH='' CGO_ENABLED=0 go build -trimpath -o "$dir/$program" ./cmd/klaviyolint) ||
    fail "the action's source could not be built; set version to a release"
  output program "$dir/$program"
}

case ${1:-} in
  find) find_program ;;
  build) build ;;
  *) fail "usage: install.sh find|build" ;;
esac
