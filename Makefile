# One word each; `make` alone lists them. CONTRIBUTING.md says when to use which.
BOOTSTRAP = @command -v python3 >/dev/null 2>&1 || { \
	echo "Python 3.10 or newer is needed: apt install python3 python3-venv, or brew install python" >&2; exit 1; }; \
	exec python3 bootstrap
BIN = .venv/bin
ARGS =
PORT =

.DEFAULT_GOAL = help
.PHONY: help start test test-hub55 reliability prepare bench lint types format docs demo lock wheel clean

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

start: ## prepare what is needed and start the workspace (PORT=8001, ARGS="...")
	$(BOOTSTRAP) start $(if $(PORT),--port $(PORT)) $(ARGS)

test: ## every test that can run here (ARGS="-k recorder")
	$(BOOTSTRAP) test $(ARGS)

test-hub55: ## the hub's tests on JupyterHub 5.5
	$(BOOTSTRAP) test-hub55 $(ARGS)

reliability: ## the long form of the tests that inject faults (TIMES=100 times the short one)
	TRAILBOOK_RELIABILITY=$(or $(TIMES),100) $(BIN)/pytest tests/reliability $(ARGS)

prepare: ## environment, locked packages, bundles; nothing is started
	$(BOOTSTRAP) prepare

bench: ## the benchmarks: figures as ratios to a baseline of the same run
	@set -e; for script in tests/benchmarks/bench_*.py; do echo "$$script"; $(BIN)/python $$script; done

lint: ## everything that reads code without running it
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/codespell
	$(BIN)/mypy && $(BIN)/lint-imports
	npm run --silent lint:check && npx tsc

format: ## let ruff, eslint and prettier rewrite what they can
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	npm run --silent lint

docs: ## docs/reference and the API's TypeScript types anew, from the code
	$(BIN)/python -m trailbook.api.openapi >docs/reference/openapi.json
	npx openapi-typescript docs/reference/openapi.json -o extensions/ui/schema.ts
	$(BIN)/python docs/generate.py

demo: ## record the demo project anew, by running it
	$(BIN)/python demo/record.py

wheel: ## the sdist and the wheel, into dist/
	rm -rf dist && $(BIN)/python -m build --no-isolation

lock: ## requirements/*.txt anew, from pyproject.toml
	$(BIN)/python -m pip install --quiet uv && UV=$(BIN)/uv requirements/lock.sh

clean: ## remove what was built and installed; data/ stays
	rm -rf .venv .venv-hub55 node_modules lib tsconfig.tsbuildinfo dist \
		extensions/trailbook/labextension hub/trailbook_hub/service/static
