/**
 * The storeys of the house, as rules. Imports point downwards only, those of types as well:
 * views → studio → worker → storage → archive → contract → engine → formats, text; src/faults serves all. The command
 * line (src/cli) stands beside the worker and the storage, on the archive.
 *
 * Three exceptions, each with its reason:
 * 1. From the contract, pages and use-cases may take types alone (`contract-types-only`): its schemas belong to the
 *    worker, and a page that imports them pays for them in its first load.
 * 2. Use-cases import the recipe, the architectures, statistics of scores and records, names of settings, plans of canaries,
 *    the rule of endless answers, and the names of adapters (`studio-not-to-engine`): they need no device.
 * 3. The product may import types of development packages (`not-to-dev-dep`): types vanish when compiled.
 */
const TESTS = '\\.test\\.tsx?$|(^|/)(reference|testing)/';

/** Forbids an import. @param {string} name @param {string} comment */
function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from: { pathNot: TESTS, ...from }, to };
}

/** An import that leaves code behind. */
const CODE = { dependencyTypesNot: ['type-only'] };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle hides which of two modules is the lower one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that does not resolve.',
      severity: 'error',
      from: {},
      // `?raw` is a suffix of the bundler; the shader itself is checked by check-shaders. The last are the
      // peers of bench/peers, which that bench alone installs.
      to: {
        couldNotResolve: true,
        pathNot: '\\?raw$|^virtual:|\\?worker|^(@jax-js/jax|@tensorflow/tfjs|onnxruntime-web)',
      },
    },
    {
      name: 'not-to-dev-dep',
      comment:
        'The product may only use packages that are dependencies; in Node, WebGPU is one that its user brings.',
      severity: 'error',
      from: { path: '^src', pathNot: `^src/engine/node/|${TESTS}` },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...CODE },
    },
    {
      name: 'product-not-to-tests',
      comment: 'The product does not import tests, scripts or bench.',
      severity: 'error',
      from: { path: '^src', pathNot: TESTS },
      to: { path: '^(test|e2e|bench|scripts)/' },
    },
    forbid(
      'views-only-from-studio',
      'Pages use stores and use-cases, and the words of the contract.',
      { path: '^src/views' },
      { path: '^src/(cli|worker|storage|archive|engine|formats|text)/' },
    ),
    forbid(
      'contract-types-only',
      'Schemas stay out of what a page loads, but for its events and for short lists and names that it shows.',
      { path: '^src/(views|studio)' },
      { path: '^src/contract/', pathNot: '^src/contract/(events|judge|run-origin)\\.ts$', ...CODE },
    ),
    forbid(
      'studio-not-to-views-or-react',
      'Use-cases know neither React nor pages.',
      { path: '^src/studio' },
      { path: '^src/views|node_modules/(react|react-dom|recharts|radix-ui|sonner|wouter)/' },
    ),
    forbid(
      'studio-not-to-engine',
      'The engine runs in the worker; recipe, architectures, names of adapters, statistics of scores and records, the names of settings, plans of canaries and the rule of endless answers need no device.',
      { path: '^src/studio' },
      {
        path: '^src/engine/',
        pathNot:
          '^src/engine/training/recipe/(recipe|recipe-difference|presets|fitted|ablations)\\.ts$' +
          '|^src/engine/model/architectures/index\\.ts$' +
          '|^src/engine/evaluation/statistics/(clear-best|proportions|rank-correlation)\\.ts$' +
          '|^src/engine/evaluation/(settings|noise-audit/noise-audit|memorisation/canary-plan)\\.ts$' +
          '|^src/engine/training/run/endless-answers\\.ts$' +
          '|^src/engine/gpu/adapter-name\\.ts$',
      },
    ),
    forbid(
      'worker-not-to-upper',
      'The worker does not know who calls it.',
      { path: '^src/worker' },
      { path: '^src/(views|studio|cli)/' },
    ),
    forbid(
      'storage-not-to-upper',
      'Storage keeps what the contract names.',
      { path: '^src/storage' },
      { path: '^src/(views|studio|worker|cli)/' },
    ),
    forbid(
      'cli-only-from-archive',
      'The command line keeps runs in folders and archives; it knows no page, no worker and no storage of a browser.',
      { path: '^src/cli' },
      { path: '^src/(views|studio|worker|storage)/' },
    ),
    forbid(
      'archive-not-to-upper',
      'A run as one file is the same wherever it is kept.',
      { path: '^src/archive' },
      { path: '^src/(views|studio|worker|storage|cli)/' },
    ),
    forbid(
      'contract-not-to-upper',
      'What page and worker say to each other knows neither of them, nor how anything is kept.',
      { path: '^src/contract' },
      { path: '^src/(views|studio|worker|storage|archive|cli)/' },
    ),
    forbid(
      'engine-not-to-upper',
      'The engine runs wherever WebGPU exists: no page, worker or storage.',
      { path: '^src/engine' },
      { path: '^src/(views|studio|worker|storage|archive|contract|cli)/' },
    ),
    forbid(
      'engine-not-to-react',
      'The engine has no user interface.',
      { path: '^src/engine' },
      { path: 'node_modules/(react|react-dom|zustand|recharts|idb)/' },
    ),
    forbid(
      'leaves-are-leaves',
      'formats and text import nothing above them.',
      { path: '^src/(formats|text)' },
      { path: '^src/(views|studio|worker|storage|archive|contract|engine|cli)/' },
    ),
    forbid(
      'faults-are-the-ground',
      'src/faults serves everyone and knows nobody; it reads what the package that checks schemas found.',
      { path: '^src/faults' },
      { path: '.', pathNot: '^src/faults/|^node_modules/zod/' },
    ),
    forbid(
      'model-not-to-tasks',
      'Models and branches do not know training, inference or evaluation.',
      { path: '^src/engine/(model|branches)' },
      { path: '^src/engine/(training|inference|evaluation)/' },
    ),
    forbid(
      'kernels-not-to-model',
      'Kernels know shapes, not models.',
      { path: '^src/engine/kernels' },
      { path: '^src/engine/(training|inference|evaluation|model|branches)/' },
    ),
    forbid(
      'gpu-is-the-ground',
      'Devices and buffers know nothing of what is computed.',
      { path: '^src/engine/gpu' },
      { path: '^src/engine/(training|inference|evaluation|model|branches|kernels)/' },
    ),
    forbid(
      'shaders-only-in-kernels',
      'A shader is imported by its wrapper.',
      { path: '^src', pathNot: `^src/engine/kernels|${TESTS}` },
      { path: '^shaders/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
