/**
 * The storeys of the house, as rules. Imports point downwards only:
 * views → studio → worker → engine → (formats, text, storage as leaves); src/errors.ts serves all.
 */
const TESTS = '\\.test\\.tsx?$|(^|/)testing/';

/** Forbids an import. @param {string} name @param {string} comment */
function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from: { pathNot: TESTS, ...from }, to };
}

/** An import that leaves code behind (types vanish when compiled). */
const CODE = { dependencyTypesNot: ['type-only'] };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle hides which of two modules is the lower one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
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
      'views-code-only-from-studio',
      'Pages use stores and use-cases; from further down they may import types only.',
      { path: '^src/views' },
      { path: '^src/(worker|engine|formats|text|storage)/', ...CODE },
    ),
    forbid(
      'studio-not-to-views-or-react',
      'Use-cases know neither React nor pages.',
      { path: '^src/studio' },
      { path: '^src/views|node_modules/(react|react-dom|recharts|radix-ui|sonner|wouter)/' },
    ),
    forbid(
      'studio-not-to-engine-code',
      'The engine runs in the worker; the main thread imports its types, the worker client, the ' +
        'recipe, which is a document and computes nothing, and the architectures, which are values.',
      { path: '^src/studio' },
      {
        path: '^src/engine/',
        pathNot:
          '^src/engine/training/recipe/(recipe|recipe-difference|presets|ablations)\\.ts$' +
          '|^src/engine/model/architectures/index\\.ts$',
        ...CODE,
      },
    ),
    forbid(
      'worker-not-to-upper',
      'The worker does not know who calls it.',
      { path: '^src/worker' },
      { path: '^src/(views|studio)/' },
    ),
    forbid(
      'engine-not-to-upper',
      'The engine runs wherever WebGPU exists: no page, worker or storage.',
      { path: '^src/engine' },
      { path: '^src/(views|studio|worker|storage)/' },
    ),
    forbid(
      'engine-not-to-react',
      'The engine has no user interface.',
      { path: '^src/engine' },
      { path: 'node_modules/(react|react-dom|zustand|recharts|idb)/' },
    ),
    forbid(
      'leaves-are-leaves',
      'formats, text and storage import nothing above them.',
      { path: '^src/(formats|text|storage)' },
      { path: '^src/(views|studio|worker|engine)/', ...CODE },
    ),
    forbid(
      'errors-import-nothing',
      'src/errors.ts serves everyone.',
      { path: '^src/errors\\.ts$' },
      { path: '.' },
    ),
    forbid(
      'model-not-to-tasks',
      'Models and branches do not know training, inference or evaluation.',
      { path: '^src/engine/(model|adapters)' },
      { path: '^src/engine/(training|inference|evaluation)/', ...CODE },
    ),
    forbid(
      'kernels-not-to-model',
      'Kernels know shapes, not models.',
      { path: '^src/engine/kernels' },
      { path: '^src/engine/(training|inference|evaluation|model|adapters)/', ...CODE },
    ),
    forbid(
      'gpu-is-the-ground',
      'Devices and buffers know nothing of what is computed.',
      { path: '^src/engine/gpu' },
      { path: '^src/engine/(training|inference|evaluation|model|adapters|kernels)/', ...CODE },
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
