#!/usr/bin/env bash
# Scans what the event is about, once, and has the report written as the job needs it: JSON, SARIF, annotations and the
# step's summary. It works with the bash 3.2 of macOS, in which an empty array counts as unset.
#
# The exit code is klaviyolint's: 1 findings at or above fail-on, 2 wrong use, 3 incomplete. Outputs are set before.
set -euo pipefail

program=$KLAVIYOLINT_PROGRAM
token=${KLAVIYOLINT_TOKEN:-} header='' header_for='' base='' head=''
unset KLAVIYOLINT_TOKEN # which the program does not need
zeros='^0+$'
sha='^([0-9a-f]{40}|[0-9a-f]{64})$'

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# give_up CODE TEXT ends the step where nothing was scanned.
give_up() {
  output sarif-file ""
  output json-file ""
  output findings 0
  output complete false
  echo "::error title=klaviyolint::$2"
  exit "$1"
}

warn() { echo "::warning title=klaviyolint::$*"; }

# in_git runs git so that it starts nothing by itself. A container has the work space of another user.
in_git() {
  GIT_TERMINAL_PROMPT=0 git -c 'safe.directory=*' -c core.hooksPath=/dev/null -c core.fsmonitor=false -c gc.auto=0 \
    -c maintenance.auto=false "$@"
}

# credentials lets git fetch from GitHub with the job's token, where checkout has left none (persist-credentials: false).
credentials() {
  local server=${GITHUB_SERVER_URL:-} origin
  origin=$(in_git remote get-url origin 2>/dev/null) || return 0
  [[ -n $token && $server == https://* && $origin == "$server"/* ]] || return 0
  ! in_git config --get-urlmatch http.extraheader "$origin" | grep -qi '^authorization:' || return 0
  header_for="http.$server/.extraheader"
  header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$token" | base64 | tr -d '\r\n')"
}

# fetch ARGS… fetches from where the checkout came, with the credentials, behind whatever else the job has git configured
# by. What git says gets a word before it, so that no line is a command.
fetch() (
  if [[ -n $header ]]; then
    behind=${GIT_CONFIG_COUNT:-0}
    export GIT_CONFIG_COUNT=$((behind + 1)) "GIT_CONFIG_KEY_$behind=$header_for" "GIT_CONFIG_VALUE_$behind=$header"
  fi
  in_git fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head "$@" 2>&1 | sed 's/^/git: /'
)

shallow_file() { in_git rev-parse --git-path shallow; }

has() { in_git cat-file -e "$1^{commit}" 2>/dev/null; }

# whole BASE HEAD tells whether the range is known: both ends are here, and no commit of it is without parents, which it
# is where the history is cut, and at a root that the base leads to, too, by commits that are not here.
whole() {
  local range=("$2") cut
  has "$2" || return 1
  if [[ ! $1 =~ $zeros ]]; then
    has "$1" || return 1
    range+=("^$1")
  fi
  cut=$(shallow_file)
  [[ -s $cut ]] || return 0
  cut=$(in_git rev-list --max-parents=0 --max-count=1 "${range[@]}" 2>/dev/null) || return 1
  [[ -z $cut ]]
}

# complete_range BASE HEAD fetches what the range needs, in steps that grow. Each may fail; what counts is what is here.
complete_range() {
  local ends=("$2") depth more
  [[ $1 =~ $zeros ]] || ends+=("$1")
  whole "$@" && return
  echo "The checkout does not have all of the range: fetching more."
  credentials
  if [[ -s $(shallow_file) ]]; then
    depth=50
    [[ ! ${KLAVIYOLINT_COMMITS:-} =~ ^[0-9]{1,6}$ ]] || depth=$((KLAVIYOLINT_COMMITS + 2))
    fetch --depth="$depth" origin "${ends[@]}" || true
    for more in 100 1000 10000; do
      whole "$@" && return
      fetch --deepen="$more" origin "${ends[@]}" || return 0
    done
    whole "$@" || fetch --unshallow origin "${ends[@]}" || true
  else
    fetch origin "${ends[@]}" || true
  fi
}

# find_range sets base and head.
find_range() {
  local parents
  command -v git >/dev/null || give_up 3 "a range needs git, which is not in PATH: install it before, or set mode: tree"
  head=${KLAVIYOLINT_HEAD:-} base=${KLAVIYOLINT_BASE:-}
  parents=$(in_git cat-file -p HEAD 2>/dev/null | awk '/^$/ { body = 1 } !body && $1 == "parent" { printf "%s ", $2 }') ||
    give_up 3 "there is no commit here: put actions/checkout before, with fetch-depth: 0"
  # GitHub merges a pull request into its base to check it, and the base may have moved on since the event.
  if [[ -n $head && ${KLAVIYOLINT_EVENT:-} == pull_request && $parents =~ ^([0-9a-f]+)\ $head\ $ ]]; then
    base=${BASH_REMATCH[1]} head=$(in_git rev-parse HEAD)
  fi
  [[ -n $head && ! $head =~ $zeros ]] || head=$(in_git rev-parse HEAD)
  [[ -n $base ]] || give_up 2 "the event ${KLAVIYOLINT_EVENT:-} has no range: set mode to tree or history"
  [[ $base =~ $sha && $head =~ $sha ]] || give_up 2 "the event names no commits by their IDs"
  complete_range "$base" "$head"
  if ! has "$base" && [[ ! $base =~ $zeros && ${KLAVIYOLINT_EVENT:-} == push ]]; then
    echo "::notice title=klaviyolint::what the branch was before is not there any more: all that leads to $head is scanned"
    base=${base//?/0}
    complete_range "$base" "$head"
  fi
  if ! has "$head" || { [[ ! $base =~ $zeros ]] && ! has "$base"; }; then
    give_up 3 "the checkout is shallow and $base..$head could not be fetched: set fetch-depth: 0 for actions/checkout"
  fi
}

# tell_of_settings tells whether the range changes what decides which findings count: whoever reviews it should see that.
tell_of_settings() {
  local range=("$base...$head") file part changed
  if [[ $base =~ $zeros ]]; then
    range=("$(in_git hash-object -t tree --stdin </dev/null)" "$head")
  elif ! in_git merge-base "$base" "$head" >/dev/null 2>&1; then
    range=("$base" "$head")
  fi
  for file in "${KLAVIYOLINT_CONFIG:-.klaviyolint.yaml}" "${KLAVIYOLINT_BASELINE:-}"; do
    file=${file#"$PWD"/}
    [[ -n $file && $file != /* && $file != [A-Za-z]:* ]] || continue # outside, no pull request changes it
    part=$file
    while [[ $part != . ]]; do
      [[ ! -L $part ]] || warn "$(printf %q "$part") is a link: whether what it leads to is changed is not looked at"
      part=$(dirname -- "$part")
    done
    if ! changed=$(in_git diff --name-only "${range[@]}" -- ":(literal)$file" 2>/dev/null); then
      warn "whether $(printf %q "$file") is changed, which decides what counts as a finding, cannot be said"
    elif [[ -n $changed ]]; then
      warn "this changes $(printf %q "$file"), which decides what counts as a finding"
    fi
  done
}

# known PATH ends the step unless a commit of what is scanned has the path, as a directory or a file, now or in the past.
known() {
  local entry path
  path=$(printf %q "$1")
  entry=$(GIT_LITERAL_PATHSPECS=1 in_git ls-tree "${head:-HEAD}" -- "$1") || give_up 3 "paths: git does not tell whether there is $path"
  case $entry in
    120000\ *) give_up 2 "paths: $path is a link: name what it leads to" ;;
    160000\ *) give_up 2 "paths: $path is a submodule, which is a repository of its own" ;;
    ?*) return 0 ;;
  esac
  [[ -z $(GIT_LITERAL_PATHSPECS=1 in_git log -1 --full-history --format=%H "${head:---all}" -- "$1") ]] || return 0
  [[ ! -s $(shallow_file) ]] || give_up 3 "paths: the checkout, which is shallow, has no $path: set fetch-depth: 0 for actions/checkout"
  give_up 2 "paths: the repository has no $path: name files and directories as it has them"
}

mode=${KLAVIYOLINT_MODE:-auto}
if [[ $mode == auto ]]; then
  case ${KLAVIYOLINT_EVENT:-} in
    pull_request | pull_request_target | merge_group) mode=range ;;
    schedule) mode=history ;;
    *) mode=tree ;;
  esac
fi

# Paths are of the checkout, written as git writes them.
paths=()
while read -r line || [[ -n $line ]]; do
  line=${line%$'\r'}
  line=${line%"${line##*[![:blank:]]}"}
  [[ -n $line ]] || continue
  if command -v cygpath >/dev/null; then line=$(cygpath -u -- "$line"); fi # Windows: D:\a\b is /d/a/b, a\b is a/b
  while [[ $line == *//* ]]; do line=${line//\/\//\/}; done
  while [[ $line == */./* ]]; do line=${line//\/.\//\/}; done
  while [[ $line == ./?* ]]; do line=${line#./}; done
  while [[ $line == ?*/ || $line == ?*/. ]]; do line=${line%/.} line=${line%/}; done
  [[ $line != "$PWD" ]] || line=.
  line=${line#"$PWD"/}
  case /$line/ in
    //* | */../*) give_up 2 "paths: $(printf %q "$line") is not in the checkout: name files and directories as the repository has them" ;;
  esac
  paths+=("$line")
done <<<"${KLAVIYOLINT_PATHS:-}"
more=() partly='' submodules=''
while read -r -a words || [[ ${#words[@]} -gt 0 ]]; do
  for word in ${words[@]+"${words[@]}"}; do
    case $word in
      -) give_up 2 "args has -, and a step has no standard input to scan" ;;
      --shard* | --since* | --until* | --after* | --before*) partly=true ;; # may hold nothing
      --submodules) submodules=true ;;                                      # paths may be theirs
      --config | --config=* | --baseline | --baseline=*) give_up 2 "args has ${word%%=*}, which is an input of its own" ;;
    esac
    more+=("$word")
  done
done <<<"${KLAVIYOLINT_ARGS:-}"

case $mode in
  tree)
    [[ -n $(find . -mindepth 1 -maxdepth 1 ! -name .git -print 2>/dev/null | head -n 1) ]] ||
      give_up 3 "there is no file here: put actions/checkout before"
    scan=()
    ;;
  history) scan=(history) ;;
  range)
    find_range
    scan=(history "$base..$head")
    echo "Scanning what $base..$head brings in."
    tell_of_settings
    ;;
  *) give_up 2 "mode is none of auto, tree, range, history" ;;
esac
case ${KLAVIYOLINT_SARIF_FILE:-} in
  *$'\n'* | *$'\r'*) give_up 2 "sarif-file has more than one line" ;;
esac
reports=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/klaviyolint.XXXXXX")
json=$reports/klaviyolint.json
sarif=${KLAVIYOLINT_SARIF_FILE:-$reports/klaviyolint.sarif}
# A pull request may bring a link, and what it leads to is not to be written over.
[[ ! -L $sarif ]] || give_up 2 "sarif-file is a link, which is not followed"
dir=$(cd -P "$(dirname -- "$sarif")" 2>/dev/null && pwd) || give_up 2 "sarif-file is in no directory that is there"
here=$(pwd -P) said=$sarif
if command -v cygpath >/dev/null; then said=$(cygpath -u "$sarif"); fi
case $said in
  "$PWD"/* | "$here"/* | [!/]*) [[ $dir/ == "$here"/* ]] || give_up 2 "sarif-file is not in the work space, or leads out of it by a link" ;;
esac

scan+=(${more[@]+"${more[@]}"} --format=github --output= --report=json="$json" --report=sarif="$sarif"
  --sarif-category="${KLAVIYOLINT_SARIF_CATEGORY:-}" --fail-on="${KLAVIYOLINT_FAIL_ON:-warning}")
[[ -z ${KLAVIYOLINT_CONFIG:-} ]] || scan+=(--config="$KLAVIYOLINT_CONFIG")
[[ -z ${KLAVIYOLINT_BASELINE:-} ]] || scan+=(--baseline="$KLAVIYOLINT_BASELINE")
if [[ $mode == tree ]]; then
  scan+=(-- ${paths[@]+"${paths[@]}"})
else
  # They name files and directories here, too, so what --include would take for a pattern is escaped.
  includes=()
  for path in ${paths[@]+"${paths[@]}"}; do
    [[ $path != . ]] || { includes=(); break; }
    [[ -n $submodules ]] || known "$path"
    includes+=(--include="$(printf %s "$path" | sed 's/[][*?{}\\]/\\&/g')")
  done
  scan+=(${includes[@]+"${includes[@]}"})
fi

status=0
"$program" "${scan[@]}" || status=$?
case $status in 0 | 1 | 3) ;; *) give_up "$status" "the scan ended with $status, see the log above" ;; esac
[[ -s $json && -s $sarif ]] || give_up 3 "the scan ended with $status and wrote no report"
# These are lines of the report's own, and no text in JSON can hold one. Of an upload without results code scanning would
# close what was found before.
[[ $(grep -cE '^    "(files|blobs|commits)": 0,$' "$json") != 3 || ($mode == range || -n $partly) && $status != 3 ]] ||
  give_up 3 "nothing was scanned, see the log above"
findings=$(grep -c '^      "suppressed": "",\{0,1\}$' "$json") || [[ $findings == 0 ]] || give_up 3 "the report cannot be read"
complete=false
[[ $(grep -c '^  "complete": true,$' "$json") != 1 ]] || complete=true

output sarif-file "$sarif"
output json-file "$json"
output findings "$findings"
output complete "$complete"
exit "$status"
