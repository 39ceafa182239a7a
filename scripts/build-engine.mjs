#!/usr/bin/env node
/**
 * Makes the package @medcare/engine: ES modules with shaders and libraries inside, declarations, and a tarball of both.
 *
 *   npm run build:engine        writes build/engine/package and build/engine/medcare-engine-VERSION.tgz
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { build } from 'vite';
import { writeDeclarations } from './engine/declarations.mjs';
import { root } from './setup.mjs';

const out = `${root}build/engine`;
const folder = `${out}/package`;
/** The package's entries by name, and where each begins. */
const entries = { index: 'src/engine/index.ts', node: 'src/engine/node/index.ts' };
/** The command line, and the threads that it starts: programs, without an interface for other programs. */
const programs = { medcare: 'src/cli/bin.ts', 'medcare-thread': 'src/cli/prepare/thread.ts' };
/** @type {{ version: string, license: string, engines: object, devDependencies: Record<string, string> }} */
const studio = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

function packageJson() {
  const { version, license, engines, devDependencies } = studio;
  const entry = (/** @type {string} */ name) => ({
    types: `./${name}.d.ts`,
    default: `./${name}.js`,
  });
  return {
    name: '@medcare/engine',
    version,
    description:
      "Fine-tunes and runs language models on WebGPU, with MedCare's two stages, in pages and in Node.",
    type: 'module',
    license,
    engines,
    exports: {
      '.': entry('index'),
      './node': entry('node'),
      './package.json': './package.json',
    },
    bin: { medcare: './medcare.js' },
    peerDependencies: { webgpu: devDependencies['webgpu'] },
    peerDependenciesMeta: { webgpu: { optional: true } },
  };
}

async function buildModules() {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2023',
      minify: false,
      license: { fileName: 'THIRD_PARTY.md' },
      lib: { entry: { ...entries, ...programs }, formats: ['es'] },
      rolldownOptions: {
        external: ['webgpu', /^node:/],
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: 'shared-[hash].js',
          banner: ({ name }) => (name === 'medcare' ? '#!/usr/bin/env node' : ''),
        },
      },
    },
  });
}

rmSync(out, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await buildModules();
writeDeclarations(entries, folder);
writeFileSync(`${folder}/package.json`, `${JSON.stringify(packageJson(), null, 2)}\n`);
cpSync(`${root}LICENSE`, `${folder}/LICENSE`);
cpSync(`${root}src/engine/README.md`, `${folder}/README.md`);
const npm = process.env['npm_execpath'] ?? join(dirname(process.execPath), 'npm');
const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', out];
const [command, args] = /\.c?js$/.test(npm) ? [process.execPath, [npm, ...pack]] : [npm, pack];
const name = execFileSync(command, args, { cwd: folder, encoding: 'utf8' }).trim();
console.log(`build/engine/${name.split('\n').at(-1)}`);
