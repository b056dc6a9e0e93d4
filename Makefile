# make test sets up whatever the tests need and runs them all, as CI does.

GO          ?= go
RACE        := $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# What else manages hooks, each tried for real.
HOOKTOOLS   := @j178/prek@0.5.3 lefthook@2.2.2 husky@9.1.7 lint-staged@16.4.0

# What checks SARIF files: Microsoft's validator, with GitHub's rules.
SARIFTOOL   := @microsoft/sarif-multitool@5.7.0

# What runs and checks the GitHub Action and the workflows; action-validator is on npm.
ACTIONTOOLS := github.com/nektos/act@v0.2.89 github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
VALIDATOR   := @action-validator/cli@0.6.0 @action-validator/core@0.6.0

# Tests that make hundreds of repositories, or gigabytes, or run the tools of others: they run without the race detector,
# which makes them ten times slower and finds nothing in git.
HEAVY := ^(TestFault|TestAction|TestHooks|TestPreCommit|TestCommandsOf|TestRandom|TestHistoryOfRandom|TestRange|TestLocateRandom|TestSweepRandom|FuzzRoundTrip)

# What makes releases. It takes minutes to build, so make test uses it only where it is.
GORELEASER  := github.com/goreleaser/goreleaser/v2@v2.16.0
GORELEASER_BIN ?= $(shell command -v bin/goreleaser || echo goreleaser)

.PHONY: test build setup format vet staticcheck unit self fuzz bench golden assets goreleaser snapshot

test: setup build format vet staticcheck unit self

build:
	$(GO) build -o bin/klaviyolint ./cmd/klaviyolint

# The tests run real tools: git; pre-commit and git-filter-repo, which root gets from Debian's packages; prek, lefthook, husky
# and lint-staged from npm, the validator of SARIF files, and what runs and checks the GitHub Action, into bin.
setup:
	@command -v git >/dev/null || { echo "the tests need git"; exit 1; }
	@command -v pre-commit >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  { apt-get install -y -qq pre-commit >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq pre-commit >/dev/null; }; }; } || \
	  echo "pre-commit is not here: its tests are skipped"
	@command -v git-filter-repo >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  apt-get install -y -qq git-filter-repo >/dev/null 2>&1; } || \
	  echo "git-filter-repo is not here: what the guide says of cleaning a history is not tried"
	@[ "$$(cat bin/hooktools/installed 2>/dev/null)" = "$(HOOKTOOLS)" ] || { mkdir -p bin/hooktools && \
	  npm install --silent --no-audit --no-fund --ignore-scripts --prefix bin/hooktools $(HOOKTOOLS) && \
	  echo "$(HOOKTOOLS)" > bin/hooktools/installed; } || \
	  echo "npm is not here, or reaches nothing: the tests of prek, lefthook and husky are skipped"
	@[ "$$(cat bin/sariftool/installed 2>/dev/null)" = "$(SARIFTOOL)" ] || { mkdir -p bin/sariftool && \
	  npm install --silent --no-audit --no-fund --ignore-scripts --prefix bin/sariftool $(SARIFTOOL) && \
	  chmod u+x bin/sariftool/node_modules/@microsoft/sarif-multitool-*/Sarif.Multitool* && \
	  echo "$(SARIFTOOL)" > bin/sariftool/installed; } || \
	  echo "npm is not here, or reaches nothing: SARIF files are not checked by Microsoft's validator"
	@[ "$$(cat bin/actiontools/installed 2>/dev/null)" = "$(ACTIONTOOLS) $(VALIDATOR)" ] || { mkdir -p bin/actiontools && \
	  for tool in $(ACTIONTOOLS); do GOBIN="$(CURDIR)/bin/actiontools" $(GO) install $$tool || exit 1; done && \
	  npm install --silent --no-audit --no-fund --ignore-scripts --prefix bin/actiontools $(VALIDATOR) && \
	  echo "$(ACTIONTOOLS) $(VALIDATOR)" > bin/actiontools/installed; } || \
	  echo "npm is not here, or something reaches nothing: the GitHub Action is not run by act"

format:
	@out=$$(gofmt -l cmd rules sarif scanner); [ -z "$$out" ] || { echo "not gofmt-ed:"; echo "$$out"; exit 1; }

# Also as Windows and macOS compile it: the first time that takes a minute each, then seconds.
vet:
	$(GO) vet ./...
	GOOS=windows $(GO) vet ./...
	GOOS=darwin $(GO) vet ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

unit:
	@[ -n "$(RACE)" ] || echo "no C compiler: the tests run without the race detector"
	$(GO) test -timeout 30m $(RACE) -skip '$(HEAVY)' ./...
	$(GO) test -timeout 30m -run '$(HEAVY)' ./cmd/klaviyolint ./scanner/gitstore ./scanner/source ./scanner/inflate

# klaviyolint over its own tree; .klaviyolint.yaml leaves out the demo and the corpora.
self: build
	bin/klaviyolint .

# Each fuzz target for a short while.
FUZZTIME := 10s
fuzz:
	@for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep ^Fuzz); do \
	    echo "$$package $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
	  done; \
	done

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# What a release holds beside the program: man pages and completions.
assets:
	rm -rf build && mkdir -p build/man build/completions
	$(GO) run ./cmd/klaviyolint man build/man
	gzip -9nk build/man/*.1
	$(GO) run ./cmd/klaviyolint completion bash > build/completions/klaviyolint.bash
	$(GO) run ./cmd/klaviyolint completion zsh > build/completions/_klaviyolint
	$(GO) run ./cmd/klaviyolint completion fish > build/completions/klaviyolint.fish
	$(GO) run ./cmd/klaviyolint completion powershell > build/completions/klaviyolint.ps1

goreleaser:
	GOBIN=$(CURDIR)/bin $(GO) install $(GORELEASER)

# All that a release is, into dist, without publishing: what only the workflow has is skipped.
snapshot:
	$(GORELEASER_BIN) release --snapshot --clean --skip=docker,sign,sbom,publish

# Rewrites what is rendered: golden files, docs/rules.md, the README's table and example.
golden:
	$(GO) test ./cmd/klaviyolint ./scanner/report ./sarif -update
