/** Writes the texts of exports: tables and cards. Pure functions of what a run holds. */
import { writeCsv, type CsvCell } from '../../formats/texts/csv.ts';
import { branchScale, type Recipe } from '../../engine/training/recipe/recipe.ts';
import {
  REMOVED_SET,
  type ArchivedBase,
  type ArchivedDataSet,
  type ArchivedScore,
  type ArchivedShortcut,
} from '../../contract/run-origin.ts';
import type { WardLanguage } from '../../contract/exports.ts';
import type { IdentifierReport } from '../../contract/data.ts';
import type { RunCurves, RunData, RunSummary } from '../../contract/runs.ts';
import { faultWords, type Language } from '../../faults/words.ts';
import { NOT_STATED } from '../../formats/texts/readme.ts';
import { IDENTIFIER_KINDS } from '../../text/identifiers/kinds.ts';
import type { TurnEnd } from '../../text/template/turn-end.ts';
import { cell, inline, yamlText } from './card-text.ts';
import { cardWords, endNote, type CardWords } from './card-words.ts';
import { memorySection } from './memory-section.ts';
import { noiseSection } from './noise-section.ts';
import { scoreTable } from './score-table.ts';
import { wardWords } from './ward-words.ts';

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

/** States by their ids, with the labels that the run recorded. */
function named(words: CardWords, { snapshots }: RunSummary, language: WardLanguage) {
  const { branches: titles } = wardWords[language];
  return (id: string, known: string, how: 'state' | 'stateId'): string => {
    const snapshot = snapshots.find((one) => one.id === id);
    const branches = (snapshot?.branches ?? []).map((name) => titles[name] ?? name);
    return words.scores[how]({ id, label: known, branches });
  };
}

function validationTable(
  words: CardWords,
  { validation }: RunCurves,
  name: ReturnType<typeof named>,
): string {
  const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(4));
  const rows = validation
    .filter(({ snapshot }) => snapshot !== 'training')
    .map(({ snapshot, knowledge, alignment }) => {
      const state = cell(name(snapshot, snapshot, 'stateId'));
      return `| ${state} | ${figure(knowledge)} | ${figure(alignment)} |`;
    });
  if (rows.length === 0) return words.noValidation;
  return [`| ${words.validationHeads.join(' | ')} |`, '|---|---|---|', ...rows].join('\n');
}

/** Mean loss of the last tenth of a stage's steps, weighted by target tokens. */
function finalLoss(words: CardWords, { steps }: RunCurves, stage: number): string {
  const own = steps.filter((step) => step.stage === stage);
  const last = own.slice(-Math.max(1, Math.round(own.length / 10)));
  const targets = last.reduce((sum, { targetTokens }) => sum + targetTokens, 0);
  if (targets === 0) return words.noStep;
  const nll = last.reduce((sum, step) => sum + step.nll * step.targetTokens, 0) / targets;
  return words.loss(nll.toFixed(4), last.length);
}

/** Facts that a card states besides the run itself. */
export interface CardFacts {
  readonly curves: RunCurves;
  readonly dataSets: readonly ArchivedDataSet[];
  readonly base: ArchivedBase;
  readonly scores: readonly ArchivedScore[];
  readonly shortcuts: readonly ArchivedShortcut[];
  /** How the model's answers end, where weights come with the card. */
  readonly turnEnd?: TurnEnd;
  /** torch's name for the number format of merged weights; null where no weights come with the card. */
  readonly dtype: string | null;
  readonly language: WardLanguage;
  /** Words of faults in the card's language, where it is not English. */
  readonly faults?: Language | null;
}

/** What a reader must know about branches trained beside a rounded base; '' otherwise. */
function baseNote(words: CardWords, { precision }: RunSummary, consequence: string): string {
  if (precision === undefined || precision === 'stored' || precision === 'float32') return '';
  return `\n${words.rounded(precision)}${consequence}\n`;
}

/** Licence identifiers that hubs know look like this; anything else stays in the text. */
const LICENCE_ID = /^[a-z][a-z0-9.-]{1,40}$/;

/** Owner and name of a model on a hub; any other text could add lines to the settings. */
const HUB_ID = /^[\w-][\w.-]{0,95}(?:\/[\w-][\w.-]{0,95})?$/;

function stageLines(
  words: CardWords,
  recipe: Recipe,
  stage: Recipe['stages'][number],
  number: number,
): string {
  const branches = stage.attach.map((branch) =>
    words.branch(branch, branchScale(recipe, branch.rank)),
  );
  const { data, epochs, orthogonal } = stage;
  return [
    `${number}. **${inline(words.stageName(stage.name))}**${words.stageData(data.kinds, data.fraction, epochs)}`,
    `   - ${words.attaches(branches)}`,
    `   - ${words.trains(stage.train)}`,
    ...(orthogonal ? [`   - ${words.orthogonal(orthogonal.between, orthogonal.weight)}`] : []),
    `   - ${words.after(stage.after)}`,
  ].join('\n');
}

function recipeSection(words: CardWords, recipe: Recipe): string {
  return `${words.figures({ ...recipe, name: inline(recipe.name) })}

${recipe.stages.map((stage, index) => stageLines(words, recipe, stage, index + 1)).join('\n')}`;
}

function dataLine(words: CardWords, set: ArchivedDataSet): string {
  const { name, kind, records, fingerprint, canaries, replaced } = set;
  const known = name === REMOVED_SET ? words.removedSet : name;
  const size = records > 0 ? words.setSize(records, kind) : '';
  const planted = canaries ? words.canaries(canaries.seed, canaries.times) : '';
  const hash = fingerprint === null ? '' : words.fingerprint(fingerprint.slice(0, 16));
  const line = `- ${cell(known)}${size}${planted}${hash}`;
  return replaced ? `${line}\n  - ${replacedLine(words, replaced)}` : line;
}

/** How many identifiers were replaced, by kind. */
function replacedLine(words: CardWords, { kinds, studio }: IdentifierReport): string {
  const byKind = IDENTIFIER_KINDS.flatMap((kind) => {
    const count = kinds[kind]?.replaced ?? 0;
    return count > 0 ? [{ kind, count }] : [];
  });
  const found = Object.values(kinds).reduce((sum, kind) => sum + kind.found, 0);
  const replaced = byKind.reduce((sum, { count }) => sum + count, 0);
  return words.replaced({ replaced, found, byKind, studio: inline(studio) });
}

/** The outcomes of the records, and why some were left out. */
function recordLines(words: CardWords, data: RunData, faults: Language | null): string {
  const because = (data.leftOut ?? []).map(({ count, reason: { code, message, ...reason } }) => {
    const [said] = (faults && faultWords(faults, code, reason.data)) ?? [message];
    return `- ${words.leftOut(count, cell(said))}`;
  });
  const notes = [
    [data.withoutEnd, words.withoutEnd],
    [data.reasoningDropped, words.reasoningDropped],
    [data.otherPrompt, words.otherPrompt],
  ] as const;
  const noted = notes.flatMap(([count = 0, say]) => (count > 0 ? [`- ${say(count)}`] : []));
  return `\n${words.records(data)}
${[...because, ...noted].map((line) => `${line}\n`).join('')}`;
}

/** The part of a model card that the Hugging Face Hub reads. */
function frontMatter(base: ArchivedBase): string {
  const { licence } = base;
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
export function modelCard(run: RunSummary, facts: CardFacts): string {
  const { curves, dataSets, base, language, turnEnd } = facts;
  const words = cardWords[language];
  const name = named(words, run, language);
  const inWords = <T extends ArchivedScore | ArchivedShortcut>(all: readonly T[]): T[] =>
    all.map((one) => ({ ...one, label: name(one.snapshot, one.label, 'state') }));
  const stages = run.stages
    .map(({ name: stage, steps, stepsDone, records }, index) => {
      const title = inline(words.stageName(stage));
      const loss = finalLoss(words, curves, index);
      return `- ${words.stageSteps(title, stepsDone, steps, records, loss)}`;
    })
    .join('\n');
  const records = run.data ? recordLines(words, run.data, facts.faults ?? null) : '';
  const stated = base.licence !== '' && base.licence !== NOT_STATED;
  const licence = stated ? inline(base.licence) : words.notStated;
  const [hubName = '', commit = ''] = base.hub.split('@');
  const hub = base.hub === '' ? null : { name: inline(hubName), commit: inline(commit) };
  const model = inline(run.modelName);
  const memory = memorySection(language, run.memorisation, {
    state: (id) => name(id, run.snapshots.find((one) => one.id === id)?.label ?? id, 'state'),
    branch: (branch) => wardWords[language].branches[branch] ?? branch,
  });
  const ends = turnEnd ? endNote(turnEnd, language) : '';
  return `---
${frontMatter(base)}
---

# ${inline(run.name)}

${words.made(model, inline(run.recipe.name), facts.dtype)}

${words.warning}

## ${words.intendedUse}
${words.intended(model)}

## ${words.licence}
${words.licensed({ licence, hub })}

## ${words.data}
${dataSets.map((set) => dataLine(words, set)).join('\n')}
${records}
## ${words.recipe}
${recipeSection(words, run.recipe)}

## ${words.training}
${stages}

${ends === '' ? '' : `${ends}\n\n`}${words.device(inline(run.adapter))}
${baseNote(words, run, words.roundedHere)}
## ${words.validation}
${words.validationLead}

${validationTable(words, curves, name)}

## ${words.evaluation}
${scoreTable(language, inWords(facts.scores), inWords(facts.shortcuts))}
${memory}${noiseSection(language, run.noiseAudit)}`;
}

/** How to use exported adapters. */
export function adaptersReadme(
  run: RunSummary,
  mixtures: readonly string[],
  language: WardLanguage,
): string {
  const words = cardWords[language];
  const mixture = mixtures.map(
    (name) => `
## ${words.mixtureTitle(name)}
${words.mixture(name)}
`,
  );
  return `# ${words.adapters(inline(run.name))}

${words.adaptersUse(inline(run.modelName))}

\`\`\`python
from peft import PeftModel
model = PeftModel.from_pretrained(base, "ka", adapter_name="ka")
model.load_adapter("lora", adapter_name="lora")
model.base_model.set_adapter(["ka", "lora"])
\`\`\`

${words.alpha}
${baseNote(words, run, words.roundedElsewhere)}${mixture.join('')}`;
}
