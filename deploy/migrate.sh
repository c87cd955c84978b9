#!/bin/sh
# The one job that runs before the services: each schema by its owner, then the broker's
# exchanges and queues. Safe to run again; stops at the first failure.
set -eu
secrets=${SSC_SECRETS:-/run/secrets}
export SSC_VERIFY_KEYS_FILE="$secrets/verify-keys.json"
export SSC_BROKER_URL_FILE="$secrets/topology-broker-url"

for service in onboarding collab_model billing gateway; do
    echo "migrating $service"
    SSC_DATABASE_URL_FILE="$secrets/$service-migration-url" python -m "services.$service" migrate
done
echo "declaring the broker's exchanges and queues"
python -m services.topology declare
