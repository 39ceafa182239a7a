/** Whether the device computes what it should: the self-test, golden cases, and kernel tests drawn by seed. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGoldenCase } from '../../scripts/parity/golden-case.ts';
import { SelfTest, withSelfTest } from '../../src/engine/checks/self-test.ts';
import { planDecoding } from '../../src/engine/inference/decode-plan.ts';
import { planRecipe } from '../../src/engine/training/recipe/recipe-stage.ts';
import { rotaryPositions } from '../../src/engine/training/run/lengths.ts';
import { plansOf } from '../../src/engine/training/stage/stage-plan.ts';
import { describeWeights } from '../../src/engine/model/weights.ts';
import { StudioError } from '../../src/faults/fault.ts';
import { weightStorage } from '../../src/engine/model/weight-storage.ts';
import { shuffledIndices } from '../../src/engine/training/run/data-order.ts';
import { openModel, recipeFor, stepCases } from './models.ts';
import type { Bench, Findings } from './section.ts';

const goldenFolder = 'test/fixtures/golden';
const kernelFolder = 'src/engine/kernels';

/** Tests every kernel of training and answering with the first of these models, as the studio does before it trusts one. */
export async function selfTest({ gpu, small }: Bench): Promise<Findings> {
  const [first] = stepCases(small);
  if (!first) throw new RangeError('No model to test with');
  const { config, folder } = await openModel(first.model);
  const storage = weightStorage(folder.tensors, first.precision, gpu.traits);
  const recipe = recipeFor(first);
  const weights = describeWeights(config, rotaryPositions(config, recipe), storage);
  const test = new SelfTest();
  const wrong: string[] = [];
  const started = performance.now();
  try {
    await test.use(await withSelfTest(gpu, test), async (tested) => {
      const { traits } = tested;
      const stages = planRecipe({ config, weights, recipe, tasks: 1, traits });
      const capacity = first.length;
      const answers = planDecoding({ config, weights, branches: null, slots: 1, capacity, traits });
      const plans = [...stages.flatMap((stage) => plansOf(stage)), answers.prefill, answers.decode];
      for (const plan of plans) await test.vet(tested, plan);
    });
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'kernels-wrong')) throw error;
    wrong.push('self-test: the plainest kernels are wrong, too');
  }
  const seconds = (performance.now() - started) / 1000;
  const { mode, right, wrong: kernels } = test.report;
  wrong.push(...kernels.map((name) => `self-test: kernel ${name}`));
  return {
    wrong,
    notes: [
      `${right} kernels right, ${kernels.length} wrong, with compiling in ${seconds.toFixed(1)} s; mode ${mode}`,
    ],
    figures: { ...test.report, seconds },
  };
}

/** Whole runs of both stages against an independent implementation in PyTorch, each quantity within its bound. */
export async function goldenCases({ gpu, small, left }: Bench): Promise<Findings> {
  const folders = readdirSync(goldenFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const chosen = small ? ['odd-sizes'] : folders;
  const wrong: string[] = [];
  const rows: string[][] = [];
  const figures: unknown[] = [];
  let longest = 0;
  for (const name of chosen) {
    if (rows.length > 0 && left() < longest) break;
    const started = performance.now();
    const found = await runGoldenCase(gpu, join(goldenFolder, name));
    const seconds = (performance.now() - started) / 1000;
    longest = Math.max(longest, seconds);
    const shares = found.map(({ error, bound }) =>
      bound === 0 ? (error === 0 ? 0 : Infinity) : error / bound,
    );
    const over = found.filter(({ error, bound }) => !(error <= bound));
    for (const { quantity, error, bound } of over) {
      wrong.push(
        `golden case ${name}: ${quantity} is ${error.toExponential(2)} of ${bound.toExponential(0)}`,
      );
    }
    const worst = shares.indexOf(Math.max(...shares));
    rows.push([
      name,
      String(found.length),
      over.length === 0 ? 'yes' : `no: ${over.length}`,
      `${(100 * (shares[worst] ?? Number.NaN)).toFixed(1)} % (${found[worst]?.quantity ?? ''})`,
      `${seconds.toFixed(1)} s`,
    ]);
    figures.push({ case: name, seconds, found });
  }
  return {
    wrong,
    notes: [`${rows.length} of ${folders.length} cases${small ? ' in a rehearsal' : ''}`],
    tables: [
      {
        head: ['golden case', 'quantities', 'within bounds', 'nearest to its bound', 'took'],
        rows,
      },
    ],
    figures,
  };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs one test file in a process of its own on the same adapter; without a report it crashed or ran out of time. */
function runTestFile(
  file: string,
  seconds: number,
): Promise<{ readonly report: VitestReport | null; readonly late: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'medcare-proof-'));
  const output = join(folder, 'report.json');
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'gpu', file];
  const child = spawn(
    process.execPath,
    [...args, '--reporter=json', `--outputFile.json=${output}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill();
  }, 1000 * seconds);
  return new Promise((resolve) => {
    child.on('close', () => {
      clearTimeout(timer);
      let report: VitestReport | null;
      try {
        report = JSON.parse(readFileSync(output, 'utf8')) as VitestReport;
      } catch {
        report = null;
      }
      rmSync(folder, { recursive: true, force: true });
      resolve({ report, late });
    });
  });
}

/** Each kernel against a float64 reference over odd sizes: as many test files, drawn by seed, as the time allows. */
export async function kernelTests({ seed, small, left }: Bench): Promise<Findings> {
  const files = readdirSync(kernelFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.gpu.test.ts'))
    .sort()
    .map((file) => join(kernelFolder, file));
  const wrong: string[] = [];
  const rows: string[][] = [];
  const least = 15;
  const drawn = [...shuffledIndices(files.length, seed, 0, 0)].flatMap((i) => files[i] ?? []);
  for (const file of small ? [join(kernelFolder, 'norm/norm.gpu.test.ts')] : drawn) {
    if (rows.length > 0 && left() < least) break;
    const started = performance.now();
    const { report, late } = await runTestFile(file, Math.max(least, left()));
    const seconds = (performance.now() - started) / 1000;
    const failed = report?.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed');
    for (const { fullName } of failed ?? []) wrong.push(`kernel test: ${fullName}`);
    if (report && report.numPassedTests + report.numFailedTests === 0) {
      wrong.push(`kernel tests: ${file} ran no test`);
    }
    if (!report && !late) wrong.push(`kernel tests: ${file} ended without a report`);
    rows.push([
      file.slice(kernelFolder.length + 1),
      report ? String(report.numPassedTests) : late ? 'out of time' : 'no report',
      report ? String(report.numFailedTests) : '',
      `${seconds.toFixed(1)} s`,
    ]);
  }
  return {
    wrong,
    notes: [`${rows.length} of ${files.length} files, drawn by seed ${seed}`],
    tables: [{ head: ['kernel tests', 'passed', 'failed', 'took'], rows }],
    figures: rows,
  };
}
