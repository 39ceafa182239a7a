/** Chinese labels of numbers by their last word, whatever stands before it: 静脉镇痛泵编号, 跌倒上报单号. */
import type { IdentifierKind } from '../kinds.ts';

/** What a label of each kind ends with, before 号, 编号, 码 or a colon. */
const ENDINGS: readonly (readonly [IdentifierKind, RegExp])[] = [
  [
    'PHONE',
    /(?:电话|手机|座机|短号|分机|热线|专线|内线|总机|传真|虚拟网|小号|联系方式|联系号|致电|拨打|短|集团|虚拟网)$/,
  ],
  [
    'DEVICE',
    /(?:泵|(?<![手司相危分座呼随时])机|[仪器椅]|床垫|气垫|推车|血糖仪|手环定位器|助听器|(?:血压|血糖|体温|温度|血氧|流量|计步|压力)计|晶状体|晶体|钢板|起搏|瓣|环|支架|植体|瓣膜|电极|导线|假体|耳蜗|晶体|探头|传感器|植入物|球囊|补片|序列|出厂|资产|产品|型号及序列|[（(]SN[)）]?)$/,
  ],
  [
    'ACCOUNT',
    /(?:保单|保险|医保|社保|农合|银行|账|帐|账户|帐户|补贴|补助|押金|工资|[医社]保卡|卡|发票|收据|理赔|报案|赔案|缴费|结算|支付|交易|商户|票据|会员|订单|账单|储值|充值)$/,
  ],
  [
    'RECORD',
    /(?:病历|病案|住院|门诊|就诊|登记|检查|检验|化验|标本|样本|条码|申请|报告|处方|医嘱|记录|档案|随访|试验|研究|受试者|入组|筛选|接种|转诊|会诊|咨询|预约|挂号|诊疗|体检|影像|病理|超声|[胃肠内膀喉]镜|手术|麻醉|透析|护理|单据?|流水|手册|孕产|产检|急救|派车|任务|上报|事件|工单|案例|个案|腕带|手环|家庭|证|本|卡|册|片|图|摄片|拍片)$/,
  ],
];

/** The kind that the end of a label tells, where 号, 编号, 码 or a colon follows it. */
export function kindByEnding(text: string, end: number, marked: boolean): IdentifierKind | null {
  const after = text.slice(end, end + 9);
  if (marked ? !/^(?:\(?[号编码IS]|:?\s?[A-Z])/.test(after) : !/^ ?(?:[A-Z]|\d{7})/.test(after))
    return null;
  const before = text.slice(Math.max(0, end - 6), end);
  const kind = ENDINGS.find(([, ending]) => ending.test(before))?.[0] ?? null;
  // Only things stand before their number without 号: 麻醉机PJX947545K.
  return marked || kind === 'DEVICE' ? kind : null;
}
