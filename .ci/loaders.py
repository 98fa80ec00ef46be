"""Opens every output of a release with every loader and compares the rows with
the manifest. usage: loaders.py RELEASE"""

import json
import pathlib
import subprocess
import sys

WANT = {"datasets", "duckdb", "pandas", "polars", "pyarrow", "zstandard"}

release = pathlib.Path(sys.argv[1])
script = pathlib.Path(__file__).parent.parent / "shard" / "testdata" / "loaders.py"
failed = False
for output in json.loads((release / "manifest.json").read_text())["outputs"]:
    rows = sum(s["rows"] for s in output["shards"])
    files = [str(release / s["path"]) for s in output["shards"]]
    if len(files) < 2 or any(s["frames"] < 3 for s in output["shards"]):
        sys.exit(f"{output['name']}: want at least 2 shards of at least 3 frames, so that the loaders have to cross both")
    lines = subprocess.run([sys.executable, script, *files], check=True, capture_output=True, text=True).stdout
    results = [json.loads(l) for l in lines.splitlines()]
    for r in results:
        bad = r.get("rows") != rows
        failed = failed or bad
        print(f"{output['name']:10} {r['loader']:20} {r['version']:10} {r.get('rows', r.get('error'))}" + (f", manifest says {rows}" if bad else ""))
    missing = WANT - {r["loader"].split()[0] for r in results}
    if missing:
        sys.exit(f"not installed: {', '.join(sorted(missing))}")
sys.exit(failed)
