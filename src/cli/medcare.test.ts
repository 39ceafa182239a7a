import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { fault } from '../faults/fault.ts';
import { commands } from './commands/commands.ts';
import { EXIT } from './exit-codes.ts';
import { commandHelp } from './help.ts';
import { main } from './medcare.ts';
import { Given, optionSpecs, type OptionName } from './options.ts';
import { TrainingProgress } from './progress.ts';
import { systemFault } from './system-fault.ts';
import { Terminal } from './terminal.ts';
import { columnsOf, cutTo } from './width.ts';
import { columns, duration, size } from './words/figures.ts';
import { speak, systemLanguage } from './words/language.ts';

afterEach(() => {
  speak('en');
});

/** A command that needs no device. */
async function medcare(args: readonly string[], env: Record<string, string> = {}) {
  const written = { out: '', err: '' };
  const code = await main(args, {
    out: { write: (text) => (written.out += text) },
    err: { write: (text) => (written.err += text) },
    input: Readable.from([]),
    env,
    openGpu: () => Promise.reject(fault('adapter-missing')),
    onInterrupt: () => () => undefined,
  });
  return { code, ...written };
}

describe('the command line', () => {
  test('every command has a help in both languages that names all of its options', async () => {
    for (const name of Object.keys(commands) as (keyof typeof commands)[]) {
      const english = await medcare([name, '--help', '--language', 'en']);
      const chinese = await medcare([name, '--help'], { LANG: 'zh_CN.UTF-8' });
      expect([english.code, chinese.code]).toEqual([EXIT.done, EXIT.done]);
      for (const option of commands[name].options) expect(english.out).toContain(`--${option}`);
      expect(chinese.out).toMatch(/\p{Script=Han}/u);
      expect(english.out).not.toMatch(/\p{Script=Han}/u);
    }
    const { out } = await medcare(['--help']);
    for (const name of Object.keys(commands)) expect(out).toContain(name);
    expect((await medcare(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [[], 'command-unknown', EXIT.usage],
    [['tarin'], 'command-unknown', EXIT.usage],
    [['toString'], 'command-unknown', EXIT.usage],
    [['plan', 'quick', '--modle', 'x'], 'command-option', EXIT.usage],
    [['plan', 'quick', '--model'], 'command-option', EXIT.usage],
    [['plan', 'quick'], 'command-option', EXIT.usage],
    [['plan', 'quick', 'more', '-m', 'x'], 'command-argument', EXIT.usage],
    [['plan'], 'command-argument', EXIT.usage],
    [['train', 'quick', '-m', 'x', '-o', 'y'], 'command-option', EXIT.usage],
    [['plan', 'quick', '-m', 'x', '--precision', 'half'], 'command-option', EXIT.usage],
    [['compare', '-m', 'x', '--questions', 'y'], 'command-option', EXIT.usage],
    [['compare', '-m', 'x', '--with', 'y'], 'command-option', EXIT.usage],
    [['chat', '-m', 'x', '--language', 'fr'], 'command-option', EXIT.usage],
    [['plan', 'no-such.json', '-m', 'x'], 'path-missing', EXIT.fault],
    [['plan', 'quick', '-m', 'no-such-folder'], 'path-missing', EXIT.fault],
    [['plan', 'docs', '-m', 'x'], 'path-unusable', EXIT.fault],
    [['plan', 'README.md/quick', '-m', 'x'], 'path-unusable', EXIT.fault],
    [['identifiers', '-d', 'scripts'], 'data-none', EXIT.fault],
    [['inspect', 'docs'], 'run-folder-missing', EXIT.fault],
    [['inspect', 'README.md'], 'archive-malformed', EXIT.fault],
    [['doctor'], 'adapter-missing', EXIT.fault],
  ])('%j ends with %s', async (args, code, exit) => {
    const said = await medcare([...args, '--json']);
    expect(said.code).toBe(exit);
    expect(JSON.parse(said.out)).toMatchObject({ type: 'fault', code });
    expect(said.err).toBe('');
    const words = await medcare(args);
    expect(words.out).toBe('');
    expect(words.err).toContain('What to do: ');
  });

  test('a model by name is looked for where downloads lie, and is said to be missing with the way to get it', async () => {
    const said = await medcare(['plan', 'quick', '-m', 'Owner/Name'], { HF_HUB_CACHE: '/no/hub' });
    expect(said.err).toContain('/no/hub');
    expect(said.err).toContain('hf download Owner/Name');
  });
});

test('help about a command may be asked for in either order', async () => {
  const due = await medcare(['train', '--help']);
  for (const asked of ['help', '--help']) expect(await medcare([asked, 'train'])).toEqual(due);
});

test('of several files, a fault names the one that it is about, and keeps nothing of a page', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'medcare-'));
  await writeFile(join(folder, 'a.jsonl'), '{"instruction": "Say 1.", "output": "1"}\n');
  await writeFile(join(folder, 'b.csv'), 'first,second\n1,2\n');
  const english = await medcare(['identifiers', '-d', folder]);
  expect([english.code, english.err]).toEqual([EXIT.fault, expect.stringContaining('b.csv: The')]);
  expect(english.err).not.toContain('Kept:');
  const chinese = await medcare(['identifiers', '-d', folder], { LANG: 'zh_CN' });
  expect(chinese.err).toContain('b.csv：');
  const asJson = await medcare(['identifiers', '-d', folder, '--json']);
  expect(JSON.parse(asJson.out)).toMatchObject({
    ...{ type: 'fault', code: 'import-columns', kept: '' },
    data: { path: join(folder, 'b.csv') },
  });
  await rm(folder, { recursive: true });
});

test('the page on the command line names every command, options that they have, and every exit code', async () => {
  const page = await readFile('docs/command-line.md', 'utf8');
  const typed = [
    ...[...page.matchAll(/^\| `([a-z-]+[^`]*)` \|/gm)].map(([, line = '']) => line),
    ...[...page.matchAll(/^ {4}medcare (.+)$/gm)].map(([, line = '']) => line),
  ].filter((line) => Object.hasOwn(commands, line.split(' ')[0] ?? ''));
  const named = new Set(typed.map((line) => line.split(' ')[0]));
  expect([...named].sort()).toEqual(Object.keys(commands).sort());
  for (const line of typed) {
    const [name = ''] = line.split(' ');
    const known: readonly string[] = commands[name as keyof typeof commands].options;
    const asked = [...line.matchAll(/--([a-z-]+)/g)].map(([, option = '']) => option);
    expect([line, asked.filter((option) => !known.includes(option))]).toEqual([line, []]);
  }
  const codes = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT).sort((one, other) => one - other));
});

test('what the system says of a file is a fault with words; anything else stays what it is', () => {
  const thrown = (code: string, path?: string) => Object.assign(new Error(code), { code, path });
  const full = systemFault(thrown('ENOSPC', '/out/run'));
  expect(full.describe()).toMatchObject({
    ...{ code: 'path-unusable', data: { path: '/out/run', reason: 'full' } },
    message: 'There is no room left on the disk for /out/run.',
  });
  expect(systemFault(thrown('EACCES')).message).toBe('A file may not be read or written.');
  expect(systemFault(thrown('ECONNREFUSED')).code).toBe('internal');
  expect(systemFault(fault('cancelled')).code).toBe('cancelled');
  const missing = fault('path-missing', { path: 'x' }, { cause: thrown('ENOENT', 'x') });
  expect(systemFault(missing)).toBe(missing);
});

test('identifiers are counted by kind, and not shown', async () => {
  const file = 'test/fixtures/identifiers/notes.jsonl';
  const text = await readFile(file, 'utf8');
  const notes = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string });
  const folder = await mkdtemp(join(tmpdir(), 'medcare-'));
  const path = join(folder, 'notes.jsonl');
  const rows = notes.map((note) => JSON.stringify({ instruction: note.text, output: 'Noted.' }));
  await writeFile(path, rows.join('\n'));
  const { code, out } = await medcare(['identifiers', '-d', path, '--json']);
  expect(code).toBe(EXIT.done);
  const found = JSON.parse(out) as { records: number; withAny: number; kinds: object };
  expect(found.records).toBeGreaterThan(100);
  expect(found.withAny).toBeGreaterThan(found.records / 2);
  expect(found.kinds).toMatchObject({ NAME: { unsure: expect.any(Number) as number } });
  const written = join(folder, 'out');
  const replaced = await medcare(['identifiers', '-d', path, '-o', written]);
  expect(replaced.code).toBe(EXIT.done);
  const after = await readFile(join(written, 'notes.replaced.jsonl'), 'utf8');
  expect(after.trimEnd().split('\n')).toHaveLength(found.records);
  expect(text).toContain('Casper Whitlock');
  expect(after).not.toContain('Casper Whitlock');
  const report = await readFile(join(written, 'notes.identifiers.json'), 'utf8');
  expect(JSON.parse(report)).toMatchObject({
    records: found.records,
    kinds: { NAME: { kept: 0 } },
  });
  const said = await medcare(['identifiers', '-d', path], { LANG: 'zh_CN' });
  expect(said.out).toMatch(/^notes：\d+ 条记录中有 \d+ 条含有身份信息\n/);
  await rm(folder, { recursive: true });
});

test('records keep the order of the command line, whatever their kinds', () => {
  const args = ['--alignment', 'a', '-d', 'b', '--knowledge=c', 'RECIPE', '--data', 'd'];
  const given = new Given('train', args, ['data', 'knowledge', 'alignment']);
  expect(given.data).toEqual([
    { path: 'a', kind: 'alignment' },
    { path: 'b', kind: null },
    { path: 'c', kind: 'knowledge' },
    { path: 'd', kind: null },
  ]);
  expect(given.arguments(['RECIPE'])).toEqual(['RECIPE']);
});

test('every option belongs to a command', () => {
  const all = Object.keys(optionSpecs) as OptionName[];
  const helps = (Object.keys(commands) as (keyof typeof commands)[]).map(commandHelp).join('\n');
  expect(all.filter((name) => !helps.includes(`--${name}`))).toEqual([]);
});

test('the system says the language; an empty variable says nothing', () => {
  expect(systemLanguage({ LANG: 'zh_CN.UTF-8' })).toBe('zh');
  expect(systemLanguage({ LC_ALL: '', LANG: 'zh_TW' })).toBe('zh');
  expect(systemLanguage({ LC_ALL: 'C', LANG: 'zh_CN' })).toBe('en');
  expect(systemLanguage({})).toBe('en');
});

describe('progress', () => {
  const step = (stage: number, number: number, milliseconds = 500) => ({
    ...{ stage, step: number, nll: 2, orthogonal: null, learningRate: 1e-3, gradientNorm: 1 },
    ...{ targetTokens: 50, tokens: 100, milliseconds },
  });
  const stages = (first: number, second: number) => [
    { name: 'One', steps: 10, stepsDone: first, records: 40 },
    { name: 'Two', steps: 4, stepsDone: second, records: 16 },
  ];

  test('counts what is left of all stages, at the pace of this one', () => {
    const progress = new TrainingProgress();
    expect(progress.line).toBe('');
    progress.step(step(0, 0), stages(1, 0));
    progress.step(step(0, 1), stages(2, 0));
    expect(progress.now).toEqual({ tokensPerSecond: 200, millisecondsLeft: 6000 });
    expect(progress.line).toBe(
      'stage 1 of 2, step 2 of 10 · loss 2.0000 · 200 tokens/s · 6.0 s left',
    );
    progress.step(step(1, 0, 1000), stages(10, 1));
    expect(progress.now).toEqual({ tokensPerSecond: 100, millisecondsLeft: 3000 });
    speak('zh');
    expect(progress.line).toBe('阶段 2/2，第 1/4 步 · 损失 2.0000 · 100 词元/秒 · 还需 3.0 秒');
  });

  test('a terminal has one line that changes, a file some lines, JSON none', () => {
    const write = (isTTY: boolean, json: boolean, env = {}) => {
      let err = '';
      const sink = { write: (text: string) => (err += text), isTTY, columns: 12 };
      const terminal = new Terminal({ out: sink, err: sink, env }, json);
      for (const line of ['step 1 of 300', 'step 2 of 300']) terminal.status(line);
      terminal.endStatus();
      return err;
    };
    expect(write(true, false)).toBe('\r\u001b[2Kstep 1 of 3\r\u001b[2K');
    expect(write(false, false)).toBe('step 1 of 300\n');
    expect(write(true, true)).toBe('');
  });
});

test('colour is for terminals that want it', () => {
  const said = (isTTY: boolean, env: Record<string, string> = {}) => {
    let err = '';
    const sink = { write: (text: string) => (err += text), isTTY };
    new Terminal({ out: sink, err: sink, env }, false).fault(fault('cancelled').describe());
    return err.includes('\u001b[');
  };
  expect(said(true)).toBe(true);
  expect(said(true, { NO_COLOR: '1' })).toBe(false);
  expect(said(false)).toBe(false);
});

test('figures are for people, in columns that Chinese keeps', () => {
  expect([999, 61_000, 7_260_000].map(duration)).toEqual(['999 ms', '1 min 1 s', '2 h 1 min']);
  expect(size(1.2e9)).toBe('1.2 GB');
  expect(
    columns([
      ['知识', '1'],
      ['abc', '22'],
    ]),
  ).toEqual(['知识   1', 'abc   22']);
  expect([columnsOf('知识a'), cutTo('知识a', 3), cutTo('知识a', 4)]).toEqual([5, '知', '知识']);
});
