/** Faults of the browser's storage, and of things that are in use or gone, in Chinese. */
import { grouped, sizeInChinese } from '../amounts.ts';
import type { PublicFileReason, StorageFaults } from '../catalogue/storage.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';

const whyUnread = {
  outside: () => '它不在本页面之下',
  page: () => '服务器返回的是一个网页',
  status: ({ status }) => `服务器返回状态 ${status}`,
  network: ({ detail }) => detail,
} satisfies ReasonWords<PublicFileReason>;

const freeStorage = '请删除不再需要的训练、模型或数据集，或释放磁盘空间。';

export const storage = {
  'page-not-secure': () => [
    '本页面来自另一台电脑，且通过普通 http 打开；浏览器不向这样的页面提供存储和 GPU。',
    '请通过 https 打开，或在本机运行工作室并从 localhost 打开。',
  ],
  'storage-path': (d) => [`“${d.path}”不是工作室存储内的路径。`, '请给文件改名后重新拖入。'],
  'storage-failed': (d) => {
    if ('ended' in d) return ['工作室已断开与浏览器数据库的连接。', '请重新加载页面。'];
    return 'path' in d
      ? [
          `浏览器存储在 ${d.path} 处出错：${d.detail}`,
          '请重试，并关闭工作室的其他标签页；隐私窗口可能不提供存储。',
        ]
      : [
          `无法打开浏览器的数据库：${d.detail}`,
          '请关闭工作室的其他标签页后重新加载页面；隐私窗口可能不提供存储。',
        ];
  },
  'storage-full': () => ['浏览器的存储空间已满，无法再写入。', freeStorage],
  'storage-short': (d) => [
    `下载还需要 ${sizeInChinese(d.needed)}；此浏览器只给工作室 ${sizeInChinese(d.free)}。`,
    freeStorage,
  ],
  'storage-newer': () => ['这里存储的内容由更新版本的工作室写入。', '请重新加载页面以使用新版本。'],
  'storage-changing': () => [
    '这里需要的内容正在被存储或删除，可能是在另一个标签页。',
    '请稍候再试。',
  ],
  'storage-cleared': () => [
    '训练已结束：浏览器为它存储的内容被清除或删除了。',
    '请重新加载页面，重新导入数据和模型，再重新开始训练。',
  ],
  'file-missing': (d) => [
    `存储的文件 ${d.path} 不见了。`,
    '请重新导入；浏览器可能清除了它的存储。',
  ],
  'file-damaged': (d) => [
    `存储的文件 ${d.path} 与写入时不同：应有 ${grouped(d.expected)} 字节，找到 ${grouped(d.bytes)} 字节，或内容有变。`,
    '请检查磁盘的剩余空间后重试。',
  ],
  'public-file-missing': (d) => [
    `无法读取工作室自己的文件 ${d.path}：${reasonWords(whyUnread, d)}。`,
    '请检查与页面所在服务器的连接后重试。',
  ],
  'public-file-damaged': (d) => [
    `工作室自己的文件 ${d.path} 有 ${grouped(d.bytes)} 字节，应为 ${grouped(d.expected)} 字节。`,
    '请重新加载页面；若仍如此，则服务器上的副本不完整。',
  ],
  'data-set-missing': () => ['该数据集已不在工作室中。', '请重新导入文件。'],
  'data-set-empty': (d) => [
    `${d.file} 是空的：其中没有记录。`,
    '请选择每行一个 JSON 对象的文件、JSON 数组，或带表头的 CSV。',
  ],
  'data-set-in-use': () => [
    '此数据集正在使用中（在此处或另一个标签页）：有训练在使用它，或正在读取它。',
    '请等训练结束，或停止它；暂停的训练也算。',
  ],
  'identifiers-not-looked': () => [
    '此数据集尚未查找过身份信息，或查找没有完成。',
    '请在“数据”页面查找。',
  ],
  'row-missing': (d) => [`数据集中没有第 ${grouped(d.index + 1)} 行。`, '请选择表中的一行。'],
  'model-missing': () => ['该模型已不在工作室中。', '请重新拖入模型文件夹。'],
  'model-in-use': () => [
    '此模型正在使用中（在此处或另一个标签页）：有训练、对话、评测或导出在读取它。',
    '请等其结束，或停止它；暂停的训练也算，另一个标签页正在对话的模型也算。',
  ],
  'model-built-in': () => [
    '内置模型随工作室提供，不占存储空间。',
    '如需释放空间，请删除拖入的模型。',
  ],
  'download-missing': () => ['该下载已不在工作室中。', '请重新查询该模型。'],
  'download-elsewhere': () => [
    '工作室的另一个标签页正在处理此下载。',
    '请到那个标签页，或将其关闭后重试。',
  ],
  'document-elsewhere': () => [
    '自在此处打开以来，另一个标签页已更改或删除了它；未予覆盖。',
    '请从这里复制需要的内容，然后重新加载页面。',
  ],
} satisfies Words<StorageFaults>;
