/** What the library that checks JSON says of a value that does not fit, in Chinese. */

const TYPES: ReadonlyMap<string, string> = new Map([
  ['string', '文本'],
  ['number', '数'],
  ['int', '整数'],
  ['boolean', '真或假'],
  ['array', '列表'],
  ['tuple', '定长列表'],
  ['object', '对象'],
  ['record', '对象'],
  ['null', '空值'],
  ['undefined', '缺失'],
  ['NaN', '非数'],
  ['nan', '非数'],
]);

const typeOf = (name: string): string => TYPES.get(name) ?? name;

/** Values of an English form, in the order in which it says them, as Chinese. */
const FORMS: readonly (readonly [
  form: RegExp,
  chinese: (first: string, second: string) => string,
])[] = [
  [
    /^Invalid input: expected (\S+), received (\S+)$/,
    (due, found) =>
      found === 'undefined' ? `缺失，应为${typeOf(due)}` : `是${typeOf(found)}，应为${typeOf(due)}`,
  ],
  [/^Invalid input: expected (.+)$/, (due) => `应为 ${due}`],
  [/^Invalid option: expected one of (.+)$/, (due) => `应为 ${due.replaceAll('|', '、')} 之一`],
  [/^Unrecognized keys?: (.+)$/, (keys) => `含有不认识的字段 ${keys}`],
  [
    /^Too big: expected \S+ to (?:be|have) (?:<=?)(\S+)(?: \w+)?$/,
    (most) => `过大或过长，最多 ${most}`,
  ],
  [
    /^Too small: expected \S+ to (?:be|have) (?:>=?)(\S+)(?: \w+)?$/,
    (least) => `过小或过短，至少 ${least}`,
  ],
  [/^Invalid string: .+$/, () => '格式不对'],
  [/^Invalid input$/, () => '内容不符合要求'],
];

/** A message of the library, with or without the field before it; anything else as it is. */
export function schemaWords(english: string): string {
  const [, field = '', said = english] = /^([\w.[\]-]+: )?(.*)$/s.exec(english) ?? [];
  for (const [form, chinese] of FORMS) {
    const found = form.exec(said) ?? form.exec(english);
    if (found) return `${form.test(said) ? field : ''}${chinese(found[1] ?? '', found[2] ?? '')}`;
  }
  return english;
}
