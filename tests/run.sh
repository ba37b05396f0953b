#!/usr/bin/env bash
# tests/run.sh [PROJECT...]    Runs test projects (default: all *.Tests.csproj) and sums up: the last line is `N passed, N failed`. A skipped test, a project without a summary, and a run that broke off are failures.
# FED_TEST_FILTER: as of `dotnet test --filter`.
set -uo pipefail
cd "$(dirname "$0")/.."
# A killed .NET process leaves its diagnostic sockets in /tmp.
export DOTNET_EnableDiagnostics=0
passed=0 failed=0
log=$(mktemp); trap 'rm -f "$log"' EXIT
for project in ${*:-$(find tests -name '*.Tests.csproj' -not -path '*/obj/*' | sort)}; do
  echo "== $project"
  dotnet test "$project" --no-build --nologo --configuration "${CONFIGURATION:-Release}" ${FED_TEST_FILTER:+--filter "$FED_TEST_FILTER"} 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  if summary=$(grep -E 'Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+' "$log" | tail -n 1); then
    [[ $summary =~ Failed:\ +([0-9]+),\ Passed:\ +([0-9]+),\ Skipped:\ +([0-9]+) ]]
    failed=$((failed + BASH_REMATCH[1] + BASH_REMATCH[3])); passed=$((passed + BASH_REMATCH[2]))
    # A test host that crashes leaves a summary of the tests before it, in which none failed.
    [ "$code" = 0 ] || [ "${BASH_REMATCH[1]}" -gt 0 ] || { echo "$project ended with exit code $code"; failed=$((failed + 1)); }
    [ "${BASH_REMATCH[2]}" -gt 0 ] || { echo "$project ran no test"; failed=$((failed + 1)); }
  else
    echo "$project broke off without a summary"; failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
