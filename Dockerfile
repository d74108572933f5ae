# The image of sluice itself: one static program, certificates of authorities and an empty /tmp, for a user without rights.
#
#   docker build .                                              builds the program in the first stage
#   make image                                                  takes one that was built outside, and needs no other image
#
# It has no git and no shell: it is for `sluice image`, `dir`, `dockerfile` and `stdin`. A release pins GO_IMAGE by digest.
ARG GO_IMAGE=docker.io/library/golang:1.26.8-bookworm

FROM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd cmd
COPY scanner scanner
COPY rules rules
COPY reporters reporters
ARG VERSION=devel
RUN mkdir -p /rootfs/usr/bin /rootfs/etc/ssl/certs /rootfs/tmp && chmod 1777 /rootfs/tmp \
 && cp /etc/ssl/certs/ca-certificates.crt /rootfs/etc/ssl/certs/ \
 && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /rootfs/usr/bin/sluice ./cmd/sluice

FROM scratch AS base
ARG VERSION=devel
ARG REVISION=unknown
LABEL org.opencontainers.image.title="sluice" \
      org.opencontainers.image.description="Finds leaked secrets where containers are made and shipped" \
      org.opencontainers.image.source="https://github.com/sluice-sec/sluice" \
      org.opencontainers.image.documentation="https://github.com/sluice-sec/sluice#readme" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/usr/bin/sluice"]

# The context is a folder with what stands in /rootfs otherwise.
FROM base AS prebuilt
COPY rootfs /

FROM base
COPY --from=build /rootfs /
