/** Faults of adapter, device and its memory, in Chinese. */
import { sizeInChinese } from '../amounts.ts';
import type { DeviceFaults } from '../catalogue/device.ts';
import { bufferWords, type Words } from '../words.ts';
import { buffers } from './buffers.ts';

/** Begins the advice of a run that stopped after it opened devices by itself. */
const tried = (attempts: number | undefined): string =>
  attempts === undefined
    ? ''
    : `已重新打开 GPU ${attempts} 次，均未到达下一个检查点，因此不再自动重试。`;

export const device = {
  'webgpu-missing': () => [
    '此浏览器不提供 WebGPU。',
    '请在带 GPU 的电脑上使用 Chrome 或 Edge 121 及以上；在 Linux 上，有些显卡需要在启动时加上 --enable-features=Vulkan --enable-unsafe-webgpu。',
  ],
  'adapter-missing': () => [
    '有 WebGPU，但没有找到可用的 GPU。',
    '若之前有过 GPU，请按 F5 重新加载页面，仍没有时请重新启动浏览器。否则请在浏览器设置中开启硬件加速，更新显卡驱动，或用 --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader 允许软件适配器。',
  ],
  'adapter-gone': (d) => [
    'GPU 已崩溃，浏览器不再向本页提供 GPU。',
    `${d.attempts === undefined ? '' : `训练已请求 ${d.attempts} 次。`}请按 F5 或用浏览器的刷新按钮重新加载页面。若仍没有 GPU，请重新启动浏览器：多次崩溃之后，浏览器不再向任何标签页提供 GPU。`,
  ],
  'device-refused': (d) => [
    `浏览器没有提供 GPU 设备：${d.detail}`,
    `${tried(d.attempts)}请重试；若再次出现，请重新加载页面，并关闭其他占用 GPU 的程序。`,
  ],
  'device-lost': (d) => [
    `GPU 设备已丢失（${d.reason}）${d.detail === '' ? '，未给出原因' : `：${d.detail}`}。`,
    d.run === true
      ? `${tried(d.attempts)}请从最近的检查点继续训练；若再次出现，请关闭其他占用 GPU 的程序。`
      : '请重试：设备会重新打开。若再次出现，请关闭其他占用 GPU 的程序。',
  ],
  'gpu-fault': (d) => [
    `GPU 拒绝了一条命令${d.detail === '' ? '。' : `：${d.detail}`}`,
    d.run === true
      ? '请从最近的检查点继续训练；若再次出现，请附上这段文字报告。'
      : '请重试：设备会重新打开。若再次出现，请附上这段文字报告。',
  ],
  'kernels-wrong': (d) => [
    `此 GPU 的计算结果有误：${d.count} 项计算即使采用最朴素的实现也未通过自检（${d.kernels}）。在此设备上不会训练，也不会生成回答。`,
    '请更新浏览器和显卡驱动，然后在“设置”中点击“重新自检”；或换用其他浏览器或 GPU。若再次出现，请附上这段文字报告。',
  ],
  'gpu-out-of-memory': (d) => [
    `GPU 无法为${bufferWords(buffers, d.label)}分配 ${sizeInChinese(d.bytes)}。`,
    '请换用更小的模型或更低的精度；训练时，请减少每个微批的词元数，或让反向传播重算激活。',
  ],
  'tensor-too-large': (d) => [
    `${bufferWords(buffers, d.label)}在一个绑定中需要 ${sizeInChinese(d.bytes)}，本设备只允许 ${sizeInChinese(d.limit)}。`,
    '请换用更小的模型，或存储缓冲区绑定上限更大的设备。',
  ],
} satisfies Words<DeviceFaults>;
