/** The medical parts of CMMLU and C-Eval, as lm-eval's `cmmlu_…` and `ceval-valid_…` ask them. */
import type { JsonObject } from '../../../formats/texts/json.ts';
import { strip } from './python.ts';
import {
  LETTERS,
  placeOf,
  textIn,
  type FileAbout,
  type HarnessDoc,
  type HarnessFamily,
  type HarnessTask,
} from './task.ts';

/** The names of subjects in files, and as the prompt names them. */
type Subjects = Readonly<Record<string, string>>;

const cmmluSubjects: Subjects = {
  anatomy: '解剖学',
  clinical_knowledge: '临床知识',
  college_medical_statistics: '大学医学统计',
  college_medicine: '大学医学',
  genetics: '遗传学',
  nutrition: '营养学',
  professional_medicine: '专业医学',
  traditional_chinese_medicine: '中医中药',
  virology: '病毒学',
};

const cevalSubjects: Subjects = {
  basic_medicine: '基础医学',
  clinical_medicine: '临床医学',
  physician: '医师资格',
  veterinary_medicine: '兽医学',
};

const reader =
  (question: string, answer: string) =>
  (row: JsonObject): HarnessDoc => {
    const options = LETTERS.map((letter) => `${letter}. ${textIn(row, letter)}\n`).join('');
    return {
      text: `${strip(textIn(row, question))}\n${options}答案：`,
      options: LETTERS,
      target: placeOf(row, answer, LETTERS),
      row,
    };
  };

interface Exam extends Pick<HarnessTask, 'version' | 'asks' | 'read'> {
  readonly prefix: string;
  readonly path: string;
  readonly subjects: Subjects;
  readonly description: (subject: string) => string;
}

function tasksOf({ prefix, path, subjects, description, ...rest }: Exam): HarnessTask[] {
  return Object.entries(subjects).map(([subject, named]) => ({
    ...rest,
    name: `${prefix}_${subject}`,
    dataset: [path, subject],
    description: description(named),
    examples: 'dev',
    sampler: 'first',
    norm: true,
  }));
}

/** The task whose subject the name or folder of a file has; the longest one, since subjects may hold others. */
function chooser(tasks: readonly HarnessTask[]): HarnessFamily['choose'] {
  return ({ path }: FileAbout) => {
    const found = tasks.filter(({ dataset: [, subject] }) => {
      const at = path.indexOf(subject ?? '');
      const around = [path[at - 1], path[at + (subject ?? '').length]];
      return at >= 0 && around.every((mark) => mark === undefined || !/[a-z]/u.test(mark));
    });
    const bySize = found.sort((a, b) => b.name.length - a.name.length);
    return bySize[0] ?? null;
  };
}

const cmmluTasks = tasksOf({
  prefix: 'cmmlu',
  version: 1,
  path: 'haonan-li/cmmlu',
  subjects: cmmluSubjects,
  description: (subject) => `以下是关于${subject}的单项选择题，请直接给出正确答案的选项。\n\n`,
  asks: 'test',
  read: reader('Question', 'Answer'),
});

export const cmmlu: HarnessFamily = {
  columns: ['Question', ...LETTERS, 'Answer'],
  tasks: cmmluTasks,
  choose: chooser(cmmluTasks),
};

const cevalTasks = tasksOf({
  prefix: 'ceval-valid',
  version: 2,
  path: 'ceval/ceval-exam',
  subjects: cevalSubjects,
  description: (subject) => `以下是中国关于${subject}的单项选择题，请选出其中的正确答案。\n\n`,
  asks: 'validation',
  read: reader('question', 'answer'),
});

export const ceval: HarnessFamily = {
  columns: ['question', ...LETTERS, 'answer'],
  tasks: cevalTasks,
  choose: chooser(cevalTasks),
};
