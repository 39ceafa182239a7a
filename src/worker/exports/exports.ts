/** Builds the files that a run can become: merged models, PEFT adapters, tables, recipes. */
import type { exportCalls, WardLanguage } from '../../contract/exports.ts';
import { endlessAnswers } from '../../engine/training/run/endless-answers.ts';
import { bestStageOf } from '../../engine/training/run/snapshots.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { fileStem } from '../../formats/files/file-names.ts';
import { inFolder, writeZip, type FileToArchive } from '../../formats/files/zip-writer.ts';
import { modelLock, runUseLock, whileInUse } from '../../storage/lock-names.ts';
import { adapterFolders } from '../../engine/exports/adapter-export.ts';
import { baseOf, dataSetsOf, environmentNow } from '../archive/run-provenance.ts';
import { asksHeldOut, changedOfRun, scoresOfRun } from '../archive/run-scores.ts';
import { shortcutsOfRun } from '../archive/run-shortcuts.ts';
import { answerEnds } from '../../archive/archive-answers.ts';
import { archivedFiles } from '../../archive/archive-writer.ts';
import { sealedRun } from '../archive/run-files.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { storeExport } from './export-store.ts';
import {
  adaptersReadme,
  metricsCsv,
  modelCard,
  type CardFacts,
} from '../../archive/cards/export-text.ts';
import { wardCard, type WardFacts } from '../../archive/cards/ward-card.ts';
import type { FolderFormat, GgufFormat } from '../../engine/exports/number-formats.ts';
import {
  ggufFile,
  json,
  modelFolder,
  textFile,
  torchTypes,
  type ModelToExport,
} from '../../engine/exports/model-export.ts';
import type { CallInput, CallOutput } from '../../contract/contract.ts';
import type { RunState, RunSummary } from '../../contract/runs.ts';
import { underWay } from '../runs/run-errors.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import type { Task } from '../tasks/tasks.ts';
import type { OpenModel } from '../models/open-model.ts';
import type { StateShelf } from '../models/state-shelf.ts';

/** Runs in these states change while they are read. */
const UNDER_WAY: ReadonlySet<RunState> = new Set([
  ...(['preparing', 'running', 'reopening', 'paused', 'finalising'] as const),
]);

function fileName(name: string): string {
  return fileStem(name, 'run');
}

/** A model of the studio, ready to be exported. */
type StudioModel = ModelToExport & { readonly model: OpenModel };

function namedText(name: string, text: string, type: string): NamedBlob {
  return { name, blob: new Blob([text], { type }) };
}

/** A file for the page to save. */
type NamedBlob = CallOutput<'exports.build'>;

/** How a folder of weights is written. */
interface InFolder {
  readonly dtype: FolderFormat;
  readonly language?: WardLanguage;
}

/** What of a run goes into its archive. */
interface WholeRun {
  readonly branches: boolean;
  readonly checkpoint: boolean;
  readonly language?: WardLanguage;
}

/** Makes the files of runs. */
class ExportBuilder {
  readonly #context: WorkerContext;
  readonly #keeper: RunKeeper;
  readonly #shelf: StateShelf;

  constructor(context: WorkerContext, keeper: RunKeeper, shelf: StateShelf) {
    this.#context = context;
    this.#keeper = keeper;
    this.#shelf = shelf;
  }

  async build(request: CallInput<'exports.build'>, task: Task): Promise<NamedBlob> {
    const { runs } = this.#context.storage;
    const { summary } = await runs.get(request.runId);
    const name = fileName(summary.name);
    switch (request.what) {
      case 'merged':
        return this.#folder(summary, request, task);
      case 'gguf':
        return this.#gguf(summary, request.dtype, request.best ?? false, task);
      case 'adapters':
        return this.#adapters(summary, request);
      case 'run':
        return this.#whole(summary.id, request, task);
      case 'card': {
        const { language = 'en' } = request;
        const card = modelCard(summary, await this.#cardFacts(summary, null, language));
        return namedText(`${name}-card.md`, card, 'text/markdown');
      }
      case 'ward': {
        const { language, quotes = true } = request;
        const changed = quotes
          ? await changedOfRun(this.#context.storage.evaluations, summary)
          : 'left-out';
        const facts = await this.#cardFacts(summary, null, language);
        const card = wardCard(summary, { ...facts, ...(await this.#wardFacts(summary)), changed });
        return namedText(`${name}-ward-round.html`, card, 'text/html');
      }
      case 'metrics': {
        const text = metricsCsv(await runs.curves(summary.id));
        return namedText(`${name}-metrics.csv`, text, 'text/csv');
      }
      case 'recipe':
        return namedText(`${name}-recipe.json`, json(summary.recipe), 'application/json');
    }
  }

  async #folder(
    run: RunSummary,
    { dtype, best = false, language = 'en' }: InFolder & { readonly best?: boolean },
    task: Task,
  ) {
    const facts = await this.#cardFacts(run, torchTypes[dtype], language);
    return this.#withMerged(run, best, async (exported) => {
      return this.#zip(run.id, `${fileName(run.name)}${best ? '-best' : ''}`, [
        textFile(
          'README.md',
          modelCard(run, { ...facts, turnEnd: await exported.texts.turnEnd() }),
        ),
        textFile('recipe.json', json(run.recipe)),
        ...(await modelFolder(exported, { dtype, task })),
      ]);
    });
  }

  async #gguf(run: RunSummary, format: GgufFormat, best: boolean, task: Task) {
    return this.#withMerged(run, best, async (exported) => {
      const { licence } = exported.model.summary;
      const about = {
        name: run.name,
        description: `${run.modelName}, fine-tuned with the recipe "${run.recipe.name}" in MedCare Studio. Not for clinical use.`,
        license: licence,
      };
      const name = `${fileName(run.name)}${best ? '-best' : ''}.${format}.gguf`;
      return this.#store(run.id, name, await ggufFile(exported, { format, about, task }));
    });
  }

  async #adapters(run: RunSummary, { dtype, language = 'en' }: InFolder) {
    const stages = await this.#context.storage.runs.readStages(run.id);
    if (stages.length === 0) throw noStageEnded();
    const { library } = this.#context;
    const isThere = (await library.list()).some(({ id }) => id === run.modelId);
    const made = await adapterFolders(run.recipe, {
      ...{ stageBranches: stages, baseModel: run.modelName, dtype },
      config: isThere ? (await library.open(run.modelId)).config : null,
    });
    // A branch may have the name of a Windows device.
    const folders = made.map((adapter) => ({ ...adapter, name: fileStem(adapter.name, 'branch') }));
    const mixtures = folders.filter(({ type }) => type === 'mixture').map(({ name }) => name);
    return this.#zip(run.id, `${fileName(run.name)}-adapters`, [
      textFile('README.md', adaptersReadme(run, mixtures, language)),
      textFile('recipe.json', json(run.recipe)),
      ...folders.flatMap((adapter) =>
        adapter.files.map(({ name, bytes }) => {
          return { path: `${adapter.name}/${name}`, chunks: [bytes] };
        }),
      ),
    ]);
  }

  /** Everything that the studio stores of a run, to be opened elsewhere (archive-reader.ts). */
  async #whole(id: string, { language = 'en', ...parts }: WholeRun, task: Task) {
    const stored = await this.#context.storage.runs.get(id);
    const { summary } = stored;
    if (UNDER_WAY.has(summary.state)) throw underWay(summary.state);
    const routing = await this.#keeper.routing(id);
    const { experts, runResults } = this.#context.storage;
    const [growth, pairs] = await Promise.all([experts.growth(id), experts.listPairs(id)]);
    const answers = answerEnds((await runResults.samples(id)).points);
    const facts = await this.#cardFacts(summary, null, language);
    const wardFacts = await this.#wardFacts(summary);
    const { base, dataSets: sets, scores, shortcuts, curves } = facts;
    const about = { base, dataSets: sets, scores, shortcuts, environment: environmentNow() };
    const archived = archivedFiles(
      {
        ...sealedRun(this.#context.storage, stored, parts),
        ...{ curves, routing, growth, pairs, answers, about },
        card: modelCard(summary, facts),
        // Records never leave in an archive, nor do questions, which may be records.
        wardCard: wardCard(summary, { ...facts, ...wardFacts, changed: 'left-out' }),
      },
      task,
    );
    const name = fileName(summary.name);
    return this.#zip(id, `${name}-run`, archived, `${name}.run`);
  }

  /** The facts that the card of a run states. */
  async #cardFacts(
    run: RunSummary,
    dtype: string | null,
    language: WardLanguage,
  ): Promise<CardFacts> {
    const { runs, evaluations } = this.#context.storage;
    return {
      curves: await runs.curves(run.id),
      dataSets: await dataSetsOf(this.#context, run),
      base: await baseOf(this.#context, run),
      scores: await scoresOfRun(evaluations, run),
      shortcuts: await shortcutsOfRun(evaluations, run),
      faults: language === 'zh' ? (await import('../../faults/zh/chinese.ts')).chinese : null,
      dtype,
      language,
    };
  }

  /** What only the ward-round card says. */
  async #wardFacts(run: RunSummary): Promise<Pick<WardFacts, 'endless' | 'sameSources'>> {
    const { runResults, evaluations } = this.#context.storage;
    const { points } = await runResults.samples(run.id);
    return {
      endless: endlessAnswers(points),
      sameSources: await asksHeldOut(evaluations, run),
    };
  }

  /** Uses the last state of a run or its last best step; its branches must all be in the weights. */
  async #withMerged<T>(
    run: RunSummary,
    best: boolean,
    work: (exported: StudioModel) => Promise<T>,
  ): Promise<T> {
    const snapshot = run.snapshots.findLast(({ id }) =>
      best ? bestStageOf(id) !== null : id !== 'base' && bestStageOf(id) === null,
    );
    if (!snapshot || snapshot.branches.length > 0) throw notMerged(snapshot?.branches ?? []);
    const state = { modelId: run.modelId, runId: run.id, snapshot: snapshot.id };
    return this.#shelf.use(state, async ({ weights, model, template }) =>
      work({
        ...{ weights: weights.mergedWeights, model, template },
        // Texts are computed only on request, so a model that was set aside can still export what needs none.
        texts: {
          encodeWithBos: (text) =>
            this.#context.tokeniser.text(model, template).encodeWithBos(text),
          turnEnd: () => this.#context.tokeniser.text(model, template).turnEnd(),
        },
      }),
    );
  }

  async #zip(
    runId: string,
    folder: string,
    contents: AsyncIterable<FileToArchive> | Iterable<FileToArchive>,
    name = folder,
  ): Promise<NamedBlob> {
    return this.#store(runId, `${name}.zip`, writeZip(inFolder(folder, contents)));
  }

  #store(runId: string, name: string, chunks: AsyncIterable<Uint8Array>): Promise<NamedBlob> {
    return storeExport(this.#context.storage, runId, name, chunks);
  }
}

export function exportHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
  shelf: StateShelf,
): HandlersOf<typeof exportCalls> {
  const { runs, locks } = context.storage;
  const builder = new ExportBuilder(context, keeper, shelf);
  return {
    'exports.build': (request) =>
      context.tasks.run(request.task, async (task) => {
        const { runId } = request;
        await keeper.flush(runId);
        const { modelId } = (await runs.get(runId)).summary;
        const used = [runUseLock(runId), modelLock(modelId)];
        return whileInUse(locks, used, () => builder.build(request, task));
      }),
  };
}

function notMerged(branches: readonly string[]): StudioError {
  return fault('model-not-merged', { branches: [...branches] }, { kept: 'run-and-branches' });
}

function noStageEnded(): StudioError {
  return fault('stage-missing', {}, { kept: 'run' });
}
