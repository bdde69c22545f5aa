# One image for all backend services: `docker run IMAGE customer` runs that service, `docker run IMAGE prepare` creates
# topics and indexes, `docker run IMAGE keys` prints fresh keys. TypeScript runs as it is: only the console is built.
FROM node:26-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages packages
COPY services services
COPY apps apps
# The next stage sees manifests only: a changed source file does not install the dependencies again.
RUN find . -type f ! -name package.json ! -name package-lock.json -delete && find . -type d -empty -delete

FROM node:26-bookworm-slim AS install
WORKDIR /app
COPY --from=manifests /app ./
# `install`, not `ci`: the lock file also names packages that are left out of the build context (dev-env).
# No dependency that runs here needs a script.
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier && rm -rf /root/.npm

# The console's packages are needed to build it, never to serve it.
FROM node:26-bookworm-slim AS console
WORKDIR /app
COPY --from=manifests /app ./
RUN npm install --workspace apps/console --include=dev --ignore-scripts --no-audit --no-fund --no-update-notifier
COPY packages packages
COPY apps apps
COPY tsconfig.json ./
RUN npm run build -w apps/console

FROM node:26-bookworm-slim
LABEL org.opencontainers.image.title="trunkline" org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=install /app ./
COPY packages packages
COPY services services
COPY --from=console /app/apps/console/dist apps/console/dist
COPY deploy/image deploy/image
COPY deploy/keys deploy/keys
COPY deploy/prepare deploy/prepare
# A container has a network of its own, so its ports never change; outside one, 0 takes a free port.
ENV NODE_ENV=production RPC_PORT=50051 HEALTH_PORT=9090 HTTP_PORT=8080 DESKTOP_PORT=8081
# What hashing a password takes (19 MiB in one piece) goes back to the machine, not to a thread that may need it again.
ENV MALLOC_MMAP_THRESHOLD_=1048576
# Outside one, everything listens on the loopback alone.
ENV RPC_HOST=0.0.0.0 HEALTH_HOST=0.0.0.0 HTTP_HOST=0.0.0.0 DESKTOP_HOST=0.0.0.0
EXPOSE 50051 9090 8080 8081
# Nothing is written: it runs with a read-only root file system. The number, so that runAsNonRoot can be checked.
USER 1000:1000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/bin/sh", "/app/deploy/image/entrypoint.sh"]
