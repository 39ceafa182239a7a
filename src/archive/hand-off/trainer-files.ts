/** The Python trainer as a bundle brings it: the files of handoff/ that train, taken into the build as text. */

const sources = import.meta.glob<string>(
  [
    '../../../handoff/medcare_train/**/*.py',
    '../../../handoff/pyproject.toml',
    '../../../handoff/README.md',
    '../../../handoff/*.yaml',
  ],
  { query: '?raw', import: 'default', eager: true },
);

/** Its files, below `trainer/`. */
export function trainerFiles(): { readonly path: string; readonly text: string }[] {
  return Object.entries(sources)
    .map(([path, text]) => ({ path: path.replace(/^.*\/handoff\//, 'trainer/'), text }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
