import { describe, expect, it } from 'vitest';
import { sortDropped } from './drop.ts';
import type { FolderFile } from '../models/models.ts';

function files(...paths: string[]): FolderFile[] {
  return paths.map((path) => ({ path, file: new File([''], path.split('/').at(-1) ?? path) }));
}

describe('what was dropped', () => {
  it('takes a folder with config.json for a model named after it, paths from there on', () => {
    const dropped = sortDropped(
      files('hub/qwen/config.json', 'hub/qwen/sub/vocab.json', 'hub/README.md'),
    );
    expect(dropped).toMatchObject({ kind: 'model', name: 'qwen' });
    expect(dropped.kind === 'model' && dropped.files.map(({ path }) => path)).toEqual([
      'config.json',
      'sub/vocab.json',
    ]);
  });

  it('takes one zip on its own for an archive of a run', () => {
    expect(sortDropped(files('Quick look.run.zip')).kind).toBe('run');
    expect(sortDropped(files('a.zip', 'b.jsonl')).kind).toBe('data');
  });

  it('takes weights without a config for a model too, so that what is missing gets named', () => {
    const dropped = sortDropped(files('model.safetensors', 'tokenizer.json'));
    expect(dropped).toMatchObject({ kind: 'model', name: 'model' });
    expect(dropped.kind === 'model' && dropped.files).toHaveLength(2);
  });

  it('takes a GGUF file for a model: on its own with its own name, else with its folder’s', () => {
    const alone = sortDropped(files('qwen2.5-0.5b-q4_k_m.gguf'));
    expect(alone).toMatchObject({ kind: 'model', name: 'qwen2.5-0.5b-q4_k_m' });
    expect(alone.kind === 'model' && alone.files).toHaveLength(1);
    expect(sortDropped(files('nano/a.gguf', 'nano/notes.json'))).toMatchObject({
      kind: 'model',
      name: 'nano',
    });
  });

  it('takes packed records for what they are unpacked, whatever they are for', () => {
    const names = ['a.evaluation.jsonl', 'b.JSON', 'c.csv', 'd.tsv', 'e.ndjson'];
    for (const ending of ['', '.gz']) {
      const paths = names.map((name) => `${name}${ending}`);
      const dropped = sortDropped(files(...paths));
      expect(dropped).toMatchObject({ kind: 'data', others: [] });
      expect(dropped.kind === 'data' && dropped.files.map(({ name }) => name)).toEqual(paths);
    }
  });

  it('takes records from anywhere in a folder and leaves the rest', () => {
    const dropped = sortDropped(files('set/a.jsonl', 'set/deep/b.CSV', 'set/notes.docx'));
    expect(dropped.kind === 'data' && dropped.files.map(({ name }) => name)).toEqual([
      'a.jsonl',
      'b.CSV',
    ]);
    expect(dropped).toMatchObject({ others: ['set/notes.docx'] });
  });

  it('takes data that is not read too, so that it is named for what it is', () => {
    const dropped = sortDropped(files('a.jsonl.gz', 'b.parquet', 'c.xlsx', 'd.zip', 'e.png'));
    expect(dropped.kind === 'data' && dropped.files).toHaveLength(4);
    expect(dropped).toMatchObject({ others: ['e.png'] });
  });

  it('says when there is nothing to import', () => {
    expect(sortDropped(files('photo.png'))).toEqual({ kind: 'nothing' });
    expect(sortDropped([])).toEqual({ kind: 'nothing' });
  });

  it('checkpoints inside a folder do not stand for it', () => {
    const dropped = sortDropped(
      files(
        'out/checkpoint-5/config.json',
        'out/checkpoint-5/model.safetensors',
        'out/config.json',
      ),
    );
    expect(dropped).toMatchObject({ kind: 'model', name: 'out' });
    expect(dropped.kind === 'model' && dropped.files).toHaveLength(3);
  });

  it('an adapter and pickled weights are models, so that they are refused as such', () => {
    expect(sortDropped(files('lora/adapter_config.json', 'lora/adapter_model.bin'))).toMatchObject({
      ...{ kind: 'model', name: 'lora' },
    });
    expect(sortDropped(files('m/pytorch_model.bin', 'm/vocab.json'))).toMatchObject({
      ...{ kind: 'model', name: 'm' },
    });
  });

  it('two models side by side go along whole', () => {
    const dropped = sortDropped(
      files('all/a/config.json', 'all/a/model.safetensors', 'all/b/config.json'),
    );
    expect(dropped).toMatchObject({ kind: 'model', name: 'all' });
    expect(dropped.kind === 'model' && dropped.files.map(({ path }) => path)).toContain(
      'b/config.json',
    );
  });
});
