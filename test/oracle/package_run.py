"""The run of test/package in PyTorch: its losses, and what the merged model answers.

    node scripts/run-ts.mjs test/package/oracle-input.ts build/package-run
    python test/oracle/package_run.py build/package-run > test/package/study.golden.json

The product gives the tokens of every step and the initial values of the branches; everything after that is computed
here, on transformers' own model with medcare_oracle.py's branches.
"""
import json, sys
import torch, transformers
from safetensors.torch import load_file
from transformers import AutoTokenizer, LlamaForCausalLM

import medcare_oracle as oracle

ANSWER_TOKENS = 16


def fill(mods, values, only=None):
    """Sets the branches that are attached to these initial values, or those of one name alone."""
    for name, p in oracle.params(mods).items():
        if only is None or f".{only}." in name:
            with torch.no_grad(): p.copy_(values[name])


def batch(records):
    """Records of one step as a right-padded batch."""
    length = max(len(r["ids"]) for r in records)
    pad = lambda row, value: row + [value] * (length - len(row))
    assert all(oracle.PAD not in r["ids"] for r in records)
    return (torch.tensor([pad(r["ids"], oracle.PAD) for r in records]),
            torch.tensor([pad(r["labels"], -100) for r in records]))


def main(folder):
    given = json.load(open(f"{folder}/input.json"))
    document = given["recipe"]
    first, second = document["stages"]
    lora, ka, na = first["attach"]
    assert [b["name"] for b in first["attach"] + second["attach"]] == ["lora", "ka", "na", "align"]
    assert not first["dropout"] and not second["dropout"], "dropout draws other numbers here"
    recipe = oracle.Recipe(r=lora["rank"], s=ka["rank"] // lora["rank"], E=na["experts"], K=na["active"], alpha=document["alpha"],
                           lam=second["orthogonal"]["weight"], router_bias=na["routerBias"], renormalise=na["renormalise"],
                           scaling=document["scaling"])
    optimizer = document["optimizer"]
    model = LlamaForCausalLM.from_pretrained(given["model"], dtype=torch.float32, attn_implementation="eager").eval()
    mods = oracle.attach(model, recipe, seed=0)
    steps = []

    def train(stage, lam):
        batches = [batch(records) for records in given["stages"][stage]]
        log, _ = oracle.train(model, mods, batches, len(batches), optimizer["learningRate"], optimizer["warmupRatio"], lam,
                              clip=optimizer["clipNorm"], accumulate=1)
        steps.extend(dict(stage=stage, nll=s["nll"], orthogonal=s["orthogonal"] if lam else None, gradientNorm=s["gradNorm"]) for s in log)

    oracle.start_mka(mods)
    fill(mods, load_file(f"{folder}/stage1.safetensors"))
    train(0, 0.0)
    oracle.start_da(mods)
    fill(mods, load_file(f"{folder}/stage2.safetensors"), "align")
    train(1, recipe.lam)
    oracle.merge_all(mods)
    ids = torch.tensor([given["prompt"]])
    answer = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=ANSWER_TOKENS, do_sample=False)[0, ids.shape[1]:]
    text = AutoTokenizer.from_pretrained(given["model"]).decode(answer, skip_special_tokens=True)
    made = f"PyTorch {torch.__version__}, transformers {transformers.__version__}"
    json.dump(dict(made=made, steps=steps, answer=text), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main(sys.argv[1])
