/** What `medcare prepare` says. */
import { inLanguages } from './language.ts';

export const prepareWords = inLanguages({
  en: {
    done: (share: string, records: string) => `${share}, ${records} records`,
    passing: 'passing over shards that are whole',
    rate: (records: string) => `${records} records/s`,
    left: (time: string) => `${time} left`,
    goesOn: (shards: string) => `Goes on after ${shards} whole shards.`,
    ending: 'Interrupted: ends after the current records. Whole shards stay.',
    stopped: (folder: string) =>
      `Interrupted. The same command goes on after the last whole shard in ${folder}`,
    set: (name: string, kind: string, records: string, tokens: string) =>
      `${name}: ${records} records, ${kind}, ${tokens} tokens`,
    rows: (name: string, count: string) => `${name}: ${count} rows are no records`,
    written: (folder: string, shards: string) => `Prepared: ${folder} (${shards} shards)`,
    secret:
      'Tokens can be turned back into text by anybody: keep this folder where the records may lie.',
    next: (folder: string) =>
      `On a cluster: medcare hand-off … --prepared ${folder} --no-records, then medcare-train … --records with a copy of this folder.`,
  },
  zh: {
    done: (share, records) => `${share}，${records} 条记录`,
    passing: '正在跳过已完成的分片',
    rate: (records) => `${records} 条/秒`,
    left: (time) => `还需 ${time}`,
    goesOn: (shards) => `从已完成的 ${shards} 个分片之后继续。`,
    ending: '已收到中断：处理完当前记录后结束。已完成的分片会保留。',
    stopped: (folder) => `已中断。用同一命令可从 ${folder} 中最后一个完整分片之后继续`,
    set: (name, kind, records, tokens) => `${name}：${records} 条记录，${kind}，${tokens} 个词元`,
    rows: (name, count) => `${name}：有 ${count} 行不是记录`,
    written: (folder, shards) => `已备好：${folder}（${shards} 个分片）`,
    secret: '任何人都能把词元还原成文字：请把此文件夹放在允许存放这些记录的地方。',
    next: (folder) =>
      `用于集群：medcare hand-off … --prepared ${folder} --no-records，然后运行 medcare-train … --records 并给出此文件夹的副本。`,
  },
});
