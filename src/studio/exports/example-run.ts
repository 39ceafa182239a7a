/** The worked example: a finished run that comes with the studio (scripts/shipped/example.ts makes it). */

/** Where it lies below the page's address, the id that its run has, and the name under which it was trained. */
export const EXAMPLE = {
  path: 'example/medcare-nano.run.zip',
  id: '0e5a3b1e-0000-4000-8000-000000000001',
  name: 'Worked example', // words: a name, which the page says in its language
} as const;

/** Largest size, in bytes: it is fetched and kept with the studio's own files. */
export const EXAMPLE_BYTES = 2_000_000;

/** Whether a run is the worked example. */
export function isExample({ id }: { readonly id: string }): boolean {
  return id === EXAMPLE.id;
}
