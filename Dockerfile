# The scanner for a machine that runs containers; `compose.yaml` runs it, docs/deploy.md tells how.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY scanner scanner
COPY keywords keywords
COPY models models
COPY notebooks notebooks
# The venv gets no pip of its own. Libraries come as wheels alone, so that nothing of theirs is run while installing.
RUN python -m venv --without-pip /opt/scanner \
    && pip wheel --no-cache-dir --no-deps --wheel-dir /dist . \
    && pip --python /opt/scanner/bin/python install --no-cache-dir --only-binary :all: /dist/*.whl

FROM python:3.11-slim-bookworm
RUN pip uninstall --yes --root-user-action ignore setuptools wheel pip \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /srv/kantor --shell /usr/sbin/nologin scanner \
    && install --directory --mode 0700 --owner scanner --group scanner /srv/kantor /run/scanner
COPY --from=build /opt/scanner /opt/scanner
ENV PATH=/opt/scanner/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SCANNER_WORKSPACE=/srv/kantor \
    TMPDIR=/run/scanner
USER 10001:10001
WORKDIR /srv/kantor
VOLUME /srv/kantor
STOPSIGNAL SIGTERM
# What it says names accounts, and Docker keeps what a check says.
HEALTHCHECK --interval=5m --timeout=60s --start-period=1m --retries=3 CMD ["sh", "-c", "scanner status >/dev/null 2>&1"]
ENTRYPOINT ["scanner"]
CMD ["--help"]
