# Build with a C compiler, run with nothing but the binary.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=1 go build -trimpath -tags "sqlite_fts5 netgo osusergo timetzdata" \
      -ldflags "-s -w -X main.version=${VERSION} -linkmode external -extldflags '-static'" \
      -o /out/plenary ./cmd/plenary && mkdir -p /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/plenary /plenary
COPY --from=build --chown=65532:65532 /out/data /data
ENV PLENARY_DATA_DIR=/data PLENARY_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["/plenary", "health"]
ENTRYPOINT ["/plenary"]
CMD ["serve"]
