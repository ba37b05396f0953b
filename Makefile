# Run `make help`.
CONFIGURATION ?= Release
export CONFIGURATION
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1

.PHONY: help demo test images e2e e2e-faults tools build format generate bench-reduce bench-train bench-round bench-operator bench-normalization bench-personalization bench-exact clean

help: ## what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/' | expand -t 16

demo: ## train a federated job on Fashion-MNIST: 5 clients and an aggregator, each a process
	@.ci/setup demo
	@./fed run samples/fashion-mnist.yaml

test: ## every test there is; the last line is `N passed, N failed`
	@.ci/setup test
	@echo "build: FedOperator.sln"
	@dotnet build FedOperator.sln --nologo -v quiet -c $(CONFIGURATION)
	@tests/run.sh

images: ## OCI archives of operator and trainer, without Docker, in artifacts/images
	@.ci/setup images
	@images/build.sh

e2e: ## a real Kubernetes with pods, helm install, the sample trained on it; the last line is `N passed, N failed`
	@tests/cluster/e2e.sh tests

e2e-faults: ## the same cluster; pods, operator, API server, etcd and storage die while jobs run
	@tests/cluster/e2e.sh faults

tools: ## helm, kubectl where it is missing, and Azurite, into artifacts/tools
	@tests/tools/install.sh
	@tests/azurite/install.sh

build: ## compile everything
	dotnet build FedOperator.sln --nologo -v quiet -c $(CONFIGURATION)

format: ## mend the format of the code
	dotnet format

CRD = federatedjobs.fedoperator.io.yaml

generate: ## what is generated: the CRD (crds/, and the chart's copy) and the tables of bench/README.md
	@mkdir -p crds charts/fed-operator/crds artifacts
	dotnet run --project operator -c $(CONFIGURATION) -- crd >artifacts/$(CRD)
	cp artifacts/$(CRD) crds/$(CRD)
	mv artifacts/$(CRD) charts/fed-operator/crds/$(CRD)
	dotnet run --project bench -c Release -- report

bench-reduce: ## GB/s and peak memory of the reduction, beside numpy's and the machine's own
	.ci/setup test
	dotnet run --project bench -c Release -- reduce

bench-train: ## images/s of training, beside PyTorch's
	.ci/setup test
	dotnet run --project bench -c Release -- train

bench-round: ## what share of a round is not training, by part
	.ci/setup test
	dotnet run --project bench -c Release -- round

bench-exact: ## ms of a step with exact normalization, beside federated, by the latency of the store
	.ci/setup test
	dotnet run --project bench -c Release -- exact

bench-operator: ## objects a second of 1,000 jobs on a real API server, beside a bare loop; requests, memory, restart
	.ci/setup test
	tests/cluster/build.sh
	dotnet run --project bench -c Release -- operator

bench-normalization: ## every normalization scheme on IID and non-IID Fashion-MNIST, about an hour; goes on where it was stopped
	.ci/setup test
	dotnet build bench -c Release --nologo -v quiet
	dotnet run --no-build --project bench -c Release -- normalization $(ARGS)
	dotnet run --no-build --project bench -c Release -- normalization-batch
	dotnet run --no-build --project bench -c Release -- normalization-attack
	dotnet run --no-build --project bench -c Release -- report

bench-personalization: ## every personalization method by the classes a client holds, an hour and a half; goes on where it was stopped
	.ci/setup test
	dotnet build bench -c Release --nologo -v quiet
	dotnet run --no-build --project bench -c Release -- personalization $(ARGS)
	dotnet run --no-build --project bench -c Release -- report

clean: ## delete build outputs and runs
	rm -rf artifacts runs
	find . \( -name bin -o -name obj \) -type d -not -path './.git/*' -prune -exec rm -rf {} +
