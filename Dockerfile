# digestbot in a container: built in one stage, run in another that has neither pip's cache nor a compiler.
# Build: docker build --tag digestbot .          with more: --build-arg EXTRAS=llm,postgres
FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv /opt/digestbot
COPY requirements/run.txt requirements/run.txt
RUN /opt/digestbot/bin/pip install --require-hashes --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
ARG EXTRAS=""
RUN /opt/digestbot/bin/pip install --no-build-isolation ".${EXTRAS:+[$EXTRAS]}" \
    && /opt/digestbot/bin/pip uninstall --yes hatchling pathspec pluggy trove-classifiers pip

FROM python:3.11-slim-bookworm

# The database, its key and nothing else are written, all in /var/lib/digestbot: the root may be read-only.
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/digestbot digestbot \
    && install --directory --owner=digestbot --group=digestbot --mode=0700 /var/lib/digestbot
COPY --from=build /opt/digestbot /opt/digestbot
ENV PATH=/opt/digestbot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DIGESTBOT_DATABASE=sqlite:////var/lib/digestbot/digestbot.db
USER 10001:10001
WORKDIR /var/lib/digestbot
VOLUME /var/lib/digestbot
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["digestbot"]
CMD ["run", "--config", "/etc/digestbot/config.toml"]
