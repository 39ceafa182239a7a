/** `medcare doctor`: what the GPU offers, and whether it computes what it should. */
import process from 'node:process';
import { SelfTest, withSelfTest } from '../../engine/checks/self-test.ts';
import { deviceOf } from '../../engine/face/gpu.ts';
import { recipes } from '../../engine/index.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import type { Gpu } from '../../engine/gpu/device.ts';
import { planDecoding } from '../../engine/inference/decode-plan.ts';
import { parseModelConfig, type ModelConfig } from '../../engine/model/config.ts';
import { describeWeights } from '../../engine/model/weights.ts';
import { planRecipe } from '../../engine/training/recipe/recipe-stage.ts';
import { rotaryPositions } from '../../engine/training/run/lengths.ts';
import { plansOf } from '../../engine/training/stage/stage-plan.ts';
import { isFault, StudioError } from '../../faults/fault.ts';
import { EXIT } from '../exit-codes.ts';
import { openBase } from '../inputs/base-model.ts';
import { size, whole } from '../words/figures.ts';
import { doctorWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

/** A small model with the shape of today's ones, for a test without a model. */
const small = {
  ...{ model_type: 'qwen2', hidden_size: 128, intermediate_size: 256, num_hidden_layers: 2 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2, vocab_size: 2048, rms_norm_eps: 1e-6 },
  ...{ max_position_embeddings: 1024, rope_theta: 1e6, tie_word_embeddings: true },
};

/** Room for a conversation in the plans whose kernels are tested. */
const CAPACITY = 256;

export const doctor: Command = {
  usage: '[--model DIR]', // words: what is typed
  options: ['model'],
  async run(given, shell, terminal) {
    given.arguments([]);
    const place = given.text('model');
    const base = place === undefined ? null : await openBase(place, shell.env);
    const gpu = deviceOf(await shell.openGpu());
    const words = doctorWords();
    const { adapter } = gpu;
    const yes = (has: boolean): string => (has ? words.yes : words.no);
    const half = adapter.features.includes('shader-f16');
    const rows = [
      [words.adapter, adapterName(adapter)],
      [words.kind, adapter.software ? words.software : words.gpu],
      [words.half, yes(half)],
      [words.subgroups, yes(adapter.features.includes('subgroups'))],
      [words.buffer, size(adapter.maxBufferBytes)],
      [words.binding, size(adapter.maxBindingBytes)],
    ];
    for (const [name = '', value = ''] of rows) terminal.say(words.line(name, value));
    const nvidia = /nvidia/i.test(adapter.vendor);
    if (!half && nvidia && process.platform === 'linux') terminal.say(`\n${words.halfOnNvidia}`);
    if (adapter.software) terminal.say(`\n${words.none}`);
    terminal.note(`\n${words.testing}`);
    const found = await testAll(gpu, base?.model.folder.config ?? parseModelConfig(small));
    terminal.say(words.right(whole(found.right)));
    if (found.wrong.length > 0) terminal.say(words.wrong(found.wrong.join(', ')));
    if (!found.usable) terminal.say(words.useless);
    else if (found.mode !== 'full') terminal.say(words.plainer);
    terminal.value({ type: 'doctor', name: adapterName(adapter), adapter, selfTest: found });
    gpu.close();
    return found.usable && found.wrong.length === 0 ? EXIT.done : EXIT.no;
  },
};

interface Found {
  readonly mode: string;
  readonly right: number;
  readonly wrong: readonly string[];
  readonly usable: boolean;
}

/** Tests every kernel of both stages and of answering with a model. */
async function testAll(gpu: Gpu, config: ModelConfig): Promise<Found> {
  const recipe = recipes.quick();
  const weights = describeWeights(config, rotaryPositions(config, recipe));
  const test = new SelfTest();
  let usable = true;
  try {
    await test.use(await withSelfTest(gpu.withVetting(null), test), async (tested) => {
      const { traits } = tested;
      const stages = planRecipe({ config, weights, recipe, tasks: 1, traits });
      const capacity = Math.min(CAPACITY, config.contextLength);
      const answers = planDecoding({ config, weights, branches: null, slots: 1, capacity, traits });
      const plans = [...stages.flatMap((stage) => plansOf(stage)), answers.prefill, answers.decode];
      for (const one of plans) await test.vet(tested, one);
    });
  } catch (error) {
    if (!(error instanceof StudioError && isFault(error, 'kernels-wrong'))) throw error;
    usable = false;
  }
  return { ...test.report, usable };
}
