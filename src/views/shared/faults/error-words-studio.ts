/** Errors of storage, hub, runs, evaluation and the page itself in Chinese, by code. */
import type { ErrorWords } from './error-facts.ts';

const lookAgain = '请重新查询该模型。';
const reloadParts = '请重新加载页面；其各部分的版本可能不同。';
const freeStorage = '请删除不再需要的运行、模型或数据集，或释放磁盘空间。';

export const studioErrors = {
  internal: () => ['工作室内部出错。', '请重新加载页面后再试；已保存的内容仍在。'],
  cancelled: () => ['已取消。', '需要时请重新开始。'],
  'data-set-missing': () => ['该数据集已不在工作室中。', '请重新导入文件。'],
  'data-set-empty': (d) => [
    `${d.text('file')} 是空的：其中没有记录。`,
    '请选择每行一个 JSON 对象的文件、JSON 数组，或带表头的 CSV。',
  ],
  'data-set-in-use': () => [
    '此数据集正在使用中（在此处或另一个标签页）：有运行在用它训练，或正在读取它。',
    '请等运行结束，或停止它；暂停的运行也算。',
  ],
  'model-in-use': () => [
    '此模型正在使用中（在此处或另一个标签页）：有运行、对话、评测或导出在读取它。',
    '请等其结束，或停止它；暂停的运行也算，另一个标签页正在对话的模型也算。',
  ],
  'run-in-use': () => [
    '此运行正在使用中（在此处或另一个标签页）：有对话、评测或导出在读取它。',
    '请等其结束，或停止它；另一个标签页正在与它对话也算。',
  ],
  'storage-changing': () => [
    '这里需要的内容正在被存储或删除，可能是在另一个标签页。',
    '请稍候再试。',
  ],
  'storage-cleared': () => [
    '运行已结束：浏览器为它存储的内容被清除或删除了。',
    '请重新加载页面，重新导入数据和模型，再重新开始运行。',
  ],
  'run-storage-full': () => [
    '运行已停下：浏览器的存储空间已满。',
    '请删除不再需要的运行、模型、数据集或已完成的导出，或释放磁盘空间；然后恢复运行。',
  ],
  'row-missing': (d) => [`数据集中没有第 ${d.ordinal('index')} 行。`, '请选择表中的一行。'],
  'storage-newer': () => ['这里存储的内容由更新版本的工作室写入。', '请重新加载页面以使用新版本。'],
  'storage-failed': (d) => [
    d.has('path') ? `浏览器存储在 ${d.text('path')} 处出错。` : '无法打开浏览器的数据库。',
    '请关闭工作室的其他标签页后重试；隐私窗口可能不提供存储。',
  ],
  'storage-full': () => ['浏览器的存储空间已满，无法再写入。', freeStorage],
  'storage-short': (d) => [
    `下载还需要 ${d.bytes('needed')}；此浏览器只给工作室 ${d.bytes('free')}。`,
    freeStorage,
  ],
  'storage-path': (d) => [
    `“${d.text('path')}”不是工作室存储内的路径。`,
    '请给文件改名后重新拖入。',
  ],
  'file-missing': (d) => [
    `存储的文件 ${d.text('path')} 不见了。`,
    '请重新导入；浏览器可能清除了它的存储。',
  ],
  'file-damaged': (d) => [
    `存储的文件 ${d.text('path')} 与写入时不同：应有 ${d.bytes('expected')}，找到 ${d.bytes('bytes')}，或内容有变。`,
    '请检查磁盘的剩余空间后重试。',
  ],
  'download-missing': () => ['该下载已不在工作室中。', lookAgain],
  'download-elsewhere': () => [
    '工作室的另一个标签页正在处理此下载。',
    '请到那个标签页，或将其关闭后重试。',
  ],
  'public-file-missing': (d) => [
    `无法读取工作室自己的文件 ${d.text('path')}。`,
    '请检查与页面所在服务器的连接后重试。',
  ],
  'public-file-damaged': (d) => [
    `工作室自己的文件 ${d.text('path')} 的大小不对。`,
    '请重新加载页面；若仍如此，则服务器上的副本不完整。',
  ],
  'hub-address': (d) => [
    `“${d.text('address')}”不能作为模型库的地址。`,
    '请给出 https 地址，例如 https://huggingface.co；http 只接受本机（127.0.0.1 或 localhost）。',
  ],
  'hub-name': (d) => [
    `“${d.text('name')}”不是模型库中的模型。`,
    '请写 所有者/名称，例如 Qwen/Qwen2.5-0.5B-Instruct，需要时在后面加 @版本；或粘贴其页面地址。',
  ],
  'hub-elsewhere': (d) => [
    `该地址属于 ${d.text('typed')}；当前使用的模型库是 ${d.text('hub')}。`,
    `请在“模型库地址”中改为 ${d.text('typed')}，或写 所有者/名称。`,
  ],
  'hub-unreachable': (d) => [
    d.has('offline')
      ? `本机处于离线状态，无法询问 ${d.text('hub')}。`
      : `${d.text('hub')} 没有响应。`,
    d.has('offline')
      ? '请在联网后重试；工作室中已有的模型无需联网。'
      : '请检查网络连接和模型库地址。自建的模型库必须允许来自其他页面的请求（CORS）。',
  ],
  'hub-missing': (d) => [
    `${d.text('hub')} 上没有人人可读的 ${d.text('name')}。`,
    '请检查名称的写法。私有模型须在已登录之处下载，再把文件夹拖到这里。',
  ],
  'hub-revision-missing': (d) => [
    `${d.text('name')} 没有版本“${d.text('revision')}”。`,
    '请去掉版本，或给出该模型的分支、标签或提交。',
  ],
  'hub-gated': (d) => [
    `${d.text('name')} 受限：所有者只提供给已登录并接受其条款的人。`,
    `本工作室不登录任何地方。请在 ${d.text('hub')} 接受条款并下载文件夹，再拖到这里。`,
  ],
  'hub-private': (d) => [
    `${d.text('name')} 是私有模型。`,
    `本工作室不登录任何地方。请在登录 ${d.text('hub')} 之处下载文件夹，再拖到这里。`,
  ],
  'hub-file-missing': (d) => [
    `模型库列出了 ${d.text('path')}，但没有该文件。`,
    `${lookAgain}它可能已被更改或删除。`,
  ],
  'hub-busy': (d) => [
    `${d.text('hub')} 繁忙或限制了请求次数（状态 ${d.text('status')}）。`,
    d.has('seconds') ? `请在 ${d.count('seconds')} 秒后重试。` : '请过几分钟重试。',
  ],
  'hub-refused': (d) => [
    `${d.text('hub')} 拒绝了请求，状态 ${d.text('status')}。`,
    '请重新查询该模型，或检查模型库地址。',
  ],
  'hub-answer': (d) => [
    `${d.text('hub')} 的回答不是模型清单。`,
    '请检查模型库地址：它的回答方式须与 huggingface.co 相同。',
  ],
  'hub-no-weights': (d) => [
    `${d.text('name')} 中没有完整模型的 safetensors 或 GGUF 权重。`,
    '请找一份带 safetensors（model.safetensors）或 .gguf 文件的副本。其他格式打开时可能执行代码，因此不予读取；单独的适配器不是模型。',
  ],
  'hub-page': (d) => [
    `收到的不是 ${d.text('path')}，而是别的内容。`,
    '请检查本机与模型库之间是否有代理或登录页，然后重试。',
  ],
  'hub-length': (d) => [
    `${d.text('path')} 应有 ${d.bytes('expected')}，模型库发来 ${d.bytes('found')}。`,
    '请重新查询该模型：其文件可能已更改。若仍如此，则该模型库上的副本已损坏。',
  ],
  'hub-hash': (d) => [
    `${d.text('path')} 已完整收到，但与模型库声明的不符：哈希不同。`,
    '请点“继续”再次获取该文件。若仍如此，请勿使用此模型库。',
  ],
  'hub-cut': (d) => [
    `${d.text('path')} 收到 ${d.bytes('received')}（共 ${d.bytes('expected')}）后连接中断。`,
    '请点“继续”：会从中断处接着下载。',
  ],
  'hub-changed': (d) => [`${d.text('name')} 已没有先前列出的内容。`, lookAgain],
  'model-missing': () => ['该模型已不在工作室中。', '请重新拖入模型文件夹。'],
  'model-file-missing': (d) => [
    `缺少 ${d.text('file')}。`,
    '请拖入完整的模型文件夹，或选择带有该文件的另一份副本（也可用 GGUF 文件）。',
  ],
  'model-file-too-large': (d) => [
    `${d.text('file')} 有 ${d.bytes('bytes')}，超出可读取的大小。`,
    '请检查是否选对了文件。',
  ],
  'model-built-in': () => [
    '内置模型随工作室提供，不占存储空间。',
    '如需释放空间，请删除拖入的模型。',
  ],
  'model-paths': () => [
    '拖入的文件不属于同一个文件夹：有路径出现两次（部分系统不区分大小写）或指向文件夹之外。',
    '请拖入一个模型的文件夹。',
  ],
  'model-not-merged': (d) =>
    d.has('branches')
      ? [
          `此运行的最后状态在权重之外仍有分支：${d.text('branches')}。`,
          '请改为导出适配器，或运行会合并全部分支的配方。',
        ]
      : ['此运行还没有训练出的模型。', '请至少让一个阶段结束，或停止运行并保留已有结果。'],
  'run-elsewhere': () => [
    '工作室的另一个标签页正在处理此运行。',
    '请到那个标签页，或将其关闭后重试。',
  ],
  'run-missing': () => ['该运行已不在工作室中。', '请选择另一个运行，或开始新的运行。'],
  'run-not-resumable': () => [
    '此运行已经结束，没有可继续的内容。',
    '如需继续训练，请开始新的运行。',
  ],
  'run-not-active': () => [
    '此运行不在本标签页的设备上。',
    '若已中断，请恢复它；若在另一个标签页中进行，请到那里。',
  ],
  'run-active': () => ['设备上有另一个运行。', '请等它结束，或停止它；暂停的运行也算。'],
  'run-not-paused': () => ['运行正在进行；单步只用于暂停的运行。', '请先暂停。'],
  'run-inputs-changed': () => [
    '数据或模型的模板与运行开始时不同。',
    '请把数据集的类别和模型的模板改回原样，或开始新的运行。',
  ],
  'step-missing': (d) => [
    `此运行保留的步骤中没有阶段 ${d.ordinal('stage')} 的第 ${d.ordinal('step')} 步。`,
    '请选择曲线上显示的一步。',
  ],
  'stage-missing': () => [
    '此运行还没有结束的阶段，因此没有可导出的适配器。',
    '请等该阶段结束，或停止运行并保留已有结果。',
  ],
  'mixture-missing': () => [
    '此运行的配方中没有专家混合。',
    '请选择配方中含有专家混合的运行，例如论文的阶段 1。',
  ],
  'text-empty': () => ['没有可逐词元追踪专家的文本。', '请输入一句话。'],
  'profile-stage-missing': () => ['配方中没有这个阶段。', '请选择其已有的阶段。'],
  'profile-refused': () => [
    '设备上有运行：两者会互相拖慢，使测得的数字失真。',
    '请在运行结束或停止后重试；暂停的运行也算。',
  ],
  'profile-active': () => [
    '正在分析性能或为内核计时，需要独占设备。',
    '请等它结束，或在“设置”页取消。',
  ],
  'evaluation-too-large': (d) => [
    `${d.text('file')} 有 ${d.bytes('bytes')}，超出可读取的大小。`,
    '请只取文件的一部分。',
  ],
  'evaluation-empty': (d) => [
    d.has('file')
      ? `所选文件中没有可以计分的题目：${d.count('count')} 行均未通过；${d.text('file')} 第 ${d.count('line')} 行${d.text('field') === '' ? '有误' : `的“${d.text('field')}”有误`}。`
      : '所选文件中没有评测题。',
    '每行需要 task、kind（knowledge 或 alignment）、metric（accuracy、micro-f1、macro-f1、weighted-f1、rouge-l 或 perplexity）、prompt 和 answer；或“数据”页能导入的格式，例如 question、options 和 answer，或 prompt 和 response。',
  ],
  'evaluation-no-answers': (d) => [
    `${d.text('files')} 没有答案：全部 ${d.count('count')} 题的“${d.text('field')}”都为空，无法计分。`,
    '请选择带答案的文件：测试集发布时往往不含答案，请改用开发集，或训练集中未用于训练的部分。',
  ],
  'document-elsewhere': () => [
    '自在此处打开以来，另一个标签页已更改或删除了它；未予覆盖。',
    '请从这里复制需要的内容，然后重新加载页面。',
  ],
  'evaluation-elsewhere': () => [
    '此评测正在进行（在此处或另一个标签页）。',
    '请等其结束，或在进行它的地方取消。',
  ],
  'grid-elsewhere': () => [
    '此网格正在进行（在此处或另一个标签页）。',
    '请等其结束，或在进行它的地方取消。',
  ],
  'evaluation-missing': () => ['该评测结果已不再保留。', '请重新评测该模型状态。'],
  'evaluation-mismatch': () => [
    '两项结果使用了不同的题目，或判定方式不同。',
    '请用相同的文件和相同的设置评测两者。',
  ],
  'grid-missing': () => ['该网格已不再保留。', '请规划新的网格。'],
  'grid-run-stopped': () => [
    '该配方的运行在结束之前被停止或删除。',
    '请继续网格；该配方将重新训练。',
  ],
  'grid-run-interrupted': () => ['该配方的运行中断了。', '请继续网格；运行将从最近的检查点继续。'],
  'worker-crashed': () => [
    '工作室的后台线程停止了。',
    '请重试：它会重新启动。若有运行正在进行，请从检查点恢复。',
  ],
  'tokeniser-crashed': () => [
    '把记录转成词元的后台线程停止了。',
    '请重试。若总停在同样的记录处，请查看其中最长的。',
  ],
  'text-stuck': (d) => [
    `此模型的分词器或对话模板在一段文本上停留了 ${d.count('seconds')} 秒，已被终止。`,
    '请选择其他模型，或在「模型」页选择其他对话模板。',
  ],
  'model-aside': (d) => [
    `${d.text('model')} 已搁置：它的分词器或对话模板在一段文本上停不下来。`,
    '请选择其他模型。在「模型」页可以重试或删除它。',
  ],
  'message-unreadable': () => ['页面与后台线程之间有一条消息无法传递。', reloadParts],
  'request-invalid': () => ['页面的请求不被后台线程理解。', reloadParts],
} satisfies Readonly<Record<string, ErrorWords>>;
