/** Calls about data sets. */
import { NO_TARGET } from '../../text/labels/no-target.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { dataLock, dataSetInUse, whileInUse } from '../../storage/lock-names.ts';
import { alone } from '../../storage/locks.ts';
import type { WorkerContext } from '../context.ts';
import { importAll, inspectFile, nameOf, tryFile, type Incoming } from './data-import.ts';
import type { dataCalls } from '../../contract/data.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { removeUnusedExports } from '../exports/export-store.ts';
import { listSamples, SAMPLES } from './samples.ts';
import { validationRows } from '../../engine/training/run/validation-split.ts';
import { histogramOf, refusalOf, sampledRows } from '../tokens/tokenise.ts';

export function dataHandlers(context: WorkerContext): HandlersOf<typeof dataCalls> {
  const { library, storage, tasks, publicFiles, tokeniser } = context;
  const { dataSets, locks } = storage;
  return {
    'data.inspect': ({ file }) => inspectFile(file),
    'data.try': ({ file, mapping, choices, count }) => tryFile(file, mapping, choices, count),
    'data.import': ({ files, mappings = [], choices = [], task }) =>
      tasks.run(task, (running) => {
        const incoming = files.map((file, i): Incoming => {
          const { name: fileName } = file;
          const mapping = mappings[i] ?? null;
          const told = choices[i] ?? {};
          return {
            fileName,
            name: nameOf(fileName),
            kind: null,
            blob: file,
            mapping,
            choices: told,
          };
        });
        return importAll(context, incoming, running);
      }),
    'data.samples': ({ task }) =>
      tasks.run(task, async (running) => {
        const incoming: Incoming[] = [];
        for (const { file, name, kind, use } of await listSamples(publicFiles)) {
          if (use !== 'training') continue;
          running.check();
          const blob = new Blob([await publicFiles.read(`${SAMPLES}/${file}`)]);
          incoming.push({ fileName: file, name, kind, blob, mapping: null, choices: {} });
        }
        return importAll(context, incoming, running);
      }),
    'data.list': () => dataSets.list(),
    'data.setKind': ({ id, kind }) => dataSets.setKind(id, kind),
    'data.remove': async ({ id }) => {
      tokeniser.forget(id);
      await alone(
        locks,
        dataLock(id),
        () => dataSetInUse(id),
        async () => {
          const runs = await dataSets.remove(id);
          await storage.tokens.remove(id);
          // What was made of those runs to be saved names the set.
          for (const run of runs) await removeUnusedExports(storage, run);
        },
      );
      return null;
    },
    'data.rows': ({ id, from, count }) => dataSets.rows(id, from, count),
    'data.problems': ({ id, from, count }) => dataSets.problems(id, from, count),
    'data.problemsAt': ({ id, places }) => dataSets.problemsAt(id, places),
    'data.find': ({ id, list, text, code, task }) =>
      tasks.run(task, (running) => {
        const go = (fraction: number): void => {
          running.check();
          running.progress(fraction, null);
        };
        return whileInUse(locks, [dataLock(id)], () =>
          list === 'records'
            ? dataSets.findRows(id, text, go)
            : dataSets.findProblems(id, text, code, go),
        );
      }),
    'data.split': async ({ ids, seed, validation }) => {
      const summaries = await Promise.all(ids.map((id) => dataSets.get(id)));
      const apart = validationRows(
        summaries.map(({ records }) => records),
        { seed, validation },
      );
      return summaries.map(({ id, records }, i) => {
        const rows = apart[i] ?? new Uint32Array();
        return { id, training: records - rows.length, validation: rows.length, rows };
      });
    },
    'data.render': async ({ id, index, modelId, labels, reasoning, maxLength }) => {
      const [row] = await dataSets.rows(id, index, 1);
      if (!row) throw rowMissing(index);
      const model = await library.open(modelId);
      const longest = Math.min(maxLength, model.config.contextLength);
      const text = tokeniser.text(model, model.template());
      const encoded = await text.conversation(row, { labels, reasoning, maxLength: longest });
      return {
        tokens: Array.from(encoded.ids, (token, t) => ({
          id: token,
          text: model.vocabulary.tokenText(token),
          target: encoded.labels[t] !== NO_TARGET,
        })),
        truncated: encoded.truncated,
        targets: encoded.targets,
        choices: row.choices ?? null,
      };
    },
    'data.histogram': ({ id, modelId, labels, reasoning, maxLength, all, task }) =>
      tasks.run(task, (running) =>
        whileInUse(locks, [dataLock(id)], async () => {
          const summary = await dataSets.get(id);
          const model = await library.open(modelId);
          const book = await tokeniser.book(summary, model, model.template(), {
            labels,
            reasoning,
          });
          const { signal } = running;
          const onProgress = (done: number, total: number): void => {
            running.progress(done / total, null);
          };
          const sample = sampledRows(summary.records);
          // What was counted before, for a run or here, is there without any work.
          const whole = all || sample.length === summary.records || book.known === summary.records;
          const rows = whole ? Uint32Array.from({ length: summary.records }, (_, i) => i) : sample;
          if (whole) await book.complete({ signal, onProgress });
          else await book.need([...sample], signal);
          const refusal = refusalOf(book, rows.length);
          if (refusal) throw refusal;
          // Training cuts records at the model's context too, whatever the recipe allows.
          return histogramOf(book, rows, Math.min(maxLength, model.config.contextLength));
        }),
      ),
  };
}

function rowMissing(index: number): StudioError {
  return fault('row-missing', { index }, { kept: 'data-set' });
}
