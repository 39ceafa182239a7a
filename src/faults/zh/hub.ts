/** Faults of a hub, its answers and what comes from it, in Chinese. */
import { grouped } from '../amounts.ts';
import type { HubAnswerReason, HubFaults, HubPage } from '../catalogue/hub.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';

const whyNoListing = {
  'not-json': ({ detail }) => `不是 JSON（${detail}）`,
  shape: ({ field, detail }) => `${field} 不符合要求（${detail}）`,
  path: ({ path }) => `“${path}”不是文件的路径`,
  'no-size': ({ path }) => `没有给出 ${path} 的大小`,
  'no-hash': ({ path }) => `没有给出 ${path} 的哈希`,
  'too-large': ({ path, bytes }) => `${path} 有 ${grouped(bytes)} 字节，过大`,
  'no-weight-map': ({ path }) => `${path} 中没有 weight_map`,
} satisfies ReasonWords<HubAnswerReason>;

const cameInstead: Readonly<Record<HubPage, string>> = {
  page: 'HTML 网页',
  message: 'JSON 消息',
  pointer: 'Git LFS 指针（只指向文件，并非文件本身）',
};

const lookAgain = '请重新查询该模型。';

export const hub = {
  'hub-address': (d) => [
    `“${d.address}”不能作为模型库的地址。`,
    '请给出 https 地址，例如 https://huggingface.co；http 只可用于本机（127.0.0.1 或 localhost）。',
  ],
  'hub-name': (d) => [
    `“${d.name}”不是模型库中的模型名称。`,
    '请按“所有者/名称”填写，例如 Qwen/Qwen2.5-0.5B-Instruct，需要时在后面加“@版本”；或粘贴模型页面的地址。',
  ],
  'hub-elsewhere': (d) => [
    `该地址属于 ${d.typed}；当前使用的模型库是 ${d.hub}。`,
    `请在“模型库地址”中改为 ${d.typed}，或按“所有者/名称”填写。`,
  ],
  'hub-unreachable': (d) => [
    d.offline ? `本机处于离线状态，无法连接 ${d.hub}。` : `${d.hub} 没有响应。`,
    d.offline
      ? '请在联网后重试；工作室中已有的模型无需联网。'
      : '请检查网络连接和模型库地址。自建的模型库必须允许来自其他页面的请求（CORS）。',
  ],
  'hub-missing': (d) => [
    `${d.hub} 上没有公开的模型 ${d.name}。`,
    '请检查名称是否写对。私有模型须在已登录的地方下载，再把文件夹拖到这里。',
  ],
  'hub-revision-missing': (d) => [
    `${d.name} 没有版本“${d.revision}”。`,
    '请去掉版本，或给出该模型的分支、标签或提交。',
  ],
  'hub-gated': (d) => [
    `${d.name} 访问受限：所有者只向已登录并接受其条款的用户提供。`,
    `本工作室不登录任何网站。请在 ${d.hub} 接受条款并下载文件夹，再拖到这里。`,
  ],
  'hub-private': (d) => [
    `${d.name} 是私有模型。`,
    `本工作室不登录任何网站。请在已登录 ${d.hub} 的地方下载文件夹，再拖到这里。`,
  ],
  'hub-file-missing': (d) => [
    `模型库列出了 ${d.path}，却没有该文件。`,
    `${lookAgain}它可能已被更改或删除。`,
  ],
  'hub-busy': (d) => [
    `${d.hub} 繁忙或限制了请求次数（状态 ${d.status}）。`,
    d.seconds === undefined ? '请过几分钟重试。' : `请在 ${grouped(d.seconds)} 秒后重试。`,
  ],
  'hub-refused': (d) => [
    `${d.hub} 拒绝了请求，状态 ${d.status}。`,
    '请重新查询该模型，或检查模型库地址。',
  ],
  'hub-answer': (d) => [
    `${d.hub} 返回的内容不是模型的文件清单：${reasonWords(whyNoListing, d)}。`,
    '请检查模型库地址：其接口须与 huggingface.co 相同。',
  ],
  'hub-no-weights': (d) => [
    `${d.name} 中没有完整模型的 safetensors 或 GGUF 权重。`,
    '请找一份带 safetensors（model.safetensors）或 .gguf 文件的副本。其他格式打开时可能执行代码，因此不予读取；单独的 PEFT 适配器不是模型。',
  ],
  'hub-page': (d) => [
    `模型库发来的不是 ${d.path}，而是 ${cameInstead[d.found]}。`,
    '请检查本机与模型库之间是否有代理或登录页，然后重试。',
  ],
  'hub-length': (d) => [
    `${d.path} 应有 ${grouped(d.expected)} 字节，模型库发来的却有 ${grouped(d.found)} 字节。`,
    '请重新查询该模型：其文件可能已更改。若仍如此，则该模型库上的副本已损坏。',
  ],
  'hub-hash': (d) => [
    `${d.path} 已完整收到，但其哈希与模型库声明的不符。`,
    '请点“继续”再次获取该文件。若仍如此，请勿使用此模型库。',
  ],
  'hub-cut': (d) => [
    `${d.path} 收到 ${grouped(d.received)} 字节（共 ${grouped(d.expected)} 字节）后连接中断。`,
    '请点“继续”：会从中断处接着下载。',
  ],
  'hub-changed': (d) => [`${d.name} 已不再包含先前列出的文件。`, lookAgain],
} satisfies Words<HubFaults>;
