# sluice: every target is one line of work; `make demo` and `make test` need Go, make and git only.
GO        ?= go
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null)
BUILD      = $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
FUZZTIME  ?= 5000x
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build generate demo test arm64 cross race fuzz lint bench bench-check bench-hyperscan compare golden rules-check self-scan e2e image install

build: ## bin/sluice
	$(BUILD) -o bin/sluice ./cmd/sluice

generate: ## the compiled form of the built-in rules, and the assembly of the matcher
	$(GO) generate ./...

demo: build ## scan a sample image with planted secrets, served by a registry on loopback
	bin/sluice demo

test: ## every test that needs no other program than git
	$(GO) test ./...

race: ## the same under the race detector
	$(GO) test -race ./...

arm64: export GOARCH = arm64
arm64: export CGO_ENABLED = 0
arm64: ## the tests of the matcher and the demo on arm64, under qemu-aarch64-static
	$(GO) vet ./scanner/match
	$(GO) test -exec qemu-aarch64-static ./scanner/match
	$(GO) build -o bin/sluice-arm64 ./cmd/sluice
	qemu-aarch64-static bin/sluice-arm64 demo

cross: ## that all of it, tests too, compiles for the other systems it is used on
	GOOS=windows CGO_ENABLED=0 $(GO) vet ./...
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...

fuzz: ## every fuzz target for FUZZTIME: so many inputs, or a time such as 1m
	.ci/fuzz $(FUZZTIME)

lint: ## vet, staticcheck, gofmt
	$(GO) vet ./... && $(GO) vet -tags e2e ./... && $(GO) run $(STATICCHECK) ./... && test -z "$$(gofmt -l . | tee -a /dev/stderr)"

bench: ## Go benchmarks: raw runs and benchstat's table in benchmarks/runs, summary and chart in benchmarks/README.md
	$(GO) -C benchmarks/compare run ./record -root ../..

bench-check: ## what CI holds of speed: ratios within one process, and the tests of the tools that measure
	$(GO) test -count 1 -v -run '^(TestLiteralRatio|TestLinear|TestQuietChunk)$$' ./benchmarks
	cd benchmarks/compare && $(GO) vet ./... && $(GO) test ./...

bench-hyperscan: ## the same literals and expressions through Hyperscan and sluice; needs cgo and libhyperscan-dev; CORPORA="FILE..."
	$(GO) run -tags hyperscan ./benchmarks/hyperscan $(CORPORA)

compare: build ## sluice and the scanners on PATH by turns, such as ARGS="-runs 3 dir ."
	$(GO) -C benchmarks/compare build -o ../../bin/compare .
	PATH="$(CURDIR)/bin:$$PATH" bin/compare $(ARGS)

golden: ## rewrite the golden files from what the code gives now
	$(GO) test ./reporters -update

rules-check: build ## every rule's examples through the whole scanner
	bin/sluice rules check

self-scan: build ## our own repository is clean
	bin/sluice dir --gitignore .

e2e: ## with buildah, skopeo and a docker-registry
	$(GO) test -tags e2e -run '^TestEndToEnd' -timeout 20m -count 1 -v ./cmd/sluice

DIST     ?= $(CURDIR)/dist
CERTS    ?= /etc/ssl/certs/ca-certificates.crt
BUILDAH   = buildah --root $(DIST)/storage --runroot $(DIST)/run --storage-driver vfs

image: ## the image of sluice as an OCI layout in dist/oci, by buildah without any other image
	rm -rf $(DIST) && mkdir -p $(addprefix $(DIST)/context/rootfs/,usr/bin etc/ssl/certs tmp)
	chmod 1777 $(DIST)/context/rootfs/tmp && cp $(CERTS) $(DIST)/context/rootfs/etc/ssl/certs/
	CGO_ENABLED=0 $(BUILD) -o $(DIST)/context/rootfs/usr/bin/sluice ./cmd/sluice
	$(BUILDAH) bud --isolation chroot --timestamp 0 --target prebuilt --build-arg VERSION=$(or $(VERSION),devel) \
		--build-arg REVISION=$(shell git rev-parse HEAD) -t localhost/sluice -f Dockerfile $(DIST)/context
	$(BUILDAH) push localhost/sluice oci:$(DIST)/oci:latest
	rm -rf $(DIST)/storage $(DIST)/run $(DIST)/context

install: ## into GOBIN
	$(GO) install -trimpath -ldflags "-s -w -X main.version=$(VERSION)" ./cmd/sluice
