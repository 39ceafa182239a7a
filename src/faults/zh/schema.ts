/** What a schema may find wrong with a value, in Chinese. */
import type { SchemaReason } from '../catalogue/schema.ts';
import type { ReasonWords } from '../words.ts';

const types: ReadonlyMap<string, string> = new Map([
  ['string', '文本'],
  ['number', '数字'],
  ['int', '整数'],
  ['boolean', '布尔值'],
  ['array', '列表'],
  ['tuple', '定长列表'],
  ['object', '对象'],
  ['record', '对象'],
  ['null', '空值'],
  ['undefined', '缺失'],
  ['nan', '非数值（NaN）'],
]);

const typeOf = (name: string): string => types.get(name) ?? name;

export const schemaReasons = {
  'schema-type': ({ expected, received }) =>
    received === 'undefined'
      ? `缺失，应为${typeOf(expected)}`
      : `是${typeOf(received)}，应为${typeOf(expected)}`,
  'schema-option': ({ options }) =>
    options.length === 1 ? `应为 ${options.join()}` : `应为 ${options.join('、')} 之一`,
  'schema-keys': ({ keys }) => `含有不认识的字段 ${keys.join('、')}`,
  'schema-most': ({ most }) => `过大或过长，最多 ${most}`,
  'schema-least': ({ least }) => `过小或过短，至少 ${least}`,
  'schema-form': () => '格式不对',
  'schema-other': () => '内容不符合要求',
} satisfies ReasonWords<SchemaReason>;
