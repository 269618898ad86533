# The everyday commands. `make run` and `make test` are all that a newcomer needs.

GO       ?= go
TAGS     ?= sqlite_fts5
# Without a C compiler the pure Go engine of SQLite is built instead.
CC_FOUND := $(shell command -v $(or $(CC),cc) 2>/dev/null)
ifeq ($(CC_FOUND),)
export CGO_ENABLED = 0
RACE     :=
else
export CGO_ENABLED = 1
RACE     := -race
endif

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TOOLS    := $(CURDIR)/bin/tools

.PHONY: run build test test-race lint bench vuln torture dev generate browser clean

run: build ## build and serve http://localhost:8080 on SQLite
	./bin/plenary serve

build: ## one binary with pages and assets inside: bin/plenary
	$(GO) build -tags "$(TAGS)" -ldflags "$(LDFLAGS)" -o bin/plenary ./cmd/plenary

test: browser ## everything that can run on this machine
	$(GO) test -tags "$(TAGS)" -timeout 60m ./...

test-race: browser ## the same under the race detector
	$(GO) test -tags "$(TAGS)" -timeout 60m $(RACE) ./...

lint: $(TOOLS)/golangci-lint ## formatting, vet, linters, tidy modules
	$(GO) mod verify
	$(GO) mod tidy -diff
	$(TOOLS)/golangci-lint run --build-tags "$(TAGS)" ./...

$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) $(GO) install $(LINT)

bench: ## measured speed, as ratios taken in one run
	$(GO) test -tags "$(TAGS)" -run '^$$' -bench . -benchtime 2s -timeout 30m ./pkg/...

vuln: ## known faults in what is linked; VULNDB=folder where the database's host cannot be reached
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 $(if $(VULNDB),-db file://$(VULNDB)) ./cmd/...

torture: ## kill the process in the middle of writing, many times
	PLENARY_TORTURE_ROUNDS=500 $(GO) test -tags "$(TAGS)" -run Killed -count 1 -timeout 60m -v ./pkg/...

dev: build ## serve with templates read from disk on every request
	./bin/plenary serve --dev

generate: ## bundle scripts and styles anew into static/dist
	$(GO) generate ./static

browser: ## the tests' browser; installed by the package manager when run as root
	@sh .ci/browser

clean:
	rm -rf bin
