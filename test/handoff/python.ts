/**
 * CPython in this process (pyodide, WebAssembly), so that the trainer's code that needs neither torch nor numpy is
 * compared with its TypeScript twins on machines that have no Python.
 */
import { loadPyodide } from 'pyodide';
import { root } from '../../scripts/setup.mjs';

/** Calls a function of test/handoff/twins.py with a value, and gives what it gives; both pass as JSON. */
export type CallPython = (name: string, given: unknown) => unknown;

export interface Python {
  readonly call: CallPython;
  /** Files that both sides see, by path. */
  readonly write: (path: string, bytes: Uint8Array) => void;
  readonly read: (path: string) => Uint8Array;
  /** Makes a folder that both sides see. */
  readonly folder: (path: string) => void;
}

/** What is used of its file system, whose types are those of another package. */
interface FileSystem {
  readonly filesystems: { readonly NODEFS: unknown };
  mkdir(path: string): void;
  mount(type: unknown, options: { readonly root: string }, path: string): void;
  writeFile(path: string, bytes: Uint8Array): void;
  readFile(path: string): Uint8Array;
}

/** Starts Python with the trainer's package. */
export async function openPython(): Promise<Python> {
  const python = await loadPyodide();
  const files = python.FS as FileSystem;
  for (const [path, folder] of [
    ['/handoff', `${root}handoff`],
    ['/twins', `${root}test/handoff`],
  ] as const) {
    files.mkdir(path);
    files.mount(files.filesystems.NODEFS, { root: folder }, path);
  }
  const asked = python.runPython(`
import importlib, json, sys
sys.dont_write_bytecode = True
sys.path[:0] = ["/handoff", "/twins"]
twins = importlib.import_module("twins")
lambda name, given: json.dumps(getattr(twins, name)(json.loads(given)))
`) as (name: string, given: string) => string;
  return {
    call: (name, given) => JSON.parse(asked(name, JSON.stringify(given))) as unknown,
    write: (path, bytes) => files.writeFile(path, bytes),
    read: (path) => files.readFile(path),
    folder: (path) => files.mkdir(path),
  };
}
