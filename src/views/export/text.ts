/** The words of the Export page. */
import { inLanguages } from '../../studio/language.ts';
import { formatInteger } from '../shared/format.ts';

/** A space between Chinese and a name that begins in Latin letters. */
function latinApart(name: string): string {
  return /^[A-Za-z]/.test(name) ? ` ${name}` : name;
}

export const exportText = inLanguages({
  en: {
    title: 'Export',
    lead: 'The trained model in the layouts of transformers, llama.cpp and PEFT, the run as an archive that opens elsewhere, and everything that was measured on the way.',
    runs: 'runs',
    nothingYet: 'Nothing to export yet',
    goToTraining: 'Go to training',
    whatComes:
      'From a finished run you can save the merged model, a GGUF file, PEFT adapters, an archive, the curves and the recipe.',
    run: 'Run',
    baseModel: 'Base model',
    recipe: 'Recipe',
    steps: 'Steps',
    trainedOn: 'Trained on',
    files: 'Files',
    cardLanguage: 'Cards and READMEs in',
    baseGone: (name: string) => `The base model ${name} is no longer here. Add it again first.`,
    baseElsewhere: (name: string) =>
      `The base model ${name} is not here. Add it first; it is recognised by its files, not by its name.`,
    going: 'The run is still going; stop it or let it finish.',
    notMerged: 'This run ended before its branches were merged.',
    noStage: 'This run ended before its first stage did.',
    archivedWithout: 'The archive that this run came from held no branches.',

    merged: 'Merged model',
    mergedText:
      'A Hugging Face folder as a zip: safetensors, config, tokenizer, generation config and a model card with data, recipe and results. A plain model of the same architecture, with nothing attached.',
    mergedF32:
      'Opens in transformers and programs that read its folders; exactly the weights that were trained.',
    mergedBF16:
      'Opens in transformers and programs that read its folders; rounded to bfloat16, half the size.',
    gguf: 'GGUF file',
    ggufText:
      'The merged model in one file with tokenizer and chat template. Norms and biases stay in 32 bits.',
    ggufF16: 'Opens in llama.cpp and programs built on it; 16 bits per weight.',
    ggufQ8:
      'Opens in llama.cpp and programs built on it; 8 bits per weight: now and then an answer differs in a word.',
    ggufQ4:
      'Opens in llama.cpp and programs built on it; 4 bits per weight, 8 in the head: smallest, and some answers differ.',
    adapters: 'PEFT adapters',
    adaptersText:
      'The branches alone as a zip, to use with the same base model: attention LoRA, KA and Align in PEFT layout; the mixture (NA) with its routers, which PEFT does not support, as plain tensors.',
    adaptersF32: 'Opens in PEFT; exactly as trained.',
    adaptersBF16: 'Opens in PEFT; rounded to bfloat16, half the size.',
    archive: 'Run archive',
    archiveText:
      'The whole run in one file: recipe, fingerprints of data and base model, curves, routing counts, evaluation results, the machine it was trained on and, if you choose, its branches. Records and base weights stay here.',
    archiveOpens: 'Opens in this studio, on any machine: drop it anywhere.',
    branches: 'With the branches of the stages that ended',
    best: (step: string, loss: string) =>
      `The best step instead of the last: step ${step}, validation loss ${loss}`,
    checkpoint: 'With the checkpoint to resume from',
    noCheckpoint: 'This run has no checkpoint to resume from.',
    metrics: 'Metrics',
    metricsText:
      'Every step of both stages as CSV: loss, orthogonal loss, learning rate, gradient norm, tokens, time.',
    metricsOpens: 'Opens in any spreadsheet program.',
    ward: 'Ward-round card',
    wardText:
      'One or two pages for a colleague: data and their protection, method, results with intervals, answers gained and lost, limits. The card in the archive quotes no question.',
    quotes: 'Quote up to six of your questions (they may name patients)',
    wardOpens: 'Opens in any browser, which prints it or saves it as PDF.',
    card: 'Model card',
    cardText:
      'What a reader must know, filled in from the run: data and the identifiers replaced in them, recipe, losses, evaluation scores with their sizes and calibration, what the model remembers of its records, intended use, licence, not for clinical use.',
    cardOpens: 'Markdown with the front matter that hubs read.',
    recipeText:
      'The settings of this run as JSON. Imported on the Train page, it starts the same run again.',
    recipeOpens: 'Opens in this studio.',
    building: (name: string) => `Building ${inSentence(name)}`,
    build: (name: string) => `Build ${inSentence(name)}`,
    buildAgain: 'Build again',
    save: (name: string) => `Save ${inSentence(name)}`,
    format: (name: string) => `Number format of ${name}`,
    saved: (size: string) => `${size}, saved`,
    about: (size: string) => `about ${size}`,

    openTitle: 'Open a run from elsewhere',
    openText:
      'A run archive brings the run’s recipe, curves, routing and results. Its model states can be used if the studio has the same base model. Everything in the archive is checked before it is stored.',
    openButton: 'Open an archive',
    choose: 'Choose a run archive',
    opening: 'Opening the archive',
    opened: (name: string) => `“${name}” is in the list of runs.`,
    seeRun: 'See its curves',
    linkAgain: 'Look for the base model again',
    linked: 'The base model is here: its states can be used.',
    stillMissing: 'No model here has the same files.',
    from: 'Came from an archive',
    archivedAt: 'Archived',
    archivedBy: 'Written by',
    base: 'Its base model',
    baseHere: 'here, with the same files',
    baseMissing: 'not here: curves can be read, states cannot be used',
    baseUnknown: 'unknown: the archive has no fingerprint of it',
    data: 'Its data',
    records: (name: string, count: number) => `${name} (${formatInteger(count)} records)`,
    removedSet: 'a data set that was removed since',
  },
  zh: {
    title: '导出',
    lead: '以 transformers、llama.cpp 和 PEFT 的格式导出训练好的模型，把训练存为可在别处打开的归档，并带走训练中测得的一切。',
    runs: '训练',
    nothingYet: '还没有可导出的内容',
    goToTraining: '去训练',
    whatComes: '训练完成后可带走合并后的模型、GGUF 文件、PEFT 适配器、归档、曲线和配方。',
    run: '训练',
    baseModel: '基座模型',
    recipe: '配方',
    steps: '步数',
    trainedOn: '训练设备',
    files: '文件',
    cardLanguage: '卡片和 README 的语言',
    baseGone: (name) => `基座模型 ${name} 已不在此处。请先重新添加。`,
    baseElsewhere: (name) => `基座模型 ${name} 不在此处。请先添加；按文件内容而非名称识别。`,
    going: '训练仍在进行；请停止它或等它完成。',
    notMerged: '该训练在合并分支之前就结束了。',
    noStage: '该训练在阶段 1 结束之前就结束了。',
    archivedWithout: '该训练来自的归档不含分支。',

    merged: '合并后的模型',
    mergedText:
      'Hugging Face 文件夹（zip）：safetensors、config、分词器、生成配置，以及写有数据、配方和结果的模型卡。与基座同架构的普通模型，不附带任何分支。',
    mergedF32: '可由 transformers 等读取；与训练所得权重完全一致。',
    mergedBF16: '可由 transformers 等读取；舍入为 bfloat16，大小减半。',
    gguf: 'GGUF 文件',
    ggufText: '合并后的模型、分词器和对话模板存于一个文件。归一化权重和偏置保留 32 位。',
    ggufF16: '可由 llama.cpp 及基于它的程序读取；每个权重 16 位。',
    ggufQ8: '可由 llama.cpp 及基于它的程序读取；每个权重 8 位，偶有用词不同。',
    ggufQ4: '可由 llama.cpp 及基于它的程序读取；每个权重 4 位，输出层 8 位：最小，部分回答会不同。',
    adapters: 'PEFT 适配器',
    adaptersText:
      '仅分支（zip），需加载到同一基座模型上：注意力 LoRA、KA 和对齐 LoRA 为 PEFT 格式；PEFT 不支持的 LoRA 混合专家（NA）及其路由为普通张量。',
    adaptersF32: '可由 PEFT 读取；与训练所得完全一致。',
    adaptersBF16: '可由 PEFT 读取；舍入后大小减半。',
    archive: '训练归档',
    archiveText:
      '整个训练存于一个文件：配方、数据与基座模型的指纹、曲线、路由计数、评测结果、训练所用设备，并可选择是否包含分支。记录和基座权重留在这里。',
    archiveOpens: '可在任何机器上由本工作室打开：拖到页面任意处即可。',
    branches: '包含已结束阶段的分支',
    best: (step, loss) => `取最佳步而非最后一步：第 ${step} 步，验证损失 ${loss}`,
    checkpoint: '包含可继续训练的检查点',
    noCheckpoint: '该训练没有可供继续的检查点。',
    metrics: '指标',
    metricsText: '两个阶段每一步的 CSV：损失、正交损失、学习率、梯度范数、词元数、用时。',
    metricsOpens: '可由任何电子表格打开。',
    ward: '查房卡',
    wardText:
      '给同事看的一两页：数据及其保护、方法、带区间的结果、新答对与新答错的问题、局限。归档里的卡片不引用问题。',
    quotes: '最多引用六道你的题目（其中可能有患者姓名）',
    wardOpens: '可由任何浏览器打开，并打印或存为 PDF。',
    card: '模型卡',
    cardText:
      '由训练自动填写读者须知：数据及其中替换的身份信息、配方、损失、评测分数及样本量与校准、模型记住了哪些训练记录、预期用途、许可证、不得用于临床。',
    cardOpens: 'Markdown，带模型库可读的元数据。',
    recipeText: '该训练的设置（JSON）。在“训练”页导入即可重新开始同样的训练。',
    recipeOpens: '可由本工作室打开。',
    building: (name) => `正在生成${latinApart(name)}`,
    build: (name) => `生成${latinApart(name)}`,
    buildAgain: '重新生成',
    save: (name) => `保存${latinApart(name)}`,
    format: (name) => `${name}的数值格式`,
    saved: (size) => `${size}，已保存`,
    about: (size) => `约 ${size}`,

    openTitle: '打开来自别处的训练',
    openText:
      '训练归档会带来配方、曲线、路由和结果。若此处有同一基座模型，其各状态即可使用。归档内的一切在存储之前都会检查。',
    openButton: '打开归档',
    choose: '选择训练归档',
    opening: '正在打开归档',
    opened: (name) => `“${name}”已在训练列表中。`,
    seeRun: '查看曲线',
    linkAgain: '重新查找基座模型',
    linked: '基座模型已找到：其各状态可以使用。',
    stillMissing: '此处没有文件相同的模型。',
    from: '来自归档',
    archivedAt: '归档时间',
    archivedBy: '写出它的程序',
    base: '其基座模型',
    baseHere: '在此处，文件相同',
    baseMissing: '不在此处：可查看曲线，不能使用其状态',
    baseUnknown: '无法判断：归档中没有它的指纹',
    data: '其数据',
    records: (name, count) => `${name}（${formatInteger(count)} 条记录）`,
    removedSet: '此后已移除的数据集',
  },
});

/** A title inside an English sentence; GGUF and PEFT keep their capitals. */
function inSentence(title: string): string {
  return /^(GGUF|PEFT)/.test(title) ? title : title.toLowerCase();
}
