/** Writes the texts of exports: tables and cards. Pure functions of what a run holds. */
import { writeCsv, type CsvCell } from '../../formats/texts/csv.ts';
import { branchScale, type Recipe } from '../../engine/training/recipe/recipe.ts';
import type {
  ArchivedBase,
  ArchivedDataSet,
  ArchivedScore,
  ArchivedShortcut,
} from '../../contract/run-origin.ts';
import { cell, inline, yamlText } from './card-text.ts';
import { scoreTable } from './score-table.ts';
import type { RunCurves, RunData, RunSummary } from '../../contract/runs.ts';

const COLUMNS = [
  'kind',
  'stage',
  'step',
  'nll',
  'orthogonal',
  'learning_rate',
  'gradient_norm',
  'target_tokens',
  'tokens',
  'milliseconds',
  'snapshot',
  'knowledge_nll',
  'alignment_nll',
];

/** One table with a row for each step and validation point, numbers with all their digits. */
export function metricsCsv({ steps, validation }: RunCurves): string {
  const stepRows = steps.map((step): CsvCell[] => [
    'step',
    step.stage + 1,
    step.step + 1,
    step.nll,
    step.orthogonal,
    step.learningRate,
    step.gradientNorm,
    step.targetTokens,
    step.tokens,
    step.milliseconds,
    null,
    null,
    null,
  ]);
  const empty: CsvCell[] = Array.from({ length: 7 }, () => null);
  const pointRows = validation.map(({ stage, step, snapshot, knowledge, alignment }): CsvCell[] => [
    'validation',
    stage + 1,
    step,
    ...empty,
    snapshot,
    knowledge,
    alignment,
  ]);
  return writeCsv(COLUMNS, [...stepRows, ...pointRows]);
}

function validationTable({ validation }: RunCurves): string {
  const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(4));
  const rows = validation
    .filter(({ snapshot }) => snapshot !== 'training')
    .map(({ snapshot, knowledge, alignment }) => {
      return `| ${cell(snapshot)} | ${figure(knowledge)} | ${figure(alignment)} |`;
    });
  if (rows.length === 0) return 'No records were kept for validation.';
  return ['| weights | knowledge nll | alignment nll |', '|---|---|---|', ...rows].join('\n');
}

/** Mean loss of the last tenth of a stage's steps, weighted by target tokens. */
function finalLoss({ steps }: RunCurves, stage: number): string {
  const own = steps.filter((step) => step.stage === stage);
  const last = own.slice(-Math.max(1, Math.round(own.length / 10)));
  const targets = last.reduce((sum, { targetTokens }) => sum + targetTokens, 0);
  if (targets === 0) return 'no step taken';
  const nll = last.reduce((sum, step) => sum + step.nll * step.targetTokens, 0) / targets;
  const span = last.length === 1 ? 'in the last step' : `over the last ${last.length} steps`;
  return `training nll ${nll.toFixed(4)} ${span}`;
}

/** Facts that a card states besides the run itself. */
export interface CardFacts {
  readonly curves: RunCurves;
  readonly dataSets: readonly ArchivedDataSet[];
  readonly base: ArchivedBase;
  readonly scores: readonly ArchivedScore[];
  readonly shortcuts: readonly ArchivedShortcut[];
  /** How answers end, where a program must be told; else ''. */
  readonly endNote?: string;
  /** torch's name for the number format of merged weights; null where no weights come with the card. */
  readonly dtype: string | null;
}

/** How the base was kept, where it was not exact. */
const ROUNDED = {
  '16-bit': 'rounded to 16 bits where its file had more',
  '8-bit': 'quantised to 8 bits (blocks of 32)',
  '4-bit': 'quantised to 4 bits (blocks of 32)',
} as const;

/** What a reader must know about branches trained beside a rounded base; '' otherwise. */
function baseNote({ precision }: RunSummary, consequence: string): string {
  if (precision === undefined || precision === 'stored' || precision === 'float32') return '';
  return `\nThe base was ${ROUNDED[precision]} while training. ${consequence}\n`;
}

/** Licence identifiers that hubs know look like this; anything else stays in the text. */
const LICENCE_ID = /^[a-z][a-z0-9.-]{1,40}$/;

/** Owner and name of a model on a hub; any other text could add lines to the settings. */
const HUB_ID = /^[\w-][\w.-]{0,95}(?:\/[\w-][\w.-]{0,95})?$/;

function stageLines(recipe: Recipe, stage: Recipe['stages'][number], number: number): string {
  const branches = stage.attach.map((branch) => {
    const scale = branchScale(recipe, branch.rank);
    const size =
      branch.type === 'mixture'
        ? `${branch.experts} experts of rank ${branch.rank}, ${branch.active} active`
        : `rank ${branch.rank}`;
    return `${branch.name} (${size}, scale ${scale}) on ${branch.targets.join(', ')}`;
  });
  const after = stage.after.map(({ action, branch }) => `${action} ${branch}`);
  const { data, epochs, orthogonal } = stage;
  return [
    `${number}. **${inline(stage.name)}**: ${data.kinds.join(' and ')} records${
      data.fraction < 1 ? ` (${data.fraction} of them)` : ''
    }, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
    `   - attaches ${branches.length === 0 ? 'nothing' : branches.join('; ')}`,
    `   - trains ${stage.train.join(', ')}`,
    ...(orthogonal
      ? [
          `   - orthogonal loss between ${orthogonal.between.join(' and ')}, λ = ${orthogonal.weight}`,
        ]
      : []),
    `   - at its end: ${after.length === 0 ? 'nothing changes' : after.join(', ')}`,
  ].join('\n');
}

function recipeSection(recipe: Recipe): string {
  const { optimizer, batch } = recipe;
  return `"${inline(recipe.name)}": AdamW, learning rate ${optimizer.learningRate} (${optimizer.schedule}, warm-up ${
    optimizer.warmupRatio
  }), ${batch.records} records a step, at most ${batch.maxLength} tokens a record, seed ${recipe.seed}.

${recipe.stages.map((stage, index) => stageLines(recipe, stage, index + 1)).join('\n')}`;
}

function dataLine({ name, kind, records, fingerprint }: ArchivedDataSet): string {
  const size = records > 0 ? `, ${records} records, ${kind}` : '';
  return `- ${cell(name)}${size}${fingerprint === null ? '' : `, SHA-256 ${fingerprint.slice(0, 16)}…`}`;
}

/** The outcomes of the records, and why some were left out. */
function recordLines({
  training,
  validation,
  maxLength,
  truncated,
  withoutTargets,
  ...data
}: RunData): string {
  const because = (data.leftOut ?? []).map(
    ({ count, reason: { message } }) => `- ${count} left out: ${cell(message)}`,
  );
  const notes: readonly (readonly [number | undefined, string])[] = [
    [data.withoutEnd, 'have an answer after which the chat template writes no end'],
    [data.reasoningDropped, 'have reasoning that the chat template cut off'],
    [data.otherPrompt, 'have an answer that follows a different text than in chat'],
  ];
  const noted = notes.flatMap(([count = 0, what]) => (count > 0 ? [`- ${count} ${what}`] : []));
  return `\n${training} records to train on, ${validation} kept for validation; at most ${maxLength}
tokens each (${truncated} were cut off, ${withoutTargets} left out because no target remained).
${[...because, ...noted].map((line) => `${line}\n`).join('')}`;
}

function licenceOf({ licence }: ArchivedBase): string {
  return licence === '' ? 'not stated' : licence;
}

/** The part of a model card that the Hugging Face Hub reads. */
function frontMatter(base: ArchivedBase): string {
  const licence = licenceOf(base);
  const [hubName = ''] = base.hub.split('@');
  return [
    'library_name: transformers',
    'pipeline_tag: text-generation',
    ...(LICENCE_ID.test(licence) ? [`license: ${yamlText(licence)}`] : []),
    ...(HUB_ID.test(hubName) ? [`base_model: ${yamlText(hubName)}`] : []),
    'tags:',
    '- medcare',
    '- lora',
  ].join('\n');
}

/** The description that leaves the studio with a model: a README with front matter. */
export function modelCard(
  run: RunSummary,
  { curves, dataSets, base, scores, shortcuts, endNote = '', dtype }: CardFacts,
): string {
  const stages = run.stages
    .map(({ name, steps, stepsDone, records }, stage) => {
      const counts = `${stepsDone} of ${steps} optimiser steps, ${records} records`;
      return `- ${inline(name)}: ${counts}, ${finalLoss(curves, stage)}`;
    })
    .join('\n');
  const records = run.data ? recordLines(run.data) : '';
  const { hub } = base;
  const licence = licenceOf(base);
  const [hubName = '', commit = ''] = hub.split('@');
  const merged = dtype === null ? '' : `, merged into plain weights (${dtype})`;
  return `---
${frontMatter(base)}
---

# ${inline(run.name)}

${inline(run.modelName)}, fine-tuned with the recipe "${inline(run.recipe.name)}" in MedCare Studio: the two stages of
MedCare (Liao et al., EMNLP 2024 Findings)${merged}.

**Not for clinical use.** The model was not evaluated for any medical purpose; what it says may be wrong.

## Intended use
Research on fine-tuning language models, on the data named below and on questions like it. Not for diagnosis,
treatment, triage or advice to patients, and not where nobody checks its answers. It inherits the limits and
the biases of ${inline(run.modelName)} and of that data.

## Licence
The licence of the base model still applies: ${inline(licence)}${hub === '' ? '' : ` (${inline(hubName)}, commit ${inline(commit)})`}. Whoever
passes the model on is also responsible for the rights in the data named below.

## Data
${dataSets.map(dataLine).join('\n')}
${records}
## Recipe
${recipeSection(run.recipe)}

## Training
${stages}

${endNote === '' ? '' : `${endNote}\n\n`}Trained on: ${inline(run.adapter)}. The full recipe is in \`recipe.json\`.
${baseNote(run, 'The weights here are the rounded ones with the branches added, as they were trained and measured.')}
## Validation
Mean negative log-likelihood per target token on the validation records:

${validationTable(curves)}

## Evaluation
${scoreTable(scores, shortcuts)}
`;
}

/** How to use exported adapters. */
export function adaptersReadme(run: RunSummary, mixtures: readonly string[]): string {
  const mixture = mixtures.map(
    (name) => `
## ${name}: a mixture of LoRA
PEFT has no layout for it. \`${name}/mixture.safetensors\` holds, for every linear it is attached to,
\`layers.N.<module>.${name}.router.weight\` [E, d_in], \`….router.bias\` [E] where the router has one, and for
each expert e \`….experts.e.A\` [rank, d_in] and \`….experts.e.B\` [d_out, rank]. With the values of
\`mixture_config.json\`: p = softmax(x Wᵀ + b); the K largest are kept${' '}
(of equal ones, the one with the lower index; divided by their sum if \`renormalise\` is true) as w; the branch adds
Σ w_k · scale · (x A_kᵀ) B_kᵀ to the linear's output.
`,
  );
  return `# PEFT adapters of "${inline(run.name)}"

Base model: ${inline(run.modelName)}. Each folder with an \`adapter_config.json\` loads with PEFT on the base
weights; branches add up, so load those you want together:

\`\`\`python
from peft import PeftModel
model = PeftModel.from_pretrained(base, "ka", adapter_name="ka")
model.load_adapter("lora", adapter_name="lora")
model.base_model.set_adapter(["ka", "lora"])
\`\`\`

\`lora_alpha\` is chosen so that PEFT's lora_alpha / r is the scale the branch was trained with.
${baseNote(run, 'On the original base, the adapters give slightly different logits.')}${mixture.join('')}`;
}
