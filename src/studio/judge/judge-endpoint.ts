/** The judge's endpoint: its settings, and whether anything may be sent to it. */
import { z } from 'zod';
import { judgeAddress, type JudgeEndpoint } from '../../worker/judge/judge-request.ts';
import { useNetwork } from '../network.ts';
import { asString, readPreference, writePreference } from '../preferences.ts';
import { withEndpoint } from './judge-requests.ts';
import type { JudgeState, JudgeStore } from './judge-state.ts';

const KEY = 'judge-key';

const endpointSchema = z.strictObject({
  address: z.string(),
  model: z.string(),
  language: z.enum(['en', 'zh']),
  jsonMode: z.boolean(),
});
const defaultEndpoint: JudgeEndpoint = {
  address: 'http://127.0.0.1:11434/v1',
  model: '',
  language: 'en',
  jsonMode: true,
};

/** The settings of an earlier visit. */
export function savedEndpoint(): Pick<JudgeState, 'endpoint' | 'key' | 'keepKey'> {
  const endpoint =
    readPreference('judge', (value) => endpointSchema.safeParse(value).data ?? null) ??
    defaultEndpoint;
  const key = readPreference(KEY, asString);
  return { endpoint, key: key ?? '', keepKey: key !== null };
}

export function endpointActions(
  store: JudgeStore,
): Pick<
  JudgeState,
  'setEndpoint' | 'setTimeoutSeconds' | 'setKey' | 'setKeepKey' | 'turnOn' | 'turnOff'
> {
  const { client, get, set } = store;
  const saveKey = (): void => {
    writePreference(KEY, get().keepKey && get().key !== '' ? get().key : null);
  };
  return {
    setEndpoint: (change) => {
      const endpoint = { ...get().endpoint, ...change };
      writePreference('judge', endpoint);
      const { judging, on } = get();
      // A new address has to be turned on again; a changed request body has to be seen and approved again.
      if (change.address !== undefined && on !== null) void get().turnOff();
      const changed = judging && on !== null ? withEndpoint(judging, endpoint, on) : judging;
      set({ endpoint, judging: changed, ...(changed === judging ? {} : { approved: false }) });
    },
    setTimeoutSeconds: (timeoutSeconds) => set({ timeoutSeconds }),
    setKey: (key) => {
      set({ key: key.trim() });
      saveKey();
    },
    setKeepKey: (keepKey) => {
      set({ keepKey });
      saveKey();
    },
    turnOn: () =>
      store.guarded(async () => {
        const { address } = await client.call('judge.allow', {
          address: judgeAddress(get().endpoint.address),
        });
        set({ on: address });
        useNetwork.getState().setJudge(address);
        // A judging that has no judgements yet goes to the endpoint that is on now.
        const { judging, endpoint } = get();
        if (judging && address !== null) {
          set({ judging: withEndpoint(judging, endpoint, address), approved: false });
        }
      }),
    turnOff: () =>
      store.guarded(async () => {
        get().stop();
        await client.call('judge.allow', { address: null });
        set({ on: null, approved: false });
        useNetwork.getState().setJudge(null);
      }),
  };
}
