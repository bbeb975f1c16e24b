# Studio. `make` lists the targets.
SHELL := /bin/bash
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS := -s -w -X main.version=$(VERSION)
UI_SOURCES := $(shell find ui/src ui/bundle ui/package.json ui/package-lock.json -type f 2>/dev/null)

# Everything is compiled for release, so that it is compiled once: for the
# program, its tests and the checks, and, as far as these go, for the virtual board.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(filter-out -trimpath,$(GOFLAGS)) -trimpath)

.DEFAULT_GOAL := help
.PHONY: help run build test quick cover check lint bench fmt generate cross imports mutants soak picture clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: build ## build Studio and start it; gopls, for its editor, is built beside it, once
	@nice ./bin/studio toolchain install gopls >bin/gopls.log 2>&1 </dev/null &
	./bin/studio

STUB := internal/flasher/esp/stub/esp32c3.json

$(STUB): go.mod
	cp "$$(go mod download tinygo.org/x/espflasher && go list -m -f '{{.Dir}}' tinygo.org/x/espflasher)/pkg/espflasher/stubs/esp32c3.json" $@
	@chmod u+w $@ && touch $@

build: ui/dist/index.html $(STUB) ## build bin/studio with its page
	go build -ldflags '$(LDFLAGS)' -o bin/studio ./cmd/studio

ui/node_modules/.package-lock.json: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund
	@touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	go run ./ui/bundle

test: ## everything that has to hold: unit, protocol, fault and browser tests (sets up what it needs)
	test/run

quick: $(STUB) ui/dist/index.html ## unit and protocol tests, in a minute or two: without compilers, browsers and emulated boards
	go test -short -vet=off -p 4 ./cmd/... ./internal/... ./ui/... ./test/docs ./test/firmware ./test/link
	cd firmware-templates && go test -short -vet=off ./...

# The packages in the middle, which most other tests go through without looking.
COVERED := server workbench client problem

cover: $(STUB) ui/dist/index.html ## how much of the packages in the middle their own tests run
	@for p in $(COVERED); do go test -short -cover ./internal/$$p || exit 1; done

check: imports ## formatting, vet, types, forbidden imports: the quick look before a commit
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run make fmt'; exit 1; }
	go vet ./... && cd firmware-templates && go vet ./...
	$(MAKE) ui/node_modules/.package-lock.json && cd ui && node node_modules/typescript/bin/tsc --noEmit
	npx --yes $(BIOME) check $(FORMATTED)

GOLANGCI := bin/golangci-lint-v2.12.2
DEADCODE := golang.org/x/tools/cmd/deadcode@v0.52.0

$(GOLANGCI):
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(patsubst bin/golangci-lint-%,%,$@)
	@mv bin/golangci-lint $@

# flashertest.Run is for methods whose rigs need real time; there is none today.
lint: build $(GOLANGCI) ## the linters of .golangci.yml, and functions that nothing calls; compiling the linters takes minutes once
	$(GOLANGCI) run ./...
	cd firmware-templates && ../$(GOLANGCI) run ./...
	@found=$$(go run $(DEADCODE) -test ./cmd/... ./internal/... ./ui/... ./test/... | grep -v 'flashertest/.*: Run$$'); test -z "$$found" || { echo "$$found"; exit 1; }

imports: ## imports point downwards only, the page's modules make no circle, names tell which functions want a lock held, and lines are not too long
	go run ./test/imports

# What differs from one processor to another is in confine alone.
cross: ## compile for the other systems
	@for t in windows/amd64 darwin/arm64; do \
	  export GOOS=$${t%/*} GOARCH=$${t#*/}; echo "  $$t"; \
	  go build -ldflags '-s -w' -o /dev/null ./cmd/studio && go vet ./internal/... ./cmd/... || exit 1; done
	@echo "  linux/arm64"; GOOS=linux GOARCH=arm64 go vet ./internal/confine

bench: build ## measure; every figure is a ratio within one run
	go run ./test/bench

mutants: $(STUB) ui/dist/index.html ## switch off one defence after the other: each time a test has to go red (six minutes)
	go run ./test/mutants

SOAK ?= 10m

soak: ## floods, kills and full disks (SOAK=10m); as long 32 boards with 64 consoles, a page and a recording each, which networks, cables and power disturb; 10 MB of files over a line that loses and flips 1 % of its bytes; gopls killed 100 times; 6,000 letters typed beside a page that takes the keyboard
	STUDIO_SOAK=$(SOAK) go test ./test/attacks -run TestSoak -count=1 -v -timeout 60m
	STUDIO_SOAK=$(SOAK) go test ./internal/session -run TestSoakMessages -count=1 -v -timeout 60m
	STUDIO_SOAK=1 go test ./internal/devfs -run "Soak|Firmware" -count=1 -v -timeout 20m
	STUDIO_SOAK=1 go test ./test/rp2040 -run ManyMessages -count=1 -v -timeout 60m
	STUDIO_TEST_ALL=1 STUDIO_SOAK=1 go test ./internal/gopls -run TestKilled -count=1 -v -timeout 20m
	$(MAKE) build && cd test/browser && npm ci --no-audit --no-fund --silent && STUDIO_SOAK=1 node --test --test-concurrency=1 --test-reporter=spec gopls.test.mjs preview.test.mjs preview.soak.mjs

BIOME := @biomejs/biome@2.6.8
FORMATTED := ui/src test/browser test/rp2040

fmt: ## format everything: Go, and the page's and the tests' TypeScript, CSS and modules
	gofmt -w $$(git ls-files '*.go')
	npx --yes $(BIOME) format --write $(FORMATTED)

generate: ## make ui/src/wire.ts from internal/api, words as Go code, the lists in docs/troubleshooting.md from the words, and docs/architecture.md's picture
	go run ./ui/generate
	go test ./test/docs -run TestPictureOfTheRooms -count=1 -args -update
	go test ./cmd/studio -run TestTroubleshootingIsUpToDate -count=1 -args -update

picture: build ## take the picture in the README
	cd test/browser && npm ci --no-audit --no-fund --silent && node picture.mjs

clean: ## remove what was built
	rm -rf $(STUB) bin ui/node_modules && find ui/dist -mindepth 1 ! -name README -delete
