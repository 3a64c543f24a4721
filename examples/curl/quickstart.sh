#!/bin/sh
# Registers a user, creates an agent, starts a chat, and streams an answer. See README.md in this folder.
#
#   examples/curl/quickstart.sh <team id>
#
# Environment variables: PARLEY_URL, WEBHOOK_URL, PARLEY_EMAIL, PARLEY_PASSWORD.
set -eu

team_id=${1:?the id of a team that is open for registration: npm start prints one}
url=${PARLEY_URL:-http://127.0.0.1:8000}
webhook_url=${WEBHOOK_URL:-http://127.0.0.1:8010/demo/n8n}
email=${PARLEY_EMAIL:-ada@example.com}
password=${PARLEY_PASSWORD:-SecurePass123}

jar=$(mktemp)
trap 'rm -f "$jar"' EXIT

# Posts JSON to a path with the cookies of the jar, and fails if the status is not 2xx.
post() {
  path=$1
  json=$2
  shift 2
  curl --silent --show-error --fail-with-body -c "$jar" -b "$jar" "$url$path" \
    -H 'Content-Type: application/json' -d "$json" "$@"
}

# Posts like `post`, prints the response and stores it in $answer.
step() {
  answer=$(post "$@") || {
    echo "$answer" >&2
    exit 1
  }
  echo "$answer"
}

# Prints the `id` at the start of the last response.
id() {
  echo "$answer" | sed -n 's/^{"id":"\([^"]*\)".*/\1/p'
}

step /api/auth/register "{\"email\":\"$email\",\"password\":\"$password\",\"team_id\":\"$team_id\"}"
step /api/agents "{\"name\":\"Demo\",\"webhook_url\":\"$webhook_url\"}"
step /api/chats "{\"agent_id\":\"$(id)\",\"title\":\"First chat\"}"
post "/api/chats/$(id)/messages" '{"content":"Hello"}' -N -H 'Accept: text/event-stream'
