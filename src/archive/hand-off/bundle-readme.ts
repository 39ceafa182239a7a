/** The README of a bundle: what is in it, the command that trains it, and how the result comes back. */
import { cell, inline } from '../cards/card-text.ts';
import type { RunToHandOff } from './run-to-hand-off.ts';
import { recordsPath, tokensOf } from './record-file.ts';

/** Where the base can be had. */
function baseLine({ name, hub }: { readonly name: string; readonly hub: string }): string {
  const [repository = '', commit] = hub.split('@');
  if (commit === undefined)
    return `The base is ${inline(name)}. It came from no hub: bring its folder along.`;
  return `The base can be downloaded on the cluster:

    hf download ${repository} --revision ${commit} --local-dir base`;
}

export function bundleReadme({ run, records, withRecords }: RunToHandOff): string {
  const { summary, about } = run;
  const { checkpoint } = summary;
  const rows = records.map((set, index) => {
    const name = cell(about.dataSets[index]?.name ?? '');
    return `| ${name} | ${set.lengths.length} | ${tokensOf(set)} | \`${recordsPath(index)}\` |`;
  });
  const under =
    checkpoint && (checkpoint.stage > 0 || checkpoint.step > 0)
      ? `The run is under way: it goes on at stage ${checkpoint.stage + 1}, after step ${checkpoint.step}.`
      : 'The run has not begun.';
  const kept = withRecords
    ? '**The records in it are patients’ texts, if yours are: tokens can be turned back into text by anybody.** Keep this folder where the records may lie.'
    : 'It holds no records, only their hashes. `--records FOLDER` names the folder that `medcare prepare` made of the same records on the cluster, or one with the files of records that `medcare hand-off` made of them there.';
  return `# ${inline(summary.name)}, handed off

A run of MedCare Studio to be trained by PyTorch, on one process or many. ${under}

${kept}

| data set | records | tokens | file |
|---|---|---|---|
${rows.join('\n')}

## Train

In this folder, with PyTorch 2.6 or newer and the Hugging Face folder of the base model in place of \`base\`:

    PYTHONPATH=trainer torchrun --nproc_per_node 1 -m medcare_train . --model base --out run.zip${withRecords ? '' : ' --records FOLDER'}

More GPUs: \`--nproc_per_node 4\`. A base that does not fit on one GPU: \`--shard\` at the end. \`trainer/README.md\` has
the other options, several machines, and SLURM.

${baseLine(about.base)}

The base is not in here: \`handoff.json\` has its hashes, and the trainer compares them.

## Back

Drop \`run.zip\` on the studio, or open it on its Export page. It opens with its curves, model states and routing counts;
one that was stopped can go on in the studio.
`;
}
