"""Counts the rows of zstd JSONL shards with every loader that reads them by file name.

usage: loaders.py SHARD.jsonl.zst...

Prints one JSON line per loader: {"loader", "version", "rows"} or {"loader",
"version", "error"}. A loader that is not installed is left out.
"""

import importlib
import json
import sys
import tempfile


def datasets_(m, files):
    m.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        d = m.load_dataset("json", data_files=files, split="train", cache_dir=cache)
        return len(d)


def datasets_streaming(m, files):
    m.disable_progress_bars()
    return sum(1 for _ in m.load_dataset("json", data_files=files, split="train", streaming=True))


def duckdb_json(m, files):
    return len(m.sql(f"select * from read_json({files!r})").fetchall())


def duckdb_ndjson(m, files):
    return len(m.sql(f"select * from read_ndjson({files!r})").fetchall())


def pandas_inferred(m, files):
    return sum(len(m.read_json(f, lines=True)) for f in files)


def pandas_zstd(m, files):
    return sum(len(m.read_json(f, lines=True, compression="zstd")) for f in files)


def pandas_chunks(m, files):
    return sum(len(c) for f in files for c in m.read_json(f, lines=True, chunksize=100))


def polars_read(m, files):
    return sum(m.read_ndjson(f).height for f in files)


def polars_scan(m, files):
    return m.scan_ndjson(files).collect().height


def pyarrow_json(m, files):
    return sum(m.read_json(f).num_rows for f in files)


def zstandard_open(m, files):
    n = 0
    for f in files:
        with m.open(f, "rt", encoding="utf-8") as lines:
            n += sum(1 for _ in lines)
    return n


LOADERS = [
    ("datasets", "datasets", datasets_),
    ("datasets streaming", "datasets", datasets_streaming),
    ("duckdb read_json", "duckdb", duckdb_json),
    ("duckdb read_ndjson", "duckdb", duckdb_ndjson),
    ("pandas inferred", "pandas", pandas_inferred),
    ("pandas zstd", "pandas", pandas_zstd),
    ("pandas chunks", "pandas", pandas_chunks),
    ("polars read_ndjson", "polars", polars_read),
    ("polars scan_ndjson", "polars", polars_scan),
    ("pyarrow read_json", "pyarrow.json", pyarrow_json),
    ("zstandard open", "zstandard", zstandard_open),
]

for name, module, load in LOADERS:
    try:
        m = importlib.import_module(module)
    except ImportError:
        continue
    line = {"loader": name, "version": importlib.import_module(module.split(".")[0]).__version__}
    try:
        line["rows"] = load(m, sys.argv[1:])
    except Exception as e:  # whatever a loader throws is its result
        line["error"] = f"{type(e).__name__}: {e}"[:300]
    print(json.dumps(line, ensure_ascii=False), flush=True)
