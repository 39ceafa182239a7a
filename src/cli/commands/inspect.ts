/** `medcare inspect`: what a run holds, from its folder or an archive; an archive is checked as the studio checks it. */
import { faultWords } from '../../faults/words.ts';
import { EXIT } from '../exit-codes.ts';
import { openRun, type OpenedRun } from '../run/opened-run.ts';
import type { Terminal } from '../terminal.ts';
import { columns, loss, moment, percent, whole } from '../words/figures.ts';
import { faultLanguage } from '../words/language.ts';
import { inspectWords, kindWords, stateWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

export const inspect: Command = {
  usage: 'FOLDER|ARCHIVE',
  options: [],
  async run(given, _shell, terminal) {
    const [place = ''] = given.arguments(['FOLDER']);
    const run = await openRun(place);
    await run.check(null);
    const validation = await run.validation();
    tellRun(run, terminal);
    const words = inspectWords();
    const kinds = kindWords();
    const rows = validation
      .filter(({ snapshot }) => snapshot !== 'training')
      .map(({ snapshot, knowledge, alignment }) => [snapshot, loss(knowledge), loss(alignment)]);
    const table = [[words.losses, kinds.knowledge, kinds.alignment], ...rows];
    if (rows.length > 0) for (const line of ['', ...columns(table)]) terminal.say(line);
    const scores = run.scores.map(({ label, task, score, items }) => {
      return [`${label} · ${task}`, percent(score), whole(items)];
    });
    const scored = [[words.task, words.score, words.questions], ...scores];
    if (scores.length > 0) for (const line of ['', ...columns(scored)]) terminal.say(line);
    const { summary, base, dataSets, handedOff } = run;
    const told = { run: summary, handedOff, base, dataSets, scores: run.scores, validation };
    terminal.value({ type: 'run', ...told });
    return EXIT.done;
  },
};

function tellRun(
  { summary, base, dataSets, checkpoint, handedOff }: OpenedRun,
  terminal: Terminal,
): void {
  const words = inspectWords();
  const { name, state, recipe, adapter, stages, snapshots, error } = summary;
  const kinds = kindWords();
  const states = snapshots.map(({ id, branches }) =>
    branches.length === 0 ? id : words.with(id, branches.join(', ')),
  );
  const going = state === 'interrupted' || state === 'failed' ? checkpoint : null;
  const rows: readonly (readonly [string, string])[] = [
    [words.run, name],
    [
      words.state,
      handedOff === null ? (stateWords()[state] ?? state) : words.handedOff(moment(handedOff)),
    ],
    [words.recipe, recipe.name],
    [words.base, [base.name, base.hub].filter((part) => part !== '').join(', ')],
    [words.device, adapter],
    [
      words.data,
      words.list(dataSets.map((set) => words.set(set.name, kinds[set.kind], whole(set.records)))),
    ],
    [
      words.stages,
      words.list(
        stages.map((stage) => words.stage(stage.name, whole(stage.stepsDone), whole(stage.steps))),
      ),
    ],
    [words.states, words.list(states)],
    ...(going ? [[words.goes, words.place(going.stage + 1, whole(going.step))] as const] : []),
  ];
  for (const [about, value] of rows) terminal.say(words.line(about, value));
  if (!error) return;
  const [said = error.message] = faultWords(faultLanguage(), error.code, error.data) ?? [];
  terminal.say(said);
}
