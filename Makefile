# Two commands matter: `make up` and `make test`. Everything they need is set up on the way.
.PHONY: up down status report check test bench docs new-stack export sbom help

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

up: ## the lab: a training federation on this machine, monitored
	@lab/bootstrap.sh up

status: ## what is healthy in the lab and what is not
	@lab/bootstrap.sh status

report: ## dashboards.html: what every panel shows now (PROMETHEUS=url or RECORDED=1 instead of the lab; PICTURES=directory)
	@lab/bootstrap.sh report $(if $(PROMETHEUS),--prometheus $(PROMETHEUS)) $(if $(RECORDED),--recorded) \
	  $(if $(PICTURES),--pictures $(PICTURES) --out dashboards.html)

down: ## removes the lab; the cache of built tools stays (CACHE=1 removes it too)
	@lab/bootstrap.sh down $(if $(CACHE),--cache)

check: ## formatting, lint, types, generated documents
	@lab/bootstrap.sh check

test: ## the checks and all tests (QUICK=1 leaves out the engine tests)
	@lab/bootstrap.sh test $(if $(QUICK),--quick)

bench: ## what monitoring costs: the hook, the exporter (WHAT=hosts: beside Ansible; WHAT=scale: 1,000 hosts)
	@lab/bootstrap.sh bench $(WHAT)

docs: ## writes the generated documents again
	@lab/bootstrap.sh docs

new-stack: ## writes the file of a stack of your own (ARGS="--help" tells the options)
	@lab/bootstrap.sh new-stack $(ARGS)

export: ## all that is rendered for a stack, as files (STACK=name, OUT=directory)
	@lab/bootstrap.sh export $(if $(STACK),--stack $(STACK)) $(if $(OUT),--out $(OUT))

sbom: ## what the program is made of and deploys: sbom.cdx.json (CycloneDX)
	@lab/bootstrap.sh sbom
