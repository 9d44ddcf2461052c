{
  description = "Typed, durable relations between tickets kept as files in git";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      project = (builtins.fromTOML (builtins.readFile ./pyproject.toml)).project;

      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      eachSystem = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});

      dependencies = python: [
        python.pyyaml
        python.python-ulid
        python.rich
        python.sqlmodel
        python.typer
        python.watchfiles
      ];

      # Packages that the tests import or run.
      testTools = python: [
        python.alembic
        python.build
        python.hatchling
        python.hypothesis
        python.mcp
        python.psycopg
        python.pytest
        python.sse-starlette
        python.starlette
        python.tenacity
        python.uvicorn
      ];

      package =
        pkgs:
        pkgs.python3Packages.buildPythonApplication {
          pname = project.name;
          version = project.version;
          pyproject = true;
          src = ./.;
          build-system = [ pkgs.python3Packages.hatchling ];
          dependencies = dependencies pkgs.python3Packages;
          # nixpkgs may have newer versions than the tested ones (see pyproject.toml).
          pythonRelaxDeps = [ "typer" ];
          # nixpkgs lacks it; without it, the page has lists in place of the map.
          pythonRemoveDeps = [ "fast-sugiyama" ];
          pythonImportsCheck = [ "yoi_relations" ];
          # The tests need more packages than the program: see checks.
          doCheck = false;
          meta = {
            inherit (project) description;
            license = nixpkgs.lib.licenses.mit;
            mainProgram = "relations";
          };
        };

      # All tests except those that need a package index, or packages that nixpkgs lacks.
      tested =
        pkgs:
        (package pkgs).overridePythonAttrs (_: {
          doCheck = true;
          nativeCheckInputs = testTools pkgs.python3Packages ++ [
            pkgs.python3Packages.pytestCheckHook
            pkgs.git
            pkgs.postgresql
          ];
          disabledTestPaths = [
            "tests/page"
            "tests/test_wheel.py"
          ];
          preCheck = ''
            export HOME=$TMPDIR
          '';
        });

      # Runs the built program on the examples, which have five open blockers.
      answering =
        pkgs:
        pkgs.runCommand "${project.name}-examples" { nativeBuildInputs = [ (package pkgs) ]; } ''
          cp -r ${./examples} examples
          chmod -R u+w examples
          relations -C examples show --kind blocker | tee $out
          test "$(grep -c . $out)" -eq 5
        '';
    in
    {
      packages = eachSystem (pkgs: {
        yoi-relations = package pkgs;
        default = package pkgs;
      });

      apps = eachSystem (pkgs: {
        default = {
          type = "app";
          program = "${package pkgs}/bin/relations";
        };
      });

      devShells = eachSystem (pkgs: {
        default = pkgs.mkShell {
          packages = [
            (pkgs.python3.withPackages (
              python:
              dependencies python
              ++ testTools python
              ++ [
                python.mypy
                python.pytest-xdist
                python.types-pyyaml
              ]
            ))
            pkgs.git
            pkgs.import-linter
            pkgs.postgresql
            pkgs.ruff
          ];
          shellHook = ''
            export PYTHONPATH=$PWD/src
          '';
        };
      });

      checks = eachSystem (pkgs: {
        examples = answering pkgs;
        tests = tested pkgs;
      });
    };
}
