# Two commands matter: `make demo` shows a city at work, `make test` proves it. Each does its own set-up.

HUTONG = $(or $(CARGO_TARGET_DIR),target)/release/hutong
ARGS ?=

.PHONY: demo test check bench fuzz tools build help

help:            ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 10

demo: build      ## a whole city in a fresh directory, at work; ARGS='--roster FILE --keep'
	$(HUTONG) demo $(ARGS)

build: .tools/nats-server
	cargo build --release --locked -p hutong

test: tools      ## all tests, on SQLite and on PostgreSQL; ARGS='name'
	cargo build --locked -p hutong
	cargo test --locked --workspace $(ARGS)

check:           ## format, lints, dependencies, the contract
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --features fuzz/targets -- -D warnings
	.ci/check-deny
	.ci/check-proto

bench: tools     ## how fast, beside the machine's limits, in one run; ARGS='--json'
	cargo build --release --locked -p hutong
	cargo run --release --locked -p tests --bin bench -- $(ARGS)

fuzz:            ## every decoder against bytes of a stranger; FUZZ_SECONDS=600 each, ARGS='note request'
	.ci/fuzz $(ARGS)

tools: .tools/nats-server .tools/postgresql  ## nats-server and PostgreSQL, unless the machine has them

.PHONY: .tools/nats-server .tools/postgresql
.tools/nats-server:
	@.ci/get-nats-server
.tools/postgresql:
	@.ci/get-postgresql
