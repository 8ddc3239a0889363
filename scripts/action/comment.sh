#!/usr/bin/env bash
# Puts the summary into the cluster's own comment on a pull request: a bot's that begins with its mark, else a new one.
set -euo pipefail

: "${CP_PULL:?}" "${GITHUB_REPOSITORY:?}" "${GH_TOKEN:?}"
[[ -s "${CP_SUMMARY:-}" ]] || { echo "There is no result to comment."; exit 0; }
mark="$(head -n 1 "$CP_SUMMARY")" # tell.py leaves letters, digits and - in it
place="repos/$GITHUB_REPOSITORY/issues"
own=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$mark\"))) | .id"
old="$(gh api --paginate "$place/$CP_PULL/comments" --jq "$own" | head -n 1)"
if [[ -n "$old" ]]; then
  gh api --silent --method PATCH "$place/comments/$old" -F "body=@$CP_SUMMARY"
else
  gh api --silent --method POST "$place/$CP_PULL/comments" -F "body=@$CP_SUMMARY"
fi
