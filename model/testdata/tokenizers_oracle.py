"""Trains byte-level BPE tokenizers on the texts of a JSONL file and prints their tokens.

Usage: tokenizers_oracle.py TEXTS.jsonl OUT_DIR [TOKENIZER.json ...]

For each tokenizer K of gpt2, qwen2 and llama3 it writes OUT_DIR/K.json and
OUT_DIR/K.ids: a line of token numbers for each text; for each named file, copies
under its base name. The last line on standard output is the CPU time of encoding.
"""
import json
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")

texts = [json.loads(line)["text"] for line in open(sys.argv[1], encoding="utf-8")]
out = sys.argv[2]


def split(pattern):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])


def trained(kind):
    t = Tokenizer(models.BPE(ignore_merges=kind == "llama3"))
    if kind == "gpt2":
        t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    else:
        t.pre_tokenizer = split(QWEN2 if kind == "qwen2" else LLAMA3)
    if kind == "qwen2":
        t.normalizer = normalizers.NFC()
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts[:2000], trainers.BpeTrainer(
        vocab_size=20000, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>", "<|im_start|>"], show_progress=False))
    t.add_tokens([AddedToken("清流", normalized=True), AddedToken("<b>", lstrip=True, rstrip=True, normalized=False),
                  AddedToken("cookie", single_word=True)])
    return t


names = []
for kind in ["gpt2", "qwen2", "llama3"]:
    trained(kind).save(os.path.join(out, kind + ".json"))
    names.append(kind)
for path in sys.argv[3:]:
    name = os.path.basename(path).removesuffix(".json")
    open(os.path.join(out, name + ".json"), "w").write(open(path).read())
    names.append(name)
for name in names:
    t = Tokenizer.from_file(os.path.join(out, name + ".json"))
    start = time.process_time()
    ids = [t.encode(x, add_special_tokens=False).ids for x in texts]
    cpu = time.process_time() - start
    with open(os.path.join(out, name + ".ids"), "w") as f:
        f.writelines(" ".join(map(str, x)) + "\n" for x in ids)
    print(name, cpu)
