/** What the help says of each option. */
import type { OptionName } from '../options.ts';
import { inLanguages } from './language.ts';

export const optionWords = inLanguages<Readonly<Record<OptionName, string>>>({
  en: {
    model:
      'the base model: its folder, a GGUF file, or a name in the Hugging Face folder of this computer',
    data: 'records to train on; whether they are knowledge or alignment is guessed (may be repeated)',
    knowledge: 'records to train on as knowledge (may be repeated)',
    alignment: 'records to train on as alignment (may be repeated)',
    out: 'where the result goes',
    name: 'name of the run (default: that of the recipe)',
    from: 'takes over the first stages of another run of the same model and records, as far as the recipe trains them alike',
    precision:
      'how the frozen weights are kept (for compare, those of the other model): float32, stored, 16-bit, 8-bit or 4-bit',
    'no-records': 'leaves the records out: the bundle then has only their hashes',
    prepared: 'records that medcare prepare made, instead of --data',
    threads:
      'threads that make records into tokens (default: one for each processor core, at most 4)',
    state: 'model state of the run, as medcare inspect lists them (default: the last)',
    prompt: 'asks this and ends, instead of a conversation',
    'max-tokens': 'longest answer in tokens (default 256; 64 for evaluate)',
    temperature: 'chance in the answers, from 0 for the likeliest (default 0)',
    format:
      'F32 or BF16 (Hugging Face folder), gguf-F16, gguf-Q8_0 or gguf-Q4_0, or adapters (PEFT)',
    questions: 'questions with known answers (may be repeated)',
    choices:
      'how multiple choice is decided: likelihood, generated or reasoned, which is chain of thought (default likelihood)',
    shots: 'examples above each question of lm-eval’s tasks (default 0)',
    known:
      'how files of lm-eval’s tasks are asked: harness, as lm-eval asks them, or studio, as other questions (default harness)',
    harness: 'writes the results of lm-eval’s tasks in its JSON',
    limit: 'asks at most this many questions, from the tasks in turn (compare: 16 unless told)',
    with: 'the model to compare with: a folder, a GGUF file or a name, as for --model',
    answers: 'writes every question with its answer as JSON lines',
    language: 'language of the messages, cards and READMEs (default: that of the system)',
    json: 'writes JSON lines instead of text',
    help: 'says what the command does and takes',
  },
  zh: {
    model: '基座模型：其文件夹、GGUF 文件，或本机 Hugging Face 文件夹中的名称',
    data: '用于训练的记录；属于知识还是对齐由内容判断（可重复）',
    knowledge: '作为知识训练的记录（可重复）',
    alignment: '作为对齐训练的记录（可重复）',
    out: '结果写入的位置',
    name: '训练的名称（默认用配方的名称）',
    from: '沿用另一次训练的前几个阶段：模型和记录须相同，且配方对这些阶段的训练一致',
    precision:
      '冻结权重（compare 中指另一个模型的权重）的保存精度：float32、stored、16-bit、8-bit 或 4-bit',
    'no-records': '不放入记录，接力包中只有它们的哈希值',
    prepared: '用 medcare prepare 备好的记录代替 --data',
    threads: '把记录转成词元的线程数（默认每个处理器核心一个，最多 4 个）',
    state: '训练的模型状态，medcare inspect 会列出（默认为最后一个）',
    prompt: '只问这一句，然后结束，不进入对话',
    'max-tokens': '回答最多的词元数（默认 256；evaluate 为 64）',
    temperature: '回答的随机程度，0 表示总取最可能的（默认 0）',
    format:
      'F32 或 BF16（Hugging Face 文件夹），gguf-F16、gguf-Q8_0 或 gguf-Q4_0，或 adapters（PEFT）',
    questions: '有已知答案的题目（可重复）',
    choices: '多选题的判定方式：likelihood、generated 或 reasoned（思维链）（默认 likelihood）',
    shots: 'lm-eval 任务每题之前的示例数（默认 0）',
    known:
      'lm-eval 任务的文件如何提问：harness（按 lm-eval 的方式）或 studio（与其他题目相同）（默认 harness）',
    harness: '把 lm-eval 任务的结果写成其 JSON',
    limit: '最多问这么多题，从各任务中轮流选取（compare 默认 16 题）',
    with: '要比较的模型：文件夹、GGUF 文件或名称，与 --model 相同',
    answers: '把每道题及其回答写成 JSON Lines',
    language: '消息、卡片和 README 的语言（默认用系统的语言）',
    json: '输出 JSON Lines，而不是文字',
    help: '说明该命令的作用和用法',
  },
});
