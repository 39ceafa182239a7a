import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What only one folder may name, and where a reader should look instead. */
const gpuNames = {
  selector:
    "TSTypeReference > Identifier[name='GPUDevice'], MemberExpression[object.name='navigator'][property.name='gpu']",
  message: 'Only src/engine/gpu talks to WebGPU devices; use what it exports.',
};
const storageNames = {
  selector:
    "Identifier[name='indexedDB'], MemberExpression[object.name='navigator'][property.name='storage']",
  message: 'Only src/storage touches browser storage; use what it exports.',
};
const fetchNames = {
  selector: "CallExpression[callee.name='fetch'], MemberExpression[property.name='fetch']",
  message: 'Only src/storage/fetch.ts goes to the network; use what it exports.',
};
const htmlNames = {
  selector:
    "JSXAttribute[name.name='dangerouslySetInnerHTML'], MemberExpression[property.name='innerHTML']",
  message: 'Text from models and files is never markup.',
};
const faultNames = {
  selector: "NewExpression[callee.name='StudioError']",
  message: 'Only src/faults makes faults: throw fault(code, data), or read one with faultFrom.',
};
const confined = { gpuNames, storageNames, fetchNames, htmlNames, faultNames };

/** Forbids all confined names except those whose home this is. @param {string[]} allowed */
function restrict(...allowed) {
  const rules = Object.entries(confined)
    .filter(([name]) => !allowed.includes(name))
    .map(([, rule]) => rule);
  return { 'no-restricted-syntax': ['error', ...rules] };
}

export default defineConfig([
  globalIgnores([
    'dist',
    'build',
    'node_modules',
    'coverage',
    'public',
    'test/fixtures',
    'test-results',
  ]),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      // Index loops over typed arrays are the natural form of numeric code.
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // An interface that may be slow is async even where one implementation has nothing to await.
      '@typescript-eslint/require-await': 'off',
      // Characters of ASCII strings and code points of texts are both wanted at times.
      '@typescript-eslint/no-misused-spread': 'off',
      // `x[i] ?? 0` is how noUncheckedIndexedAccess is answered, also where a tuple is known.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      ...restrict(),
    },
  },
  {
    // What runs in Node and in a worker knows no page; and the same run gives the same bits.
    files: ['src/{engine,faults,formats,text}/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        'window',
        'document',
        'localStorage',
        'sessionStorage',
        'alert',
        'postMessage',
        'location',
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Use the counter-based generator: a run must repeat bit for bit.',
        },
      ],
    },
  },
  { files: ['src/faults/**'], rules: restrict('faultNames') },
  { files: ['src/engine/gpu/**'], rules: restrict('gpuNames') },
  { files: ['src/storage/**'], rules: restrict('storageNames') },
  { files: ['src/storage/fetch.ts'], rules: restrict('storageNames', 'fetchNames') },
  {
    files: ['**/*.test.{ts,tsx}', 'test/**', 'e2e/**', 'bench/**', 'scripts/**'],
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': ['error', faultNames],
      'no-restricted-properties': 'off',
      'max-lines': 'off',
    },
  },
  {
    files: ['**/*.tsx'],
    extends: [jsxA11y.flatConfigs.strict],
  },
  {
    files: ['src/**/*.tsx', 'src/views/**/*.ts'],
    ...reactHooks.configs.flat['recommended-latest'],
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    rules: { eqeqeq: ['error', 'always'], 'no-eval': 'error' },
  },
]);
