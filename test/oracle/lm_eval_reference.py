"""What lm-eval asks and scores on the questions of test/fixtures/lm-eval: prompts, likelihoods and scores of every item.

    python test/oracle/lm_eval_reference.py

Needs lm-eval 0.4, transformers, datasets, torch (the README of the fixtures has the versions). The task files of the
package are used as they are; only the hub is replaced: `datasets.load_dataset` gives the small files written here, in
the layout in which the hub publishes each data set.
"""

import csv
import gzip
import json
import os
import random
import sys
from pathlib import Path

os.environ.update({"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"})

import datasets
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "test/fixtures/lm-eval"
DATA = OUT / "data"
FACTS = json.loads((OUT / "facts.json").read_text("utf-8"))
SHOTS = [0, 3]
ZH_SUBJECTS = {
    "cmmlu": [
        "anatomy", "clinical_knowledge", "college_medical_statistics", "college_medicine", "genetics", "nutrition",
        "professional_medicine", "traditional_chinese_medicine", "virology",
    ],
    "ceval": ["basic_medicine", "clinical_medicine", "physician", "veterinary_medicine"],
}


def dealt(language, seed, count=None):
    """Facts in another order with their options dealt anew: question, options, place of the right one, subject."""
    draw = random.Random(seed)
    facts = list(FACTS[language])
    draw.shuffle(facts)
    for question, right, *rest in facts[:count]:
        *wrong, subject = rest
        options = [right, *wrong]
        draw.shuffle(options)
        yield question, options, options.index(right), subject


def jsonl(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return datasets.load_dataset("json", data_files=str(path), split="train")


def parquet(path, rows, features=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    datasets.Dataset.from_list(rows, features=features).to_parquet(str(path))
    return datasets.load_dataset("parquet", data_files=str(path), split="train")


def table(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return datasets.Dataset.from_list([{key: str(value) for key, value in row.items()} for row in rows])


def medqa():
    def rows(seed, split):
        for i, (question, options, right, _) in enumerate(dealt("en", seed)):
            yield {
                "id": f"{split}-{i:05d}", "sent1": question, "sent2": "",
                **{f"ending{k}": option for k, option in enumerate(options)}, "label": right,
            }
    return {
        split: jsonl(DATA / f"medqa/{file}.json", list(rows(seed, split)))
        for split, file, seed in [("train", "train", 1), ("validation", "dev", 2), ("test", "test", 3)]
    }


def medmcqa():
    def rows(seed):
        for i, (question, options, right, subject) in enumerate(dealt("en", seed)):
            yield {
                "id": f"00000000-0000-0000-{seed:04d}-{i:012d}", "question": question,
                **dict(zip(["opa", "opb", "opc", "opd"], options, strict=True)),
                "cop": right, "choice_type": "single", "exp": None if i % 3 else "As taught.",
                "subject_name": subject, "topic_name": None,
            }
    return {
        split: parquet(DATA / f"medmcqa/{split}-00000-of-00001.parquet", list(rows(seed)))
        for split, seed in [("train", 4), ("validation", 5)]
    }


def pubmedqa():
    def rows(seed):
        draw = random.Random(seed)
        items = list(FACTS["abstracts"])
        draw.shuffle(items)
        for question, contexts, decision, conclusion in items:
            yield {
                "QUESTION": question, "CONTEXTS": contexts, "LABELS": ["RESULTS"] * len(contexts), "MESHES": ["Humans"],
                "YEAR": "2019", "reasoning_required_pred": decision, "reasoning_free_pred": decision,
                "final_decision": decision, "LONG_ANSWER": conclusion,
            }
    return {
        split: parquet(DATA / f"pubmedqa/{split}-00000-of-00001.parquet", list(rows(seed)))
        for split, seed in [("train", 6), ("validation", 7), ("test", 8)]
    }


def careqa(language):
    def rows():
        for i, (question, options, right, category) in enumerate(dealt(language, 9 if language == "en" else 10)):
            yield {
                "exam_id": i + 1, "question": question, **{f"op{k + 1}": option for k, option in enumerate(options)},
                "cop": right + 1, "year": 2024, "category": category, "unique_id": f"{language}-{i}",
            }
    return {"test": jsonl(DATA / f"careqa/CareQA_{language}.json", list(rows()))}


def headqa(language):
    features = datasets.Features({
        "name": datasets.Value("string"), "year": datasets.Value("string"), "category": datasets.Value("string"),
        "qid": datasets.Value("int32"), "qtext": datasets.Value("string"), "ra": datasets.Value("int32"),
        "answers": [{"aid": datasets.Value("int32"), "atext": datasets.Value("string")}],
    })

    def rows(seed):
        for i, (question, options, right, category) in enumerate(dealt(language, seed)):
            if i % 4 == 3:
                options, right = [*options, "None of them" if language == "en" else "Ninguna"], right
            yield {
                "name": "Cuaderno_2013_1", "year": "2013", "category": category, "qid": i + 1, "qtext": question,
                "ra": right + 1, "answers": [{"aid": k + 1, "atext": option} for k, option in enumerate(options)],
            }
    first = 11 if language == "en" else 14
    return {
        split: parquet(DATA / f"headqa/{language}/{split}-00000-of-00001.parquet", list(rows(first + k)), features)
        for k, split in enumerate(["train", "validation", "test"])
    }


def cmmlu(subject):
    def rows(seed, count):
        for i, (question, options, right, _) in enumerate(dealt("zh", seed, count)):
            yield {"": i, "Question": question, **dict(zip("ABCD", options, strict=True)), "Answer": "ABCD"[right]}
    seed = 20 + 2 * ZH_SUBJECTS["cmmlu"].index(subject)
    return {
        split: table(DATA / f"cmmlu/{split}/{subject}.csv", list(rows(seed + k, count)))
        for k, (split, count) in enumerate([("dev", 5), ("test", 6)])
    }


def ceval(subject):
    def rows(seed, count):
        for i, (question, options, right, _) in enumerate(dealt("zh", seed, count)):
            yield {
                "id": i, "question": question, **dict(zip("ABCD", options, strict=True)), "answer": "ABCD"[right],
                "explanation": "",
            }
    seed = 60 + 2 * ZH_SUBJECTS["ceval"].index(subject)
    return {
        split: table(DATA / f"ceval/{split}/{subject}_{split}.csv", list(rows(seed + k, count)))
        for k, (split, count) in enumerate([("dev", 5), ("val", 6)])
    }


SETS = {
    ("GBaker/MedQA-USMLE-4-options-hf", None): medqa,
    ("openlifescienceai/medmcqa", None): medmcqa,
    ("bigbio/pubmed_qa", "pubmed_qa_labeled_fold0_source"): pubmedqa,
    ("HPAI-BSC/CareQA", "CareQA_en"): lambda: careqa("en"),
    ("HPAI-BSC/CareQA", "CareQA_es"): lambda: careqa("es"),
    ("EleutherAI/headqa", "en"): lambda: headqa("en"),
    ("EleutherAI/headqa", "es"): lambda: headqa("es"),
    **{("haonan-li/cmmlu", name): (lambda name=name: cmmlu(name)) for name in ZH_SUBJECTS["cmmlu"]},
    **{("ceval/ceval-exam", name): (lambda name=name: ceval(name)) for name in ZH_SUBJECTS["ceval"]},
}
TASKS = [
    "medqa_4options", "medmcqa", "pubmedqa", "careqa_en", "careqa_es", "headqa_en", "headqa_es",
    *[f"cmmlu_{name}" for name in ZH_SUBJECTS["cmmlu"]],
    *[f"ceval-valid_{name}" for name in ZH_SUBJECTS["ceval"]],
]


def random_models():
    """Two small models with random weights, in the folders that the studio opens."""
    made = {
        "random-qwen2": (Qwen2Config, Qwen2ForCausalLM, "medcare-nano", {"num_key_value_heads": 1, "tie_word_embeddings": True}),
        "random-llama": (LlamaConfig, LlamaForCausalLM, "stories260k", {"num_key_value_heads": 2, "tie_word_embeddings": False}),
    }
    for seed, (name, (config_of, model_of, like, own)) in enumerate(made.items()):
        torch.manual_seed(1000 + seed)
        source = ROOT / "public/models" / like
        size = json.loads((source / "config.json").read_text())
        config = config_of(
            vocab_size=size["vocab_size"], hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=2, max_position_embeddings=512, initializer_range=0.25,
            bos_token_id=size.get("bos_token_id"), eos_token_id=size.get("eos_token_id"), **own,
        )
        folder = OUT / "models" / name
        model_of(config).to(torch.bfloat16).save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)


def main():
    random_models()
    load = datasets.load_dataset
    made = {key: datasets.DatasetDict(make()) for key, make in SETS.items()}
    datasets.load_dataset = lambda path, name=None, **rest: (
        made[(path, name)] if (path, name) in made else load(path, name, **rest)
    )
    import lm_eval
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    names = sys.argv[1:] or ["medcare-nano", "random-qwen2", "random-llama"]
    manager = TaskManager()
    asked = {}
    for name in names:
        like = {"random-qwen2": "medcare-nano", "random-llama": "stories260k"}.get(name, name)
        own = OUT / "models" / name
        folder = own if own.exists() else ROOT / "public/models" / name
        tokenizer = AutoTokenizer.from_pretrained(ROOT / "public/models" / like)
        model = HFLM(pretrained=str(folder), tokenizer=tokenizer, dtype="float32", device="cpu", batch_size=1)
        lines = []
        for shots in SHOTS:
            result = lm_eval.simple_evaluate(
                model=model, tasks=TASKS, num_fewshot=shots, task_manager=manager, bootstrap_iters=100, log_samples=True,
            )
            if name == "medcare-nano" and shots == 3:
                keep_results(result)
            for task in TASKS:
                scores = {key: value for key, value in result["results"][task].items() if key.endswith(",none") and "stderr" not in key}
                lines.append({"task": task, "shots": shots, "scores": scores, "items": [
                    {
                        "id": sample["doc_id"], "lls": [round(answer[0][0], 6) for answer in sample["resps"]],
                        **{metric: sample[metric] for metric in sample["metrics"]},
                    }
                    for sample in sorted(result["samples"][task], key=lambda one: one["doc_id"])
                ]})
                asked[(task, shots)] = [
                    {
                        "id": sample["doc_id"], "context": sample["arguments"][0][0],
                        "continuations": [argument[1] for argument in sample["arguments"]], "target": sample["target"],
                        "doc_hash": sample["doc_hash"], "prompt_hash": sample["prompt_hash"], "target_hash": sample["target_hash"],
                    }
                    for sample in sorted(result["samples"][task], key=lambda one: one["doc_id"])
                ]
        write(OUT / f"{name}.jsonl.gz", lines)
    write(OUT / "asked.jsonl.gz", [{"task": task, "shots": shots, "items": items} for (task, shots), items in asked.items()])


def keep_results(result):
    """The file of results as lm-eval saves it, of a few tasks, with the first item of each."""
    few = ["medqa_4options", "pubmedqa", "headqa_en", "cmmlu_anatomy"]
    parts = ["results", "configs", "versions", "n-shot", "higher_is_better", "n-samples"]
    kept = {part: {task: result[part][task] for task in few if task in result[part]} for part in parts}
    for task in few:
        kept["configs"][task]["metadata"].pop("config_source", None)
    kept["samples"] = {task: sorted(result["samples"][task], key=lambda one: one["doc_id"])[:1] for task in few}
    (OUT / "results.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")


def write(path, lines):
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
