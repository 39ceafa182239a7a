/** `medcare export`: a state as a model for other programs, or the branches of a run as PEFT adapters. */
import { join } from 'node:path';
import { modelCard, adaptersReadme } from '../../archive/cards/export-text.ts';
import { exportAdapters, exportModel, type ExportedFile } from '../../engine/index.ts';
import { writeFiles } from '../../engine/node/index.ts';
import { folderFormats, ggufFormats } from '../../engine/exports/number-formats.ts';
import { json, textFile, torchTypes } from '../../engine/exports/model-export.ts';
import { fault } from '../../faults/fault.ts';
import { fileStem } from '../../formats/files/file-names.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';
import { withState, type OpenedUse } from '../run/state.ts';
import { faultLanguage, spokenLanguage } from '../words/language.ts';
import { percent, whole } from '../words/figures.ts';
import { useWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

const formats = [
  ...folderFormats,
  ...ggufFormats.map((format) => `gguf-${format}` as const),
  'adapters',
] as const;
type Format = (typeof formats)[number];

export const exportState: Command = {
  usage: '[RUN] [--model DIR] --format FORMAT --out DIR', // words: what is typed
  options: ['model', 'state', 'format', 'out'],
  run: (given, shell, terminal) => {
    const out = given.needed('out');
    const format = given.choice('format', formats) ?? 'F32';
    const words = useWords();
    return withState(given, shell, (use) =>
      interruptible(
        shell,
        () => undefined,
        async (signal) => {
          const onProgress = (share: number): void =>
            terminal.status(words.writing(percent(share)));
          const files = await filesOf(use, format, { signal, onProgress });
          await writeFiles(out, files);
          terminal.endStatus();
          terminal.say(words.written(whole(files.length), out));
          const paths = files.map(({ path }) => join(out, path));
          terminal.value({ type: 'export', format, state: use.state.snapshot, files: paths });
          return EXIT.done;
        },
      ),
    );
  },
};

interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

async function filesOf(
  { base, run, state }: OpenedUse,
  format: Format,
  watch: Watch,
): Promise<readonly ExportedFile[]> {
  if (format === 'adapters') {
    const stageBranches = (await run?.stageBranches()) ?? [];
    if (!run || stageBranches.length === 0) throw fault('stage-missing');
    const { recipe, snapshots } = run.summary;
    const trained = { recipe, stageBranches, snapshots };
    const { hub, name } = base.base;
    const baseModel = hub === '' ? name : (hub.split('@')[0] ?? name);
    const files = await exportAdapters(trained, { model: base.model, baseModel });
    const mixtures = files.flatMap(
      ({ path }) => /^(.+)\/mixture_config\.json$/.exec(path)?.[1] ?? [],
    );
    return [
      textFile('README.md', adaptersReadme(run.summary, mixtures, spokenLanguage())),
      ...files,
    ];
  }
  if (state.branches.length > 0) throw fault('model-not-merged', { branches: state.branches });
  const name = fileStem(run?.summary.name ?? base.name, 'model');
  const files = await exportModel({ state, format, name, ...watch });
  if (!run || (format !== 'F32' && format !== 'BF16')) return files;
  const curves = {
    steps: (await run.steps()).map(({ metrics }) => metrics),
    validation: await run.validation(),
  };
  const { summary, dataSets, scores } = run;
  const facts = {
    curves,
    dataSets,
    base: run.base,
    scores,
    shortcuts: [],
    dtype: torchTypes[format],
    language: spokenLanguage(),
    faults: faultLanguage(),
  };
  return [
    textFile('README.md', modelCard(summary, facts)),
    textFile('recipe.json', json(summary.recipe)),
    ...files,
  ];
}
