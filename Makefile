# make test sets up whatever the tests need and runs them all, as CI does.

GO          ?= go
RACE        := $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# What else manages hooks, each tried for real.
HOOKTOOLS   := @j178/prek@0.5.3 lefthook@2.2.2 husky@9.1.7 lint-staged@16.4.0

# What checks SARIF files: Microsoft's validator, with GitHub's rules.
SARIFTOOL   := @microsoft/sarif-multitool@5.7.0

# Tests that make hundreds of repositories, or gigabytes: they run without the race detector, which makes them ten times
# slower and finds nothing in git.
HEAVY := ^(TestFault|TestRandom|TestHistoryOfRandom|TestRange|TestLocateRandom|TestSweepRandom|FuzzRoundTrip)

.PHONY: test build setup format vet staticcheck unit self bench golden

test: setup build format vet staticcheck unit self

build:
	$(GO) build -o bin/klaviyolint ./cmd/klaviyolint

# The tests run real tools: git; pre-commit, which root gets from Debian's packages; prek, lefthook, husky and lint-staged
# from npm, and the validator of SARIF files, into bin.
setup:
	@command -v git >/dev/null || { echo "the tests need git"; exit 1; }
	@command -v pre-commit >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  { apt-get install -y -qq pre-commit >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq pre-commit >/dev/null; }; }; } || \
	  echo "pre-commit is not here: its tests are skipped"
	@[ "$$(cat bin/hooktools/installed 2>/dev/null)" = "$(HOOKTOOLS)" ] || { mkdir -p bin/hooktools && \
	  npm install --silent --no-audit --no-fund --ignore-scripts --prefix bin/hooktools $(HOOKTOOLS) && \
	  echo "$(HOOKTOOLS)" > bin/hooktools/installed; } || \
	  echo "npm is not here, or reaches nothing: the tests of prek, lefthook and husky are skipped"
	@[ "$$(cat bin/sariftool/installed 2>/dev/null)" = "$(SARIFTOOL)" ] || { mkdir -p bin/sariftool && \
	  npm install --silent --no-audit --no-fund --ignore-scripts --prefix bin/sariftool $(SARIFTOOL) && \
	  chmod u+x bin/sariftool/node_modules/@microsoft/sarif-multitool-*/Sarif.Multitool* && \
	  echo "$(SARIFTOOL)" > bin/sariftool/installed; } || \
	  echo "npm is not here, or reaches nothing: SARIF files are not checked by Microsoft's validator"

format:
	@out=$$(gofmt -l cmd rules sarif scanner); [ -z "$$out" ] || { echo "not gofmt-ed:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

unit:
	@[ -n "$(RACE)" ] || echo "no C compiler: the tests run without the race detector"
	$(GO) test $(RACE) -skip '$(HEAVY)' ./...
	$(GO) test -run '$(HEAVY)' ./cmd/klaviyolint ./scanner/gitstore ./scanner/source ./scanner/inflate

# klaviyolint over its own tree; .klaviyolint.yaml leaves out the demo and the corpora.
self: build
	bin/klaviyolint .

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Rewrites what is rendered: golden files, docs/rules.md, the README's table and example.
golden:
	$(GO) test ./cmd/klaviyolint ./scanner/report ./sarif -update
