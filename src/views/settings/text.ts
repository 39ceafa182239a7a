/** Words of the settings page: device and kernel choices. */
import type { ClassShape, KernelKind, SizeWord, TunedCandidate } from '../../studio/tuning.ts';
import { inLanguages } from '../../studio/language.ts';
import { formatCount, formatInteger } from '../shared/format.ts';

export const settingsText = inLanguages({
  en: {
    title: 'Settings',
    lead: 'The device that computes, and how the studio uses it.',
    device: 'Device',
    deviceNoun: 'device',
    adapter: 'Adapter',
    kind: 'Kind',
    software: 'software, on the processor',
    gpu: 'GPU',
    vendor: 'Vendor',
    architecture: 'Architecture',
    driver: 'Driver',
    features: 'Features in use',
    featureNames: {
      'shader-f16': '16-bit floats',
      subgroups: 'subgroups',
      'timestamp-query': 'timestamps',
    },
    and: ', ',
    without: (feature: string) => `Without ${feature}`,
    instead: {
      'shader-f16': 'weights in 16 bits are unpacked by integer arithmetic',
      subgroups: 'products share values through workgroup memory',
      'timestamp-query': 'profiles run each kernel alone and time it by the wall clock',
    },
    none: 'none',
    largestBinding: 'Largest binding',
    largestBuffer: 'Largest buffer',
    submission: 'Work per submission',
    atMostMilliseconds: (milliseconds: number) => `${formatInteger(milliseconds)} ms at most`,
    notTold: 'not reported',
    selfTest: 'Self-test',
    untested: 'tests each computation before its first use',
    right: (count: number) =>
      `${formatCount(count, 'computation', 'computations')} tested, all correct`,
    safeMode: {
      basic: 'safe mode, without subgroups and 16-bit floats',
      plain: 'safe mode, plainest computations',
    },
    wrong: (mode: string, names: string) => `${mode}: ${names} gave wrong results`,
    testAgain: 'Test again',
    noDevice: 'There is no WebGPU device.',
    noModel: 'Choose a model first.',
  },
  zh: {
    title: '设置',
    lead: '负责计算的设备，以及工作室如何使用它。',
    device: '设备',
    deviceNoun: '设备信息',
    adapter: '适配器',
    kind: '类型',
    software: '软件模拟，在处理器上运行',
    gpu: 'GPU',
    vendor: '厂商',
    architecture: '架构',
    driver: '驱动描述',
    features: '正在使用的特性',
    featureNames: {
      'shader-f16': '16 位浮点',
      subgroups: '子组',
      'timestamp-query': '时间戳',
    },
    and: '、',
    without: (feature) => `没有${/^\d/.test(feature) ? ' ' : ''}${feature}`,
    instead: {
      'shader-f16': '用整数运算解包 16 位权重',
      subgroups: '矩阵乘法通过工作组内存共享数值',
      'timestamp-query': '性能剖析逐个运行内核，并按时钟计时',
    },
    none: '无',
    largestBinding: '最大绑定',
    largestBuffer: '最大缓冲区',
    submission: '每次提交的计算量',
    atMostMilliseconds: (milliseconds) => `最多约 ${formatInteger(milliseconds)} 毫秒`,
    notTold: '未告知',
    selfTest: '自检',
    untested: '每项计算在首次使用前自检',
    right: (count) => `已测 ${formatInteger(count)} 项计算，全部正确`,
    safeMode: { basic: '安全模式，不使用子组和 16 位浮点', plain: '安全模式，只用最朴素的计算' },
    wrong: (mode, names) => `${mode}：${names} 的结果有误`,
    testAgain: '重新自检',
    noDevice: '没有 WebGPU 设备。',
    noModel: '请先选择模型。',
  },
});

/** What tuning did, counted; times in seconds. */
interface TuningCounts {
  readonly timed: number;
  readonly checked: number;
  readonly changed: number;
  readonly left: number;
  readonly timing: string;
  readonly checking: string;
}

export const kernelsText = inLanguages({
  en: {
    title: 'Kernel choices',
    noun: 'kernel choices',
    tunedAt: (time: string) => `tuned ${time}`,
    defaults: 'defaults',
    beingTimed: 'Kernels are being timed.',
    inUse: 'The defaults are in use.',
    useDefaults: 'Use defaults',
    tune: 'Tune',
    tuneAgain: 'Tune again',
    goOn: 'Tune the rest',
    lead: 'Most computations have several kernels, and which one is fastest depends on the device. Tuning compiles them, checks each against a float64 reference, and times the correct ones at the sizes that the chosen model and recipe need. A kernel that is wrong, or does not give the same result twice, is never used. After two seconds of timing, or twenty seconds in all, tuning begins nothing new; “Tune the rest” goes on with what is left. A run keeps the choices that it started with, even when it is resumed.',
    timing: 'Timing kernel variants',
    run: 'A run is using the device; tune when it is done or stopped.',
    softwareTitle: 'A software adapter is tuned only when you ask.',
    softwareNote:
      'The defaults were measured on such adapters. On a busy processor, two seconds of timing may choose a kernel by chance.',
    untuned: 'The defaults are in use',
    untunedSoftware: 'Every computation uses the kernel that is best on software adapters.',
    untunedGpu: 'This device is tuned before its first run; “Tune” does it now.',
    summary: ({ timed, checked, changed, left, timing, checking }: TuningCounts) =>
      [
        `${formatCount(timed, 'computation')} timed in ${timing} s`,
        `${formatCount(checked, 'kernel')} compiled and checked in ${checking} s`,
        changed === 0
          ? 'the defaults were fastest in all of them'
          : `for ${formatCount(changed, 'computation')} another kernel than the default was fastest`,
        ...(left === 0
          ? []
          : [`${formatCount(left, 'computation')} not tuned yet, with the default kernel`]),
      ].join('; ') + '.',
    table: 'Kernel choices by computation',
    computation: 'Computation',
    timedAt: 'Timed at',
    chosen: 'In use',
    candidates: 'Candidates, median of one run',
    isDefault: 'default',
    insteadOf: (standard: string) => `instead of ${standard}`,
    classes: {
      forward: 'Product y = x Wᵀ',
      input: 'Gradient of the input, dx = dy W',
      weight: 'Gradient of the weights, dW = dyᵀ x',
      'forward-float16': 'Product y = x Wᵀ, multiplied in float16',
      'forward-normed': 'Product y = x Wᵀ of a few normed rows',
      'forward-gated': 'Gate and up product of a few rows',
      'input-float16': 'Gradient of the input, dx = dy W, multiplied in float16',
      'attention-forward': 'Attention, forward',
      'attention-backward': 'Attention, backward',
      'cached-attention': 'Attention over the cache',
      'norm-forward': 'RMSNorm, forward',
      'norm-backward': 'RMSNorm, backward',
    } satisfies Record<KernelKind, string>,
    measures: {
      weights: (format: string) => `weights ${format}`,
      rows: (bound: string) => `rows ${bound}`,
      columns: (bound: string) => `columns ${bound}`,
      sums: (bound: string) => `sums ${bound}`,
      alignment: (kind: string): string => (kind === 'scalar' ? 'unaligned sizes' : ''),
      heads: (size: string) => `heads of ${size}`,
      cache: (format: string) => `cache ${format}`,
    } satisfies Record<SizeWord['measure'], (value: string) => string>,
    shape: (shape: ClassShape) => {
      if ('columns' in shape) {
        const { rows, columns, inner } = shape;
        return `${rows} × ${columns}${inner === undefined ? '' : `, sums of ${inner}`}`;
      }
      const { rows, capacity, heads, groups, headSize } = shape;
      const over = capacity === undefined ? '' : ` over ${capacity}`;
      return `${rows} rows${over}, ${heads}/${groups} heads of ${headSize}`;
    },
    states: {
      timed: '',
      checked: 'correct, not timed',
      wrong: 'wrong result',
      failed: 'did not run',
      skipped: 'not tried yet',
    } satisfies Record<TunedCandidate['state'], string>,
  },
  zh: {
    title: '内核选择',
    noun: '内核选择',
    tunedAt: (time) => `调优于 ${time}`,
    defaults: '默认值',
    beingTimed: '正在为内核计时。',
    inUse: '正在使用默认值。',
    useDefaults: '使用默认值',
    tune: '调优',
    tuneAgain: '重新调优',
    goOn: '调优其余部分',
    lead: '多数计算有几种内核，哪一种最快取决于设备。调优先编译内核，逐个与 float64 参考结果核对，再按所选模型与配方需要的规模为结果正确的内核计时。结果错误或两次不一致的绝不使用。计时满两秒或总用时满二十秒后，不再开始新的计算；再次调优时会接着处理剩余部分。一次训练始终沿用开始时的选择，中断后继续也是如此。',
    timing: '正在为内核变体计时',
    run: '设备上有训练正在进行；请在其完成或停止后调优。',
    softwareTitle: '软件适配器只在你要求时才调优。',
    softwareNote:
      '其默认值正是在这类适配器上测得的；处理器繁忙时，两秒计时选出的结果可能只是偶然。',
    untuned: '正在使用默认值',
    untunedSoftware: '每种计算都使用在软件适配器上最佳的内核。',
    untunedGpu: '该设备在首次训练前会自动调优；点击“调优”可立即进行。',
    summary: ({ timed, checked, changed, left, timing, checking }) =>
      [
        `已为 ${formatInteger(timed)} 种计算计时，用时 ${timing} 秒`,
        `已编译并核对 ${formatInteger(checked)} 个内核，用时 ${checking} 秒`,
        changed === 0 ? '默认内核均为最快' : `有 ${formatInteger(changed)} 种计算改用了非默认内核`,
        ...(left === 0 ? [] : [`还剩 ${formatInteger(left)} 种计算，保持默认`]),
      ].join('；') + '。',
    table: '各计算的内核选择',
    computation: '计算',
    timedAt: '计时规模',
    chosen: '使用中',
    candidates: '候选（单次执行用时的中位数）',
    isDefault: '默认',
    insteadOf: (standard) => `替代 ${standard}`,
    classes: {
      forward: '乘积 y = x Wᵀ',
      input: '输入梯度 dx = dy W',
      weight: '权重梯度 dW = dyᵀ x',
      'forward-float16': '乘积 y = x Wᵀ，以 float16 相乘',
      'forward-normed': '乘积 y = x Wᵀ，少量行并含归一化',
      'forward-gated': '门控与上投影的乘积，少量行',
      'input-float16': '输入梯度 dx = dy W，以 float16 相乘',
      'attention-forward': '注意力，前向',
      'attention-backward': '注意力，反向',
      'cached-attention': '基于缓存的注意力',
      'norm-forward': 'RMSNorm，前向',
      'norm-backward': 'RMSNorm，反向',
    },
    measures: {
      weights: (format) => `权重 ${format}`,
      rows: (bound) => `行 ${bound}`,
      columns: (bound) => `列 ${bound}`,
      sums: (bound) => `求和长度 ${bound}`,
      alignment: (kind) => (kind === 'scalar' ? '非对齐规模' : ''),
      heads: (size) => `头维度 ${size}`,
      cache: (format) => `缓存 ${format}`,
    },
    shape: (shape) => {
      if ('columns' in shape) {
        const { rows, columns, inner } = shape;
        return `${rows} × ${columns}${inner === undefined ? '' : `，求和长度 ${inner}`}`;
      }
      const { rows, capacity, heads, groups, headSize } = shape;
      const over = capacity === undefined ? '' : `，缓存 ${capacity}`;
      return `${rows} 行${over}，${heads}/${groups} 个头，头维度 ${headSize}`;
    },
    states: {
      timed: '',
      checked: '结果正确，未计时',
      wrong: '结果错误',
      failed: '未能运行',
      skipped: '尚未进行',
    },
  },
});
