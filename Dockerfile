# Firstline in a container. Installs with the same script and the same lock as ./scripts/run.
# Keeps its SQLite database and attachments in /data, or uses the PostgreSQL that DATABASE_URL names.

FROM python:3.11-slim AS build
WORKDIR /app
COPY pyproject.toml requirements.lock ./
COPY scripts/install scripts/install
RUN ./scripts/install runtime
COPY bot bot
COPY intents intents
COPY faq faq
COPY escalation escalation
COPY storage storage
# The user that runs this may not write here, so what the first start would compile is compiled now.
RUN .venv/bin/python -m compileall -q .venv bot intents faq escalation storage

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home firstline
COPY --from=build /app /app
ENV FIRSTLINE_HOST=0.0.0.0 \
    FIRSTLINE_PORT=8080 \
    PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1
USER firstline
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['FIRSTLINE_PORT']}/readyz\", timeout=4)"]
CMD ["firstline", "run"]
