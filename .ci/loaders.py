"""Opens every output of a release with every loader and compares the rows with
the manifest. usage: loaders.py RELEASE

datasets is given the folder, whose card declares the types of the columns; the
others are given the files. By file name datasets guesses the types, see
shard/doc.go.
"""

import json
import pathlib
import subprocess
import sys

import datasets
import duckdb
import pyarrow.parquet

WANT = {"datasets", "duckdb", "pandas", "polars", "pyarrow", "zstandard"}

release = pathlib.Path(sys.argv[1])
script = pathlib.Path(__file__).parent.parent / "shard" / "testdata" / "loaders.py"
datasets.disable_progress_bars()
failed = False
for output in json.loads((release / "manifest.json").read_text())["outputs"]:
    name = output["name"]
    rows = sum(s["rows"] for s in output["shards"])
    files = [str(release / s["path"]) for s in output["shards"]]
    if len(files) < 2 or any(s["frames"] < 3 for s in output["shards"]):
        sys.exit(f"{name}: want at least 2 shards of at least 3 frames, so that the loaders have to cross both")
    results = []
    for streaming in False, True:
        d = datasets.load_dataset(str(release), name, split="train", streaming=streaming)
        results.append({"loader": "datasets folder" + " streaming" * streaming, "version": datasets.__version__, "rows": sum(1 for _ in d)})
    lines = subprocess.run([sys.executable, script, *files], check=True, capture_output=True, text=True).stdout
    results += [r for r in map(json.loads, lines.splitlines()) if not r["loader"].startswith("datasets")]
    joined = f"select count(*) from read_json({files}) join '{release}/{name}/signals/*.parquet' using ({output['id_key']})"
    results.append({"loader": "duckdb signals", "version": duckdb.__version__, "rows": duckdb.sql(joined).fetchall()[0][0]})
    results.append({"loader": "pyarrow signals", "version": pyarrow.__version__, "rows": pyarrow.parquet.read_table(release / name / "signals").num_rows})
    for r in results:
        bad = r.get("rows") != rows
        failed = failed or bad
        print(f"{name:10} {r['loader']:26} {r['version']:10} {r.get('rows', r.get('error'))}" + (f", manifest says {rows}" if bad else ""))
    missing = WANT - {r["loader"].split()[0] for r in results}
    if missing:
        sys.exit(f"not installed: {', '.join(sorted(missing))}")
sys.exit(failed)
