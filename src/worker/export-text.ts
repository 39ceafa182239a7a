import { writeCsv } from '../formats/csv.ts';
import type { CsvCell } from '../formats/csv.ts';
import type { RunCurves, RunSummary } from './protocol.ts';

/** The texts of exports: tables and cards. Pure functions of what a run holds. */

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

/** Steps and validation points as one table, a row each, numbers with all their digits. */
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
      return `| ${snapshot} | ${figure(knowledge)} | ${figure(alignment)} |`;
    });
  if (rows.length === 0) return 'No validation records were kept apart.';
  return ['| weights | knowledge nll | alignment nll |', '|---|---|---|', ...rows].join('\n');
}

/** What a model needs to say of itself when it leaves the studio. */
export function modelCard(
  run: RunSummary,
  curves: RunCurves,
  dataSets: readonly string[],
  dtype: string,
): string {
  const stages = run.stages
    .map(({ name, steps, stepsDone, records }) => {
      return `- ${name}: ${stepsDone} of ${steps} optimiser steps, ${records} records`;
    })
    .join('\n');
  return `---
library_name: transformers
pipeline_tag: text-generation
tags:
- medcare
- lora
---

# ${run.name}

${run.modelName}, fine-tuned with the recipe "${run.recipe.name}" in MedCare Studio: the two stages of
MedCare (Liao et al., EMNLP 2024 Findings), merged into plain weights (${dtype}).

**Not for clinical use.** The model was not evaluated for any medical purpose; what it says may be wrong.

## Data
${dataSets.map((name) => `- ${name}`).join('\n')}

## Training
${stages}

Trained on: ${run.adapter}. The full recipe is in \`recipe.json\`.

## Validation
Mean negative log-likelihood per target token on records kept apart:

${validationTable(curves)}
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
(divided by their sum where \`renormalise\` is true) as w; the branch adds
Σ w_k · scale · (x A_kᵀ) B_kᵀ to the linear's output.
`,
  );
  return `# Adapters of "${run.name}"

Base model: ${run.modelName}. Each folder with an \`adapter_config.json\` loads with PEFT on the base
weights; branches add up, so load those you want together:

\`\`\`python
from peft import PeftModel
model = PeftModel.from_pretrained(base, "ka", adapter_name="ka")
model.load_adapter("lora", adapter_name="lora")
model.base_model.set_adapter(["ka", "lora"])
\`\`\`

\`lora_alpha\` is chosen so that PEFT's lora_alpha / r is the scale the branch was trained with.
${mixture.join('')}`;
}
