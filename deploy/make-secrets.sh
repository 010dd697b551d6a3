#!/bin/sh
# Makes the secrets that deploy/compose.yaml reads, each once: those that are there stay. Keep a copy of them apart.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
for name in key-fingerprint key-token key-ledger key-assignment key-event; do
  [ -e "secrets/$name" ] || head -c 32 /dev/urandom | base64 > "secrets/$name"
done
[ -e secrets/database-password ] || head -c 24 /dev/urandom | base64 | tr -d '+/=\n' > secrets/database-password
[ -e secrets/database-url ] ||
  printf 'postgres://foldback:%s@database:5432/foldback' "$(cat secrets/database-password)" > secrets/database-url
# The container reads them as a user of its own.
chmod 644 secrets/*
echo "secrets are in $(pwd)/secrets"
