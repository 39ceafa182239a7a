import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { isolationHeaders } from './scripts/headers.mjs';
import { offlineFiles } from './scripts/offline-files.mjs';

/** Modules that the first page is made of: loaded while the entry, which starts the worker, runs. */
const FIRST = ['/src/main.tsx', '/src/views/data/DataPage.tsx'];

/**
 * A class of a style module as the page has it: `Rail-step` for `.step` of Rail.module.css. Such names pack as well
 * as words do, random ones do not. No two modules may have one name (scripts/checks/styles.mjs).
 */
function className(local: string, file: string): string {
  return `${basename(file, '.module.css')}-${local}`;
}

/**
 * Classes as single imports: `styles.row` then becomes the name itself in the built script, and one that
 * the style module does not have is an import that fails.
 */
const singleClasses: Plugin = {
  name: 'single-classes',
  enforce: 'pre',
  transform: {
    filter: { id: /\/src\/views\/.*\.tsx?$/ },
    handler: (code) => ({
      code: code.replace(
        /^import (\w+) from ('[^']+\.module\.css');$/gm,
        'import * as $1 from $2;',
      ),
      // Every line stays where it is.
      map: null,
    }),
  },
};

/** Keeps the rules of a style module whose classes all stand in scripts by their names. */
const keptStyles: Plugin = {
  name: 'kept-styles',
  enforce: 'post',
  transform: {
    filter: { id: /\.module\.css$/ },
    handler: (code) => ({
      code: code.replace(/^export default [\s\S]*/m, ''),
      map: null,
      moduleSideEffects: 'no-treeshake',
    }),
  },
};

/** Links in index.html to what the first page needs, so that nothing of it is found only later. */
const firstPageLinks: Plugin = {
  name: 'first-page-links',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle }) => {
      const scripts = new Set<string>();
      const styles = new Set<string>();
      const follow = (fileName: string): void => {
        const chunk = bundle?.[fileName];
        if (chunk?.type !== 'chunk' || chunk.isEntry || scripts.has(fileName)) return;
        scripts.add(fileName);
        for (const next of chunk.imports) follow(next);
        // After those of what it builds on: later rules win.
        for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style);
      };
      for (const path of FIRST) {
        for (const chunk of Object.values(bundle ?? {})) {
          if (chunk.type === 'chunk' && chunk.facadeModuleId?.endsWith(path))
            follow(chunk.fileName);
        }
      }
      const link = (rel: string, file: string) => ({
        tag: 'link',
        attrs: { rel, crossorigin: true, href: `./${file}` },
        injectTo: 'head' as const,
      });
      return [
        ...[...scripts].map((file) => link('modulepreload', file)),
        ...[...styles].map((file) => link('stylesheet', file)),
      ];
    },
  },
};

/** The page fetches the words of faults in the language of its reader: none are loaded with it (src/faults/spoken.ts). */
const faultsSpeakLater: Plugin = {
  name: 'faults-speak-later',
  enforce: 'pre',
  resolveId(source, importer) {
    return source === './spoken.ts' && importer?.endsWith('/src/faults/fault.ts') === true
      ? this.resolve('./spoken-later.ts', importer, { skipSelf: true })
      : null;
  },
};

export default defineConfig({
  // Relative, so that the build can be served from any folder of any host.
  base: './',
  plugins: [singleClasses, react(), faultsSpeakLater, keptStyles, firstPageLinks, offlineFiles()],
  css: { modules: { generateScopedName: className } },
  worker: { format: 'es' },
  resolve: {
    alias: {
      'react-style-singleton': fileURLToPath(
        new URL('./src/views/shared/style-singleton.ts', import.meta.url),
      ),
    },
  },
  server: { host: '127.0.0.1', headers: isolationHeaders },
  build: {
    target: 'es2023',
    sourcemap: true,
    // Read by scripts/checks/bundle.mjs.
    manifest: true,
    // The content security policy allows fonts and workers as files only.
    assetsInlineLimit: 0,
    // scripts/checks/bundle.mjs has the real limit, on what the first page loads.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      optimization: { inlineConst: { mode: 'all', pass: 2 } },
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler|use-sync-external-store|clsx)[\\/]/,
            },
            { name: 'charts', test: /node_modules[\\/](recharts|victory-vendor|d3-[a-z-]+)[\\/]/ },
          ],
        },
      },
    },
  },
});
