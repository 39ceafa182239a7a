/** Words of measuring: the page, its questions, its model states and its results. */
import { inLanguages } from '../../studio/language.ts';
import { formatCount, formatInteger } from '../shared/format.ts';

/** Results that give one answer to nearly every question. */
interface RepeatedWords {
  /** The results, by their names. */
  readonly states: string;
  readonly task: string;
  /** Questions that got the answer, for which it is right, and all. */
  readonly given: string;
  readonly right: number;
  readonly items: number;
}

export const evaluateText = inLanguages({
  en: {
    title: 'Evaluate',
    lead: 'Model states side by side on questions with known answers: accuracy, F1 and ROUGE‑L by task with 95% intervals, and whether answers have the form that was asked for.',
    views: 'What to look at',
    measureView: 'Model states',
    gridView: 'Ablation grid',
    memoryView: 'Memorisation',
    measure: (states: number) =>
      states > 0 ? `Measure ${formatCount(states, 'model state')}` : 'Measure model states',
    progress: (label: string, index: number, of: number) => `${label} (${index} of ${of})`,
    states: 'What is measured',
    noRun: 'No run yet: the base model can be measured now and compared later.',
    base: (model: string) => `${model} · Base`,
    picked: (picked: number, of: number) =>
      `${formatInteger(picked)} of ${formatInteger(of)} chosen`,
    tickAll: (states: number) =>
      states === 1 ? 'Choose its state' : `Choose all ${formatInteger(states)} states`,
    tickNone: 'Choose none of them',
    branches: 'Branches still attached',
    questions: 'On which questions',
    readingQuestions: 'reading its questions',
    rowsLeftOut: (count: number) => `${formatCount(count, 'row')} without a question`,
    referenceOf: (answer: string) => `Reference: ${answer}`,
    fileOf: (title: string, what: string) => `${title}: ${what}`,
    result: 'finished model',
    statesHelp:
      '“Merged” is what you would use: compare it with the base. “With NA” is the end of stage 1, “without NA” the same after the Noise Aggregator was dropped. “Best” is the step of a stage with the lowest validation loss, instead of its last.',
    exam: 'exam questions',
    entities: 'chemicals and diseases in a sentence',
    section: 'section of the note',
    knowledge: 'knowledge',
    alignment: 'alignment',
    leaveOut: (file: string) => `Leave out ${file}`,
    most: 'Maximum questions in all',
    mostHelp:
      'Taken in turn from every task; 0 takes all. With fewer questions, measuring is faster and less exact.',
    none: 'None of the above',
    all: 'All of the above',
    chooseFiles: 'Choose evaluation files',
    addOwn: 'Add own files',
    fileForm:
      'JSONL, JSON, CSV or Parquet. In the studio’s own form, each question has task, kind (knowledge or alignment), metric, prompt, answer and, if the answer is one of a few, choices; if several options are right, answer has all their letters. Rows of PromptCBLUE (input, target, task_dataset, answer_choices) work as they are, and so do the shapes that the Data page reads. Multiple choice (question, options, answer) is scored by accuracy. Records to train on (prompt and response, instruction and output, messages) are scored by ROUGE-L of a written answer to their first question, or by accuracy if all answers are a few short ones (yes, no). Rows without an answer are left out and listed.',
    ownFiles: 'Own files',
    choiceMethod: 'Multiple choice is decided by',
    choiceHelp:
      'Likelihood: the option letter with the highest log p per token right after the prompt. Generated answer: the model answers freely, then “The answer is” is appended and one more token is chosen among the option letters, as in the paper. Chain of thought: the model thinks step by step and names its answer; only what it wrote counts, and the answers below say how each was read. Questions with several right options are always answered freely.',
    likelihood: 'Likelihood',
    generated: 'Generated answer',
    closed: 'Records with a few short answers (yes, no, maybe) are scored',
    closedHelp:
      'If a file, or a task in it, has at most six different answers, all short, each of them is a label: an answer is right or wrong, whatever words stand around it. The results name the labels. If scored as text, overlapping words count (ROUGE-L).',
    asLabels: 'As labels, by accuracy',
    asText: 'As text, by ROUGE-L',
    perplexity: 'Perplexity of the reference answers, too',
    noDevice: 'There is no WebGPU device.',
    noModel: 'Choose a model first.',
    noTemplate: 'The model needs a chat template: choose one on the Model page.',
    modelAside: (model: string) =>
      `${model} is set aside: choose another model on the Model page, or try it again there.`,
    measuring: 'Another measurement is under way.',
    noState: 'Choose at least one model state.',
    noFile: 'Choose at least one evaluation file.',
    results: 'Results',
    resultsAside: 'score, its 95% interval, and the share of answers in the form asked for',
    resultsTable: 'Scores by task and model state',
    empty: 'Nothing measured yet',
    emptyHint:
      'Choose model states and questions above, then press Measure. Results stay after a reload.',
    loading: 'the results',
    set: 'Questions',
    setOf: (items: number, files: string, when: string) =>
      `${formatCount(items, 'question')}, ${files}, ${when}`,
    bundled: 'samples',
    task: 'Task',
    metric: 'Metric',
    items: (items: number) => formatCount(items, 'question'),
    partial: (answered: number, total: number) =>
      `${formatInteger(answered)} of ${formatInteger(total)} answered`,
    goOn: 'Continue',
    forget: (label: string) => `Delete the result of ${label}`,
    form: (share: string) => `form ${share}`,
    perplexityOf: (value: string) => `perplexity ${value}`,
    best: '(best)',
    chance: (share: string) => `chance ${share}`,
    constant: (answer: string, score: string) => `always “${answer}” ${score}`,
    repeatedTitle: 'One answer to nearly every question',
    repeated: ({ states, task, answer, given, right, items }: RepeatedWords & { answer: string }) =>
      `${task}: “${answer}” is the answer to ${given} of ${formatCount(items, 'question')} by ${states}; it is right for ${formatInteger(right)}. The score shows this habit, not knowledge.`,
    repeatedNothing: ({ states, task, given, items }: RepeatedWords) =>
      `${task}: no answer can be read for ${given} of ${formatCount(items, 'question')} by ${states}.`,
    listed: (names: readonly string[]) => names.join(', '),
    clear: 'Clear',
    clearTitle: 'Clear the results?',
    clearText:
      'The scores and answers of these questions are deleted from this browser. Runs and models stay.',
    clearConfirm: 'Clear results',
    saveAnswers: (format: string) => `Answers as ${format}`,
    knowledgeAverage: 'Knowledge average',
    alignmentAverage: 'Alignment average',
    averageHelp:
      'Mean over the tasks of this kind; each task counts once, whatever its size, as in Table 3.',
    intervalHelp:
      'What the score could be on other questions of the same kind. Share of right answers: Wilson’s score interval, which stays wide with few questions even if none or all are right. Other scores: percentile bootstrap of 1000 draws with a fixed seed. Averages: the intervals of their tasks, added as squares. Bold is only a score whose interval overlaps with no other of its row.',
    interval: '95% interval',
    formHelp:
      'Format adherence: the share of written answers that have the form asked for, which is one of the labels offered, or at least the lines asked for. An answer that never ended and was cut off at the token limit does not count.',
    formTerm: 'form',
    perplexityHelp:
      'exp of the mean −log p per token of the reference answers after their prompts; lower is better.',
    perplexityTerm: 'perplexity',
    about: 'What the numbers mean',
  },
  zh: {
    title: '评测',
    lead: '在已知答案的题目上并排比较各模型状态：按任务给出准确率、F1 与 ROUGE‑L 及其 95% 置信区间，以及回答是否符合要求的格式。',
    views: '查看内容',
    measureView: '模型状态',
    gridView: '消融网格',
    memoryView: '记忆',
    measure: (states) => (states > 0 ? `评测 ${formatInteger(states)} 个模型状态` : '评测模型状态'),
    progress: (label, index, of) => `${label}（第 ${index} 个，共 ${of} 个）`,
    states: '评测对象',
    noRun: '还没有训练：现在可以先评测基座模型，之后再比较。',
    base: (model) => `${model} · 基座`,
    picked: (picked, of) => `已选 ${formatInteger(picked)} / ${formatInteger(of)}`,
    tickAll: (states) => `选择全部 ${formatInteger(states)} 个状态`,
    tickNone: '全部取消',
    branches: '仍挂载的分支',
    readingQuestions: '正在读取题目',
    rowsLeftOut: (count) => `${formatInteger(count)} 行没有题目`,
    referenceOf: (answer) => `参考答案：${answer}`,
    fileOf: (title, what) => `${title}：${what}`,
    result: '最终模型',
    statesHelp:
      '“合并后”是最终使用的模型：请与基座比较。“阶段 1 结束时”仍带 NA，“处理后”已丢弃噪声聚合器（NA）。“最佳”是该阶段验证损失最低的一步，而不是最后一步。',
    questions: '评测题目',
    exam: '考试选择题',
    entities: '句中的化学物质与疾病',
    section: '病历所属章节',
    knowledge: '知识',
    alignment: '对齐',
    leaveOut: (file) => `移除 ${file}`,
    most: '题目总数上限',
    mostHelp: '从各任务轮流选取；0 表示全部。题目越少越快，也越不精确。',
    none: '以上全不选',
    all: '以上全选',
    chooseFiles: '选择评测文件',
    addOwn: '添加自己的文件',
    fileForm:
      'JSONL、JSON、CSV 或 Parquet。本工作室的格式逐条排列：task、kind（knowledge 或 alignment）、metric、prompt、answer；答案属于少数选项时另有 choices；多选题在 answer 中写出全部正确选项的字母。PromptCBLUE 的记录（input、target、task_dataset、answer_choices）可直接使用。“数据”页能导入的也都可以：含 question、options 和 answer 的选择题按准确率计分；训练记录（prompt 与 response、instruction 与 output、messages）取其第一个问题，按生成回答的 ROUGE-L 计分；若答案只有少数几种（如“是”“否”），则按准确率计分。没有答案的行不参与评测，并逐行列出。',
    ownFiles: '自己的文件',
    choiceMethod: '选择题判定方式',
    choiceHelp:
      '似然：紧接提示之后，每个词元平均 log p 最高的选项字母。生成回答：模型先自由作答，再附上“答案为”，并在选项字母中取下一个词元，与论文一致。思维链：模型逐步思考后说出答案，只按所写内容计分，下方的回答会说明如何读出。多选题一律自由作答。',
    likelihood: '似然',
    generated: '生成回答',
    closed: '答案只有少数几种的记录（如“是”“否”）按',
    closedHelp:
      '若一个文件（或其中一个任务）的全部答案只是反复出现的不超过六种短答案，则每种视为一个标签：无论前后措辞如何，只判对错；结果中会列出这些标签。按文本则计重合的字词（ROUGE-L）。',
    asLabels: '标签，计准确率',
    asText: '文本，计 ROUGE-L',
    perplexity: '同时计算参考答案的困惑度',
    noDevice: '没有 WebGPU 设备。',
    noModel: '请先选择模型。',
    noTemplate: '该模型需要对话模板：请在“模型”页选择。',
    modelAside: (model) => `${model} 已搁置：请在“模型”页选择其他模型，或在那里重试。`,
    measuring: '正在评测。',
    noState: '请至少选择一个模型状态。',
    noFile: '请至少选择一个评测文件。',
    results: '结果',
    resultsAside: '分数、95% 置信区间，以及符合要求格式的回答比例',
    resultsTable: '各任务、各模型状态的分数',
    empty: '尚无评测结果',
    emptyHint: '在上方选择模型状态和题目，然后开始评测。结果在刷新后仍会保留。',
    loading: '评测结果',
    set: '题目',
    setOf: (items, files, when) => `${formatInteger(items)} 题，${files}，${when}`,
    bundled: '示例',
    task: '任务',
    metric: '指标',
    items: (items) => `${formatInteger(items)} 题`,
    partial: (answered, total) => `已答 ${formatInteger(answered)} / ${formatInteger(total)}`,
    goOn: '继续',
    forget: (label) => `删除 ${label} 的结果`,
    form: (share) => `格式 ${share}`,
    perplexityOf: (value) => `困惑度 ${value}`,
    best: '（最佳）',
    chance: (share) => `随机猜测 ${share}`,
    constant: (answer, score) => `总答“${answer}” ${score}`,
    repeatedTitle: '几乎每题都给同一个答案',
    repeated: ({ states, task, answer, given, right, items }) =>
      `${task}：${states} 对 ${formatInteger(items)} 题中的 ${given} 题都答“${answer}”，而它只在 ${formatInteger(right)} 题中正确。分数反映的是这一习惯，而非知识。`,
    repeatedNothing: ({ states, task, given, items }) =>
      `${task}：${states} 对 ${formatInteger(items)} 题中的 ${given} 题没有给出可读取的答案。`,
    listed: (names) => names.join('、'),
    clear: '清除',
    clearTitle: '清除结果？',
    clearText: '这组题目的分数和回答将从此浏览器中删除。训练和模型会保留。',
    clearConfirm: '清除结果',
    saveAnswers: (format) => `回答存为 ${format}`,
    knowledgeAverage: '知识平均',
    alignmentAverage: '对齐平均',
    averageHelp: '同类任务的平均值，不论大小每个任务各计一次，与论文表 3 相同。',
    intervalHelp:
      '换成同类的其他题目，分数可能落在的范围。答对比例采用 Wilson 计分区间：题目很少时，即使全错或全对，区间仍然较宽。其他分数采用 1000 次重抽的百分位自助法（种子固定）。平均分由各任务区间按平方合成。只有与同行其他区间都不重叠的分数才加粗。',
    interval: '95% 置信区间',
    formHelp:
      '格式符合率：能够解析的生成回答所占比例，即给出了可选标签，或至少有所要求的各行。没有结束、在词元上限处截断的回答不计入。',
    formTerm: '格式',
    perplexityHelp: '参考答案在提示之后每个词元平均 −log p 的指数；越低越好。',
    perplexityTerm: '困惑度',
    about: '数字的含义',
  },
});
