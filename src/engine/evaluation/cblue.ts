/**
 * The 16 tasks of CBLUE in PromptCBLUE's form: answers are texts in a fixed form, parsed as the released scorer
 * parses them, full-width punctuation included. The measure includes that scorer's treatment of malformed
 * answers, so this keeps it: a half-width colon leaves the field's name in the entity.
 */
import { mean, rougeL } from './metrics.ts';
import type { Reading } from './answers/reading.ts';

type Items = readonly string[];

/** One task: how an answer becomes items or a label, and how these are scored. */
type Task =
  | {
      readonly metric: 'micro-f1';
      readonly parse: (answer: string, choices: readonly string[]) => Items;
      readonly adheres: (answer: string, choices: readonly string[]) => boolean;
    }
  | {
      readonly metric: 'weighted-f1' | 'macro-f1';
      readonly label: (answer: string) => string;
    }
  | {
      readonly metric: 'rouge-l';
      readonly score: (reference: string, answer: string) => number;
    };

export type CblueMetric = Task['metric'];

export interface CblueRow {
  readonly target: string;
  readonly prediction: string;
  readonly choices: readonly string[];
}

const item = (...fields: readonly (string | readonly string[])[]): string => JSON.stringify(fields);

function listOf(text: string): string[] {
  return text
    .split('，')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Lines after the leading one. */
function bodyLines(answer: string): string[] {
  return answer.split('\n').slice(1);
}

/** `疾病实体：a，b，c` for each type. */
function parseEntities(answer: string, choices: readonly string[]): Items {
  return answer.split('\n').flatMap((line) =>
    choices.flatMap((type) => {
      if (!line.startsWith(`${type}实体`)) return [];
      return listOf(line.replace(`${type}实体：`, '')).map((entity) => item(type, entity));
    }),
  );
}

/** `具有r关系的头尾实体对如下：头实体为x，尾实体为y。…` for each relation. */
function parseRelations(answer: string, choices: readonly string[]): Items {
  return answer.split('\n').flatMap((line) =>
    choices.flatMap((predicate) => {
      const lead = `具有${predicate}关系的头尾实体对如下：`;
      if (!line.startsWith(lead)) return [];
      return line
        .slice(lead.length)
        .split('。')
        .flatMap((pair) => {
          const found = /^头实体为(.*)，尾实体为(.*)$/.exec(pair.trim());
          return found ? [item(predicate, found[1] ?? '', found[2] ?? '')] : [];
        });
    }),
  );
}

/** Standard terms on the last line, each once; only terms on offer count. */
function parseTerms(answer: string, choices: readonly string[]): Items {
  const last = answer.split('\n').at(-1) ?? '';
  return [...new Set(listOf(last))].flatMap((term) => (choices.includes(term) ? [item(term)] : []));
}

const EVENT_FIELDS = ['主体词', '发生状态', '描述词', '解剖部位'] as const;

/** One event per line: `主体词：…；发生状态：…；描述词：a，b；解剖部位：c`. Missing fields are empty. */
function parseEvents(answer: string): Items {
  return bodyLines(answer).map((line) => {
    const fields = new Map(
      line.split('；').map((field) => {
        const [name = '', value = ''] = field.split('：');
        return [name.trim(), value.trim()];
      }),
    );
    const [subject, state, description, place] = EVENT_FIELDS.map((name) => fields.get(name) ?? '');
    return item(subject ?? '', state ?? '', listOf(description ?? ''), listOf(place ?? ''));
  });
}

/** One `finding：label` per line; a label that is not on offer becomes `unknown`. */
function findingsParser(unknown: string): (answer: string, choices: readonly string[]) => Items {
  return (answer, choices) =>
    bodyLines(answer).flatMap((line) => {
      const [finding, label] = line.split('：').map((part) => part.trim());
      if (finding === undefined || label === undefined) return [];
      return [item(finding, choices.includes(label) ? label : unknown)];
    });
}

const SECTIONS = ['主诉', '现病史', '辅助检查', '既往史', '诊断', '建议'] as const;
const EMPTY_SECTION = '无 。';

function sectionsOf(report: string): string[] {
  const found = new Map<string, string>();
  for (const line of bodyLines(report)) {
    const [name = '', ...rest] = line.split('：');
    found.set(name.trim(), rest.join('：').trim());
  }
  return SECTIONS.map((name) => {
    const text = found.get(name) ?? '';
    return text === '' ? EMPTY_SECTION : text;
  });
}

/** ROUGE-L of each section of a report, averaged. */
function scoreReport(reference: string, answer: string): number {
  const given = sectionsOf(answer);
  return mean(sectionsOf(reference).map((section, i) => rougeL(section, given[i] ?? '')));
}

const hasBody = (answer: string): boolean => bodyLines(answer).some((line) => line.includes('：'));
const entities: Task = {
  metric: 'micro-f1',
  parse: parseEntities,
  adheres: (answer, choices) => choices.every((type) => answer.includes(`${type}实体：`)),
};
const label = (metric: 'weighted-f1' | 'macro-f1'): Task => ({
  metric,
  label: (answer) => answer.trim(),
});
const SIMILAR: Readonly<Record<string, string>> = { 相同: '是的', 不同: '不是' };

const tasks: Readonly<Record<string, Task>> = {
  'CMeEE-V2': entities,
  'IMCS-V2-NER': entities,
  CMeIE: {
    metric: 'micro-f1',
    parse: parseRelations,
    adheres: (answer, choices) => parseRelations(answer, choices).length > 0,
  },
  'CHIP-CDN': {
    metric: 'micro-f1',
    parse: parseTerms,
    adheres: (answer, choices) => parseTerms(answer, choices).length > 0,
  },
  'CHIP-CDEE': { metric: 'micro-f1', parse: parseEvents, adheres: hasBody },
  'CHIP-MDCFNPC': { metric: 'micro-f1', parse: findingsParser('不标注'), adheres: hasBody },
  'IMCS-V2-SR': {
    metric: 'micro-f1',
    parse: findingsParser('无法根据上下文确定病人是否患有该症状'),
    adheres: hasBody,
  },
  'CHIP-STS': {
    metric: 'weighted-f1',
    label: (answer) => SIMILAR[answer.trim()] ?? answer.trim(),
  },
  'KUAKE-IR': label('weighted-f1'),
  'KUAKE-QQR': label('weighted-f1'),
  'KUAKE-QTR': label('weighted-f1'),
  'CHIP-CTC': label('macro-f1'),
  'KUAKE-QIC': label('macro-f1'),
  'IMCS-V2-DAC': label('macro-f1'),
  'IMCS-V2-MRG': { metric: 'rouge-l', score: scoreReport },
  MedDG: { metric: 'rouge-l', score: rougeL },
};

function taskNamed(name: string): Task {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new RangeError(`${name} is no task of CBLUE`);
  return task;
}

/** Metric of a task, or null where there is no such task. */
export function cblueMetric(name: string): CblueMetric | null {
  return Object.hasOwn(tasks, name) ? (tasks[name]?.metric ?? null) : null;
}

/** Items or label that the released scorer reads in an answer; the text itself where it compares texts. */
export function parseCblue(name: string, answer: string, choices: readonly string[]): Items {
  const task = taskNamed(name);
  if (task.metric === 'micro-f1') return task.parse(answer, choices);
  return task.metric === 'rouge-l' ? [answer] : [task.label(answer)];
}

/** Reads one answer and its reference as the released scorer does. */
export function readCblue(
  name: string,
  row: CblueRow,
): Omit<Reading, 'value' | 'reference'> & {
  /** ROUGE-L where the task scores by it; null where it compares items or labels. */
  readonly overlap: number | null;
} {
  const task = taskNamed(name);
  const { target, prediction, choices } = row;
  const wanted = parseCblue(name, target, choices);
  const given = parseCblue(name, prediction, choices);
  switch (task.metric) {
    case 'micro-f1':
      return { wanted, given, overlap: null, adheres: task.adheres(prediction, choices) };
    case 'weighted-f1':
    case 'macro-f1': {
      // An empty prediction counts as the first label of the task.
      const label = given[0] === '' ? [task.label(choices[0] ?? '')] : given;
      const adheres = choices.includes(prediction.trim());
      return { wanted, given: label, overlap: null, adheres };
    }
    case 'rouge-l': {
      const overlap = task.score(target, prediction);
      return { wanted, given, overlap, adheres: prediction.trim() !== '' };
    }
  }
}
